//! Reads one JSON number, text or boolean together with its exact text.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, Unexpected, Visitor},
    ser,
};
use serde_json::value::RawValue;

// serde_json answers a newtype struct of this name with the text of the value, which is the only way
// to see a number as it was written. A deserializer that does not know the name visits the newtype.
pub(super) const RAW_VALUE: &str = "$serde_json::private::RawValue";
// The shape in which serde_json's `arbitrary_precision` hands out a number.
const ARBITRARY_NUMBER: &str = "$serde_json::private::Number";

/// What can be made from a single JSON number or text.
pub(crate) trait FromScalar: Sized {
    /// Completes "expected …" in the error for anything else.
    const EXPECTED: &'static str;

    fn from_number(text: &str) -> Self;

    fn from_text(text: Cow<'_, str>) -> Self;

    fn from_bool(_value: bool) -> Option<Self> {
        None
    }
}

/// Reads a scalar from any deserializer; from JSON text its exact text, from anything that has
/// already parsed the number (`serde_json::Value`, serde's buffers) the number's shortest text.
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromScalar,
    D: Deserializer<'de>,
{
    deserializer.deserialize_newtype_struct(RAW_VALUE, ScalarVisitor(PhantomData))
}

/// Writes text that is one JSON value as it stands.
pub(crate) fn serialize_verbatim<S: Serializer>(
    json: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let raw: &RawValue = serde_json::from_str(json).map_err(ser::Error::custom)?;
    raw.serialize(serializer)
}

/// A JSON number or boolean, kept as the text that was met and written back unchanged.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct JsonScalar(Box<str>);

impl JsonScalar {
    pub(crate) fn from_json(text: &str) -> Self {
        Self(text.into())
    }

    /// The JSON text, such as `1e3` or `true`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JsonScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for JsonScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for JsonScalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_verbatim(&self.0, serializer)
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        T::from_bool(value).ok_or_else(|| E::invalid_type(Unexpected::Bool(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        Ok(T::from_number(&value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        Ok(T::from_number(&value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        match serde_json::Number::from_f64(value) {
            Some(number) => Ok(T::from_number(&number.to_string())),
            None => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(text)))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(text)))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<T, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        match map.next_key_seed(WrapperKey)? {
            Some(true) => map.next_value_seed(WrappedJson(PhantomData)),
            _ => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// Whether the key of a map is one of serde_json's private wrappers around the text of a value.
pub(super) struct WrapperKey;

impl<'de> DeserializeSeed<'de> for WrapperKey {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for WrapperKey {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == RAW_VALUE || key == ARBITRARY_NUMBER)
    }
}

struct WrappedJson<T>(PhantomData<T>);

impl<'de, T: FromScalar> DeserializeSeed<'de> for WrappedJson<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: FromScalar> Visitor<'_> for WrappedJson<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, json: &str) -> Result<T, E> {
        let unexpected = match json.as_bytes().first() {
            Some(b'"') => return text_of(json),
            Some(b'-' | b'0'..=b'9') => return Ok(T::from_number(json)),
            Some(b't' | b'f') => {
                let value = json == "true";
                match T::from_bool(value) {
                    Some(scalar) => return Ok(scalar),
                    None => Unexpected::Bool(value),
                }
            }
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            _ => Unexpected::Other("null"),
        };
        Err(E::invalid_type(unexpected, &self))
    }
}

fn text_of<T: FromScalar, E: de::Error>(json: &str) -> Result<T, E> {
    let inside = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inside {
        Some(text) if !text.contains('\\') => Ok(T::from_text(Cow::Borrowed(text))),
        _ => serde_json::from_str::<String>(json)
            .map(|text| T::from_text(Cow::Owned(text)))
            .map_err(E::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Met {
        Number(String),
        Text(String),
    }

    impl FromScalar for Met {
        const EXPECTED: &'static str = "a number or a text";

        fn from_number(text: &str) -> Self {
            Self::Number(text.to_owned())
        }

        fn from_text(text: Cow<'_, str>) -> Self {
            Self::Text(text.into_owned())
        }
    }

    impl<'de> de::Deserialize<'de> for Met {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserialize(deserializer)
        }
    }

    #[test]
    fn a_number_is_read_with_its_exact_text() {
        for text in ["38.50", "1e400", "0.1234567890123456789", "-0"] {
            let met: Met = serde_json::from_str(&format!(" {text} ")).unwrap();
            assert_eq!(met, Met::Number(text.to_owned()));
        }
    }

    #[test]
    fn a_number_is_read_with_its_exact_text_from_a_reader_too() {
        let met: Met = serde_json::from_reader("38.50".as_bytes()).unwrap();
        assert_eq!(met, Met::Number("38.50".to_owned()));
    }

    #[test]
    fn a_number_that_was_parsed_before_is_read_in_its_shortest_text() {
        let parsed: serde_json::Value = serde_json::from_str("24.98").unwrap();
        let met: Met = serde_json::from_value(parsed).unwrap();
        assert_eq!(met, Met::Number("24.98".to_owned()));
    }

    #[test]
    fn serde_buffers_keep_numbers_and_texts_apart() {
        #[derive(serde::Deserialize)]
        struct Outer {
            #[serde(flatten)]
            inner: Inner,
        }
        #[derive(serde::Deserialize)]
        struct Inner {
            float: Met,
            integer: Met,
            text: Met,
        }
        let json = r#"{"float": 24.98, "integer": -7, "text": "24.98"}"#;
        let outer: Outer = serde_json::from_str(json).unwrap();
        assert_eq!(outer.inner.float, Met::Number("24.98".to_owned()));
        assert_eq!(outer.inner.integer, Met::Number("-7".to_owned()));
        assert_eq!(outer.inner.text, Met::Text("24.98".to_owned()));
    }

    #[test]
    fn escapes_in_a_text_are_resolved() {
        let met: Met = serde_json::from_str(r#""a\u0041\"b""#).unwrap();
        assert_eq!(met, Met::Text("aA\"b".to_owned()));
    }

    #[test]
    fn what_is_no_scalar_is_refused_with_what_was_expected() {
        for (json, kind) in [
            ("null", "null"),
            ("[]", "sequence"),
            ("{}", "map"),
            ("true", "boolean"),
        ] {
            let error = serde_json::from_str::<Met>(json).unwrap_err().to_string();
            assert!(error.contains(kind), "{error}");
            assert!(error.contains("a number or a text"), "{error}");
        }
    }
}
