//! What a provider says about when to call again.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How long to wait: the longest that is told, by the headers `Retry-After` and the field at `pointer`
/// (seconds); `None` where none of them can be read.
pub(super) fn hint(
    headers: &HeaderMap,
    body: &[u8],
    pointer: Option<&str>,
    now: SystemTime,
) -> Option<Duration> {
    let from_headers = headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|value| from_value(value.to_str().ok()?, headers, now))
        .max();
    let from_body = pointer.and_then(|pointer| from_body(body, pointer));
    from_headers.max(from_body)
}

fn from_value(value: &str, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let Ok(until) = httpdate::parse_http_date(value.trim()) else {
        // A gateway may join several headers in one.
        return value.split(',').filter_map(seconds).max();
    };
    // The provider's clock, where it tells it: ours may differ.
    let now = headers
        .get(DATE)
        .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok())
        .unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    // Rust would read a sign, which the header has not.
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok().map(Duration::from_secs))?
}

fn from_body(body: &[u8], pointer: &str) -> Option<Duration> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let seconds = match body.pointer(pointer)? {
        serde_json::Value::Number(number) => number.as_f64()?,
        serde_json::Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    // 1994-11-06 08:49:37 UTC, the instant of RFC 9110's examples.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().cloned();
        pairs
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect()
    }

    fn header_hint(pairs: &[(HeaderName, &'static str)]) -> Option<Duration> {
        hint(&headers(pairs), b"", None, now())
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        for (value, seconds) in [
            ("120", 120),
            (" 0 ", 0),
            ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
            ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
            ("Sun Nov  6 08:50:37 1994", 60),
            ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ] {
            let hint = header_hint(&[(RETRY_AFTER, value)]);
            assert_eq!(hint, Some(Duration::from_secs(seconds)), "{value}");
        }
    }

    #[test]
    fn a_date_is_measured_on_the_clock_of_the_provider() {
        let hint = header_hint(&[
            (RETRY_AFTER, "Sun, 06 Nov 1994 09:00:30 GMT"),
            (DATE, "Sun, 06 Nov 1994 09:00:00 GMT"),
        ]);
        assert_eq!(hint, Some(Duration::from_secs(30)));
    }

    #[test]
    fn what_is_no_hint_is_none() {
        for value in [
            "",
            "soon",
            "-5",
            "+5",
            "1.5",
            ",",
            "99999999999999999999999",
        ] {
            assert_eq!(header_hint(&[(RETRY_AFTER, value)]), None, "{value}");
        }
    }

    #[test]
    fn of_several_hints_the_strictest_that_can_be_read_counts() {
        let mut both = HeaderMap::new();
        both.append(RETRY_AFTER, HeaderValue::from_static("0"));
        both.append(RETRY_AFTER, HeaderValue::from_static("soon"));
        both.append(RETRY_AFTER, HeaderValue::from_static("120"));
        assert_eq!(
            hint(&both, b"", None, now()),
            Some(Duration::from_secs(120))
        );
        let joined = header_hint(&[(RETRY_AFTER, "2, 3")]);
        assert_eq!(joined, Some(Duration::from_secs(3)));
    }

    #[test]
    fn the_field_of_the_body_is_read_as_number_or_text() {
        for (body, milliseconds) in [
            (r#"{"data":{"retryAfter":60}}"#, Some(60_000)),
            (r#"{"data":{"retryAfter":1.5}}"#, Some(1_500)),
            (r#"{"data":{"retryAfter":"7"}}"#, Some(7_000)),
            (r#"{"data":{"retryAfter":-1}}"#, None),
            (r#"{"data":{"retryAfter":1e300}}"#, None),
            (r#"{"data":{"retryAfter":"NaN"}}"#, None),
            (r#"{"data":{"retryAfter":null}}"#, None),
            (r#"{"data":{}}"#, None),
            ("<html>", None),
        ] {
            let hint = hint(
                &HeaderMap::new(),
                body.as_bytes(),
                Some("/data/retryAfter"),
                now(),
            );
            assert_eq!(hint, milliseconds.map(Duration::from_millis), "{body}");
        }
    }

    #[test]
    fn the_longer_of_both_hints_counts() {
        let body = br#"{"data":{"retryAfter":60}}"#;
        for (header, seconds) in [("5", 60), ("90", 90)] {
            let headers = headers(&[(RETRY_AFTER, header)]);
            let hint = hint(&headers, body, Some("/data/retryAfter"), now());
            assert_eq!(hint, Some(Duration::from_secs(seconds)));
        }
    }
}
