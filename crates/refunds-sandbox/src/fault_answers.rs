//! What faults answer with, where the provider's envelope is not enough.

use chrono::{DateTime, Utc};

use crate::{Hint, answer::Answer, clock};

/// The header `Retry-After` for a hint.
pub(crate) fn retry_after(hint: Option<Hint>, now: DateTime<Utc>) -> Option<String> {
    match hint? {
        Hint::BodySeconds(_) => None,
        Hint::HeaderSeconds(seconds) => Some(seconds.to_string()),
        Hint::HeaderDate(seconds) => {
            let at = clock::after(now, std::time::Duration::from_secs(seconds));
            Some(http_date(at))
        }
    }
}

/// The header `Date` beside a hint that is a date: a client tells the wait from both.
pub(crate) fn date(hint: Option<Hint>, now: DateTime<Utc>) -> Option<String> {
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
