//! Fields that are a number in one place of a provider's document and a text in another.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize};

use super::scalar::{self, FromScalar, JsonScalar};

/// A number or a text, written back as it was met.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum NumberOrText {
    /// An integer.
    Integer(i64),
    /// Any other number, as its text.
    Number(JsonScalar),
    /// A text.
    Text(String),
}

impl NumberOrText {
    /// The integer, also where it was sent as a text.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::Number(_) => None,
            Self::Text(text) => text.parse().ok(),
        }
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for NumberOrText {
            fn from(integer: $integer) -> Self {
                Self::from_number(&integer.to_string())
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

impl From<&str> for NumberOrText {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for NumberOrText {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for NumberOrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

impl FromScalar for NumberOrText {
    const EXPECTED: &'static str = "a number or a text";

    fn from_number(text: &str) -> Self {
        match text.parse::<i64>() {
            // `-0` is a number of its own, which an integer would not write back.
            Ok(integer) if text != "-0" => Self::Integer(integer),
            _ => Self::Number(JsonScalar::from_json(text)),
        }
    }

    fn from_text(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl<'de> Deserialize<'de> for NumberOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_written_back_unchanged() {
        for json in [
            "400",
            "-7",
            "-0",
            r#""400""#,
            r#""INVALID""#,
            "4.50",
            "18446744073709551616",
        ] {
            let met: NumberOrText = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&met).unwrap(), json);
        }
    }

    #[test]
    fn an_integer_of_any_size_is_written_with_its_digits() {
        let json = |value: NumberOrText| serde_json::to_string(&value).unwrap();
        assert_eq!(NumberOrText::from(7), NumberOrText::Integer(7));
        assert_eq!(json(u64::MAX.into()), "18446744073709551615");
        assert_eq!(json(i64::MIN.into()), "-9223372036854775808");
    }

    #[test]
    fn an_integer_is_found_in_either_form() {
        for (json, integer) in [
            ("400", Some(400)),
            (r#""400""#, Some(400)),
            (r#""x""#, None),
        ] {
            let met: NumberOrText = serde_json::from_str(json).unwrap();
            assert_eq!(met.integer(), integer, "{json}");
        }
    }
}
