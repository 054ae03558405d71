//! Telling a `null` from a missing field.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::json::Json;
use super::open::Open;

/// `null` or a value; inside an `Option` the third possibility is that the field is missing.
///
/// ```
/// use provider_runtime::{Nullable, nullable};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Change {
///     #[serde(default, deserialize_with = "nullable::present", skip_serializing_if = "Option::is_none")]
///     note: Option<Nullable<String>>,
/// }
///
/// let change: Change = serde_json::from_str(r#"{"note":null}"#)?;
/// assert_eq!(change.note, Some(Nullable::Null));
/// assert_eq!(serde_json::to_string(&change)?, r#"{"note":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Nullable<T> {
    /// The field is there and `null`.
    Null,
    /// The field has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, `None` for `null`.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value itself, `None` for `null`.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl From<&str> for Nullable<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<T> for Nullable<Box<T>> {
    fn from(value: T) -> Self {
        Self::Value(Box::new(value))
    }
}

impl<T> From<T> for Nullable<Open<T>> {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Reads a field that is there, so that its `null` is not taken for a missing field.
///
/// # Errors
/// Those of the value's own type.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Nullable::deserialize(deserializer).map(Some)
}

/// The same of a field that may be anything, of which null is one.
///
/// # Errors
/// Those of [`Json`].
pub fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Change {
        #[serde(
            default,
            deserialize_with = "present",
            skip_serializing_if = "Option::is_none"
        )]
        note: Option<Nullable<String>>,
        #[serde(
            default,
            deserialize_with = "json",
            skip_serializing_if = "Option::is_none"
        )]
        any: Option<Json>,
    }

    /// RFC 8259, 3: null is a value.
    #[test]
    fn null_is_one_of_what_anything_may_be() {
        for (json, any) in [("{}", None), (r#"{"any":null}"#, Some(Json::Null))] {
            let change: Change = serde_json::from_str(json).unwrap();
            assert_eq!(change.any, any, "{json}");
            assert_eq!(serde_json::to_string(&change).unwrap(), json);
        }
    }

    #[test]
    fn a_word_is_given_as_it_is_where_an_answer_may_have_another() {
        let word = Nullable::<Open<u8>>::from(7_u8);
        assert_eq!(word, Nullable::Value(Open::Known(7)));
    }

    #[test]
    fn missing_null_and_value_are_told_apart_and_written_back() {
        for (json, note) in [
            ("{}", None),
            (r#"{"note":null}"#, Some(Nullable::Null)),
            (r#"{"note":"x"}"#, Some(Nullable::Value("x".to_owned()))),
        ] {
            let change: Change = serde_json::from_str(json).unwrap();
            assert_eq!(change.note, note, "{json}");
            assert_eq!(serde_json::to_string(&change).unwrap(), json);
        }
    }

    #[test]
    fn an_option_becomes_null_or_its_value() {
        assert_eq!(Nullable::from(Some(1)).into_value(), Some(1));
        assert_eq!(Nullable::<i32>::from(None), Nullable::Null);
        let word: Nullable<Open<u8>> = 7.into();
        assert_eq!(word, Nullable::Value(Open::Known(7)));
    }
}
