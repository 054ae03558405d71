//! Whole numbers that are written with a fraction of zero, or with an exponent.
//!
//! To JSON Schema (2020-12, Validation, 6.1.1), and so to OpenAPI 3.1, `100.0` and `1e2` are integers; serde takes
//! them for none. Where reading fails at such a number, it is read once more with that number written plainly, and
//! with nothing else changed: what keeps its text elsewhere keeps it.

use std::borrow::Cow;

/// So many bytes are read at most for one body, again and again: a provider may fill it with such numbers.
const MOST_READ: usize = 64 * 1024 * 1024;
/// The digits of the longest whole number that Rust has.
const LONGEST: i64 = 39;

/// Reads `text` by `decode`, again where it fails at a whole number that is not written as one.
///
/// # Errors
///
/// What `decode` says of the text as it came.
pub(crate) fn read<T>(
    text: &str,
    decode: impl Fn(&str) -> Result<T, serde_json::Error>,
) -> Result<T, serde_json::Error> {
    let first = match decode(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut written = Cow::Borrowed(text);
    let mut left = MOST_READ;
    let mut place = (first.line(), first.column());
    let is_data = first.is_data();
    while is_data && let Some(plain) = plainly(&written, place) {
        let Some(rest) = left.checked_sub(plain.len()) else {
            break;
        };
        left = rest;
        match decode(&plain) {
            Ok(value) => return Ok(value),
            Err(error) if error.is_data() => place = (error.line(), error.column()),
            Err(_) => break,
        }
        written = Cow::Owned(plain);
    }
    Err(first)
}

/// `text` with the number that ends at a line and column written as a whole number; nothing if there is none that
/// is one.
fn plainly(text: &str, (line, column): (usize, usize)) -> Option<String> {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => text.match_indices('\n').nth(before)?.0 + 1,
    };
    let is_number = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
    let (before, after) = text.split_at_checked(start.checked_add(column)?)?;
    let kept = before.trim_end_matches(is_number);
    let whole = whole(before.strip_prefix(kept)?)?;
    Some([kept, &whole, after].concat())
}

/// The digits of a whole number that is written with a fraction or an exponent.
fn whole(token: &str) -> Option<String> {
    let (sign, token) = match token.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", token),
    };
    let (mantissa, exponent) = match token.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None if token.contains('.') => (token, 0),
        None => return None,
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    // So many of the digits stand before the point.
    let point = i64::try_from(before.len()).ok()?.checked_add(exponent)?;
    if point > LONGEST || point <= 0 {
        return None;
    }
    let point = usize::try_from(point).ok()?;
    let (kept, fraction) = digits.split_at(point.min(digits.len()));
    if fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let kept = format!("{kept:0<point$}");
    let kept = kept.trim_start_matches('0');
    Some(format!("{sign}{kept}"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::Amount;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Refund {
        units: i64,
        #[serde(default)]
        counts: Vec<u8>,
        total: Option<Amount>,
    }

    fn refund(text: &str) -> Result<Refund, serde_json::Error> {
        read(text, |text| serde_json::from_str(text))
    }

    #[test]
    fn a_fraction_of_zero_and_an_exponent_make_whole_numbers() {
        for (token, expected) in [
            ("100.0", Some("100")),
            ("1e2", Some("100")),
            ("-1.50E+1", Some("-15")),
            ("1200e-2", Some("12")),
            ("0.0", Some("0")),
            ("0e9999999999", Some("0")),
            ("0.5e1", Some("5")),
            ("1.5", None),
            ("15e-2", None),
            ("1e40", None),
            ("1e-99999999999999999999", None),
            ("100", None),
        ] {
            assert_eq!(whole(token).as_deref(), expected, "{token}");
        }
    }

    #[test]
    fn integers_are_read_and_amounts_beside_them_keep_their_text() {
        let read =
            refund("{\"units\": 100.0,\n \"counts\": [1e1, 2, 3.00],\n \"total\": 10.00}").unwrap();
        assert_eq!((read.units, read.counts), (100, vec![10, 2, 3]));
        assert_eq!(read.total.unwrap().to_string(), "10.00");
    }

    #[test]
    fn what_is_no_whole_number_or_too_large_is_told_as_it_came() {
        for text in [
            r#"{"units": 1.5}"#,
            r#"{"units": 1e30}"#,
            r#"{"units": "1.0"}"#,
            r#"{"units": 1.0"#,
        ] {
            assert!(refund(text).is_err(), "{text}");
        }
        let error = refund(r#"{"units": 1.0, "counts": [300.0]}"#).unwrap_err();
        assert_eq!(error.column(), 13, "of what came first: {error}");
    }
}
