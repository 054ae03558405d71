//! Objects with listed members, and others of one type.

use std::collections::BTreeMap;

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error};
use serde_json::value::RawValue;

use super::{one_of, whole_numbers};

/// Reads an object: its members that are `listed` as `L`, and the others as a map of them. For generated code.
///
/// `#[serde(flatten)]` reads the others through floating point, so that amounts lose digits.
///
/// # Errors
///
/// The deserializer's error for a member that is missing or of another type.
pub fn decode<'de, L, O, V, D>(deserializer: D, listed: &[&str]) -> Result<(L, O), D::Error>
where
    L: DeserializeOwned,
    O: FromIterator<(String, V)>,
    V: DeserializeOwned,
    D: Deserializer<'de>,
{
    let text = one_of::text_of(deserializer)?;
    split(&text, listed).map_err(D::Error::custom)
}

fn split<L, O, V>(text: &str, listed: &[&str]) -> serde_json::Result<(L, O)>
where
    L: DeserializeOwned,
    O: FromIterator<(String, V)>,
    V: DeserializeOwned,
{
    let of_listed = read(text)?;
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
    let others = members
        .into_iter()
        .filter(|(name, _)| !listed.contains(&name.as_str()))
        .map(|(name, member)| Ok((name, read(member.get())?)));
    Ok((of_listed, others.collect::<serde_json::Result<O>>()?))
}

/// Where a number stands in a part of a text is not where it stands in all of it: parts are read again by themselves.
fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    whole_numbers::read(text, |text| serde_json::from_str(text))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::Amount;

    #[derive(Debug, Deserialize)]
    struct Listed {
        currency: String,
    }

    type Others = BTreeMap<String, Amount>;

    fn fees(json: &str) -> serde_json::Result<(Listed, Others)> {
        decode(&mut serde_json::Deserializer::from_str(json), &["currency"])
    }

    #[test]
    fn what_is_not_listed_keeps_its_digits() {
        let json = r#"{"fee":0.123456789012345678901,"currency":"EUR","net":1.10}"#;
        let (listed, others) = fees(json).unwrap();
        assert_eq!(listed.currency, "EUR");
        assert_eq!(others.len(), 2);
        assert_eq!(others["fee"].to_string(), "0.123456789012345678901");
        assert_eq!(others["net"].to_string(), "1.10");
    }

    /// JSON Schema, Validation, 6.1.1: 100.0 and 1e2 are integers.
    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        #[derive(Debug, Deserialize)]
        struct Counted {
            count: i64,
        }
        let json = r#"{"fee": 7, "count": 100.0, "net": 1e2}"#;
        let read: serde_json::Result<(Counted, BTreeMap<String, i64>)> =
            decode(&mut serde_json::Deserializer::from_str(json), &["count"]);
        let (listed, others) = read.unwrap();
        assert_eq!((listed.count, others["fee"], others["net"]), (100, 7, 100));
    }

    #[test]
    fn an_object_that_was_parsed_before_is_read_too() {
        let value = serde_json::json!({"currency": "EUR", "net": 5});
        let (_, others): (Listed, Others) = decode(value, &["currency"]).unwrap();
        assert_eq!(others["net"].to_string(), "5");
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_refused() {
        for json in [r#"{"net":1}"#, r#"{"currency":"EUR","net":[]}"#, "[]"] {
            assert!(fees(json).is_err(), "{json}");
        }
    }
}
