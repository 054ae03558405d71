//! Times, as they are written and read.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

/// A time in the form of RFC 3339, to the second.
pub(crate) fn written(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    DateTime::<Utc>::from_timestamp(seconds, 0)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A time in the past: so long ago, or a date.
pub(crate) fn since(text: &str) -> Result<SystemTime, String> {
    if let Some(ago) = duration(text) {
        return SystemTime::now()
            .checked_sub(ago)
            .ok_or_else(|| "that is longer ago than clocks go".to_owned());
    }
    let date = DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp())
        .or_else(|_| {
            text.parse::<NaiveDate>()
                .map(|date| date.and_time(NaiveTime::MIN).and_utc().timestamp())
        });
    date.ok()
        .and_then(|seconds| u64::try_from(seconds).ok())
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .ok_or_else(|| {
            "write how long ago, such as 90s, 30m, 12h, 7d or 2w, or a date such as 2026-03-31 or \
             2026-03-31T09:00:00Z"
                .to_owned()
        })
}

/// A time span such as `90s`, `30m`, `12h`, `7d` or `2w`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_with_and_without_a_time() {
        for (text, time) in [
            ("2026-03-31", "2026-03-31T00:00:00Z"),
            ("2026-03-31T09:00:00Z", "2026-03-31T09:00:00Z"),
            ("2026-03-31T09:00:00+02:00", "2026-03-31T07:00:00Z"),
        ] {
            assert_eq!(written(since(text).unwrap()), time);
        }
    }

    #[test]
    fn so_long_ago_is_counted_from_now() {
        for (text, seconds) in [
            ("90s", 90),
            ("2h", 7200),
            ("7d", 604_800),
            ("2w", 1_209_600),
        ] {
            let ago = since(text).unwrap().elapsed().unwrap().as_secs();
            assert!((seconds..seconds + 5).contains(&ago), "{text}: {ago}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_examples() {
        for text in ["", "7", "d", "-1d", "1y", "31.3.2026", "1969-12-31"] {
            let refused = since(text).unwrap_err();
            assert!(refused.contains("2026-03-31"), "{text}: {refused}");
        }
    }
}
