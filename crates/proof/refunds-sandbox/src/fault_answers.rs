//! What faults answer with, where the provider's envelope is not enough.

use chrono::{DateTime, Utc};

use crate::{Hint, answer::Answer, clock};

/// The headers `Retry-After` for a hint.
pub(crate) fn retry_after(hint: Option<&Hint>, now: DateTime<Utc>) -> Vec<String> {
    match hint {
        None | Some(Hint::BodySeconds(_)) => Vec::new(),
        Some(Hint::HeaderSeconds(seconds)) => vec![seconds.to_string()],
        Some(Hint::HeaderDate(seconds)) => {
            let at = clock::after(now, std::time::Duration::from_secs(*seconds));
            vec![http_date(at)]
        }
        Some(Hint::HeaderTexts(texts)) => texts.clone(),
    }
}

/// The header `Date` beside a hint that is a date: a client tells the wait from both.
pub(crate) fn date(hint: Option<&Hint>, now: DateTime<Utc>) -> Option<String> {
    matches!(hint, Some(Hint::HeaderDate(_))).then(|| http_date(now))
}

fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A proxy's page for a provider that is down.
pub(crate) fn page(status: u16) -> Answer {
    let title = hyper::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Server Error");
    Answer::html(status, title)
}
