//! JSON and YAML read strictly into one kind of value.
//!
//! What would be lost silently is refused: a key that occurs twice, a number that is not finite, a
//! document nested too deeply or too large. Integers of 64 bits are exact; any other number is the
//! nearest double, as in every [`serde_json::Value`].

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

/// Largest text that is read, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Deepest nesting that is read.
const MAX_DEPTH: usize = 120;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML 1.2, in the resolution of its core schema.
    Yaml,
}

/// A text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
pub struct SyntaxError {
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in the line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads the whole of `text`.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse(text: &str, format: Format) -> Result<Value, SyntaxError> {
    limit(text)?;
    match format {
        Format::Json => serde_json::from_str::<Strict>(text)
            .map(|strict| strict.0)
            .map_err(json_error),
        Format::Yaml => serde_saphyr::from_str_with_options::<Strict>(text, yaml_options())
            .map(|strict| strict.0)
            .map_err(yaml_error),
    }
}

/// Reads one JSON value at the beginning of `text` and tells how many bytes it took.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse_json_prefix(text: &str) -> Result<(Value, usize), SyntaxError> {
    limit(text)?;
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Strict>();
    match stream.next() {
        Some(Ok(strict)) => Ok((strict.0, stream.byte_offset())),
        Some(Err(error)) => Err(json_error(error)),
        None => Err(SyntaxError {
            line: 1,
            column: 1,
            message: "a JSON value is missing here".to_owned(),
        }),
    }
}

fn limit(text: &str) -> Result<(), SyntaxError> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(SyntaxError {
        line: 1,
        column: 1,
        message: format!(
            "the text has {} bytes and {MAX_BYTES} is the limit: split the document",
            text.len()
        ),
    })
}

fn json_error(error: serde_json::Error) -> SyntaxError {
    SyntaxError {
        line: error.line().max(1),
        column: error.column().max(1),
        message: without_place(error.to_string()),
    }
}

fn yaml_error(error: serde_saphyr::Error) -> SyntaxError {
    let error = error.without_snippet();
    let place = error.location();
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX).max(1);
    SyntaxError {
        line: place.map_or(1, |place| number(place.line())),
        column: place.map_or(1, |place| number(place.column())),
        message: without_place(error.to_string()),
    }
}

/// A parser's message without the place at its end, which the error names itself.
fn without_place(mut message: String) -> String {
    if let Some(end) = message.rfind(" at line ") {
        message.truncate(end);
    }
    message
}

fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        with_snippet: false,
        // `no` and `on` are texts in YAML 1.2, and `007` is rather a reference than a number.
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_nodes: 4_000_000,
            max_events: 8_000_000,
        },
    }
}

/// A value that was read strictly.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nested(0).deserialize(deserializer).map(Self)
    }
}

/// Reads a value at some depth.
#[derive(Clone, Copy)]
struct Nested(usize);

impl Nested {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.0 < MAX_DEPTH {
            Ok(Self(self.0 + 1))
        } else {
            Err(E::custom(format!(
                "nested more than {MAX_DEPTH} levels deep: such a document is not read"
            )))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| {
            E::custom(format!(
                "the number {value} is not finite, which JSON cannot express"
            ))
        })
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(inner)?;
            if map.contains_key(&key) {
                return Err(de::Error::custom(format!(
                    "the key \"{key}\" occurs twice in one object: only one of them can be meant"
                )));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn yaml(text: &str) -> Value {
        parse(text, Format::Yaml).unwrap()
    }

    #[test]
    fn yaml_scalars_follow_the_core_schema_of_yaml_1_2() {
        assert_eq!(
            yaml(
                "a: no\nb: true\nc: '3.0'\nd: 3.0\ne: 2020-01-02\nf: ~\ng: 007\nh: 1_000\ni: -12\nj: on"
            ),
            json!({"a": "no", "b": true, "c": "3.0", "d": 3.0, "e": "2020-01-02", "f": null,
                   "g": "007", "h": "1_000", "i": -12, "j": "on"})
        );
    }

    #[test]
    fn status_codes_without_quotes_are_keys_as_written() {
        assert_eq!(
            yaml("200: a\n4XX: b\n1.10: c"),
            json!({"200": "a", "4XX": "b", "1.10": "c"})
        );
    }

    #[test]
    fn aliases_are_replaced_by_what_they_name() {
        assert_eq!(
            yaml("a: &x {b: 1}\nc: *x"),
            json!({"a": {"b": 1}, "c": {"b": 1}})
        );
    }

    #[test]
    fn a_key_that_occurs_twice_is_refused_with_its_place() {
        let error = parse("{\"a\": 1,\n \"a\": 2}", Format::Json).unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.message.contains("\"a\" occurs twice"), "{error}");
        let error = parse("a: 1\nb: 2\na: 3\n", Format::Yaml).unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.message.contains('a'), "{error}");
    }

    #[test]
    fn numbers_that_json_cannot_express_are_refused() {
        for text in [".nan", ".inf", "-.inf", "1e999"] {
            assert!(
                parse(&format!("a: {text}"), Format::Yaml).is_err(),
                "{text}"
            );
        }
        assert!(parse("[1e999]", Format::Json).is_err());
    }

    #[test]
    fn deep_nesting_and_bombs_of_aliases_are_refused() {
        let deep = "[".repeat(100_000);
        assert!(parse(&deep, Format::Json).is_err());
        assert!(parse(&deep, Format::Yaml).is_err());
        let just_too_deep = format!("{}{}", "[".repeat(121), "]".repeat(121));
        assert!(
            parse(&just_too_deep, Format::Json)
                .unwrap_err()
                .message
                .contains("levels deep")
        );
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let earlier = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{earlier}]\n"));
        }
        assert!(parse(&bomb, Format::Yaml).is_err());
    }

    #[test]
    fn a_json_value_is_read_up_to_its_end_only() {
        let (value, length) = parse_json_prefix("{\"a\": \"}\"} and prose }").unwrap();
        assert_eq!((value, length), (json!({"a": "}"}), 10));
        assert!(parse_json_prefix("").is_err());
        assert!(parse_json_prefix("{\"a\": ").is_err());
    }

    #[test]
    fn several_yaml_documents_in_one_text_are_refused() {
        assert!(parse("a: 1\n---\na: 2\n", Format::Yaml).is_err());
    }
}
