//! JSON and YAML read strictly into one kind of value.
//!
//! What would be lost silently is refused: a key that occurs twice, a number that is not finite, a
//! document nested too deeply or too large. The first two can be read all the same, with a [`Repair`] for
//! each. Integers of 64 bits are exact; any other number is the
//! nearest double, as in every [`serde_json::Value`]. What an OpenAPI document says to be a text is one in YAML as well,
//! where it is written without quotes.

mod texts;

use std::cell::RefCell;
use std::fmt;

use openapi_model::pointer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
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

/// What was read although it is not what a document may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What was found, and what was made of it.
    pub detail: String,
}

/// Reads the whole of `text`.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse(text: &str, format: Format) -> Result<Value, SyntaxError> {
    read(text, format, None)
}

/// Reads the whole of `text`; of a key that occurs twice the last one counts, as in most parsers, and a
/// number that is not finite is a text.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse_leniently(text: &str, format: Format) -> Result<(Value, Vec<Repair>), SyntaxError> {
    let repairs = RefCell::default();
    let value = read(text, format, Some(&repairs))?;
    Ok((value, repairs.into_inner()))
}

fn read(text: &str, format: Format, repairs: Repairs<'_>) -> Result<Value, SyntaxError> {
    limit(text)?;
    let root = Nested::root(repairs);
    match format {
        Format::Json => {
            let mut reader = serde_json::Deserializer::from_str(text);
            let value = root.deserialize(&mut reader).map_err(json_error)?;
            reader.end().map_err(json_error)?;
            Ok(value)
        }
        Format::Yaml => {
            let options = || yaml_options(repairs.is_some());
            let mut value =
                serde_saphyr::with_deserializer_from_str_with_options(text, options(), |reader| {
                    root.deserialize(reader)
                })
                .map_err(yaml_error)?;
            texts::keep(&mut value, text, options());
            Ok(value)
        }
    }
}

/// Reads one JSON value at the beginning of `text` and tells how many bytes it took.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse_json_prefix(text: &str) -> Result<(Value, usize), SyntaxError> {
    json_prefix(text, None)
}

/// The same, as [`parse_leniently`] reads.
///
/// # Errors
///
/// [`SyntaxError`] with the place in `text`.
pub fn parse_json_prefix_leniently(text: &str) -> Result<(Value, usize, Vec<Repair>), SyntaxError> {
    let repairs = RefCell::default();
    let (value, length) = json_prefix(text, Some(&repairs))?;
    Ok((value, length, repairs.into_inner()))
}

fn json_prefix(text: &str, repairs: Repairs<'_>) -> Result<(Value, usize), SyntaxError> {
    limit(text)?;
    if text.trim_start().is_empty() {
        return Err(SyntaxError {
            line: 1,
            column: 1,
            message: "a JSON value is missing here".to_owned(),
        });
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Nested::root(repairs)
        .deserialize(&mut reader)
        .map_err(json_error)?;
    let length = reader.into_iter::<de::IgnoredAny>().byte_offset();
    Ok((value, length))
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
    // The library's own words name options that nobody here can set.
    let message = match error {
        serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
            occurs_twice(key.as_deref().unwrap_or_default())
        }
        serde_saphyr::Error::NonFiniteFloat { .. } => NOT_FINITE.to_owned(),
        // Nothing but a key is read as a text whatever it is.
        serde_saphyr::Error::NullIntoString { .. } => {
            "the key is null, and a key in JSON is a text: give it a name, in quotes if it is \"null\"".to_owned()
        }
        serde_saphyr::Error::Unexpected {
            expected: "string scalar",
            ..
        } => "the key is a list or an object, and a key in JSON is a text".to_owned(),
        serde_saphyr::Error::Budget { breach, .. } => beyond(breach),
        serde_saphyr::Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "the alias stands in what it is an alias of: a value in JSON does not hold itself".to_owned()
        }
        _ => without_place(error.to_string()),
    };
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX).max(1);
    SyntaxError {
        line: place.map_or(1, |place| number(place.line())),
        column: place.map_or(1, |place| number(place.column())),
        message,
    }
}

/// Which limit a YAML text is beyond.
fn beyond(breach: &serde_saphyr::budget::BudgetBreach) -> String {
    use serde_saphyr::budget::BudgetBreach::*;
    match breach {
        Documents { .. } => "another document begins here: give a file that holds exactly one".to_owned(),
        Depth { .. } => too_deep(),
        _ => "the text is too large with its aliases written out: give it without anchors, or split it".to_owned(),
    }
}

fn too_deep() -> String {
    format!("nested more than {MAX_DEPTH} levels deep: such a document is not read")
}

/// Why a number is refused.
const NOT_FINITE: &str = "the number is not finite, which JSON cannot express";

fn occurs_twice(key: &str) -> String {
    format!("the key \"{key}\" occurs twice in one object: only one of them can be meant")
}

/// A parser's message without the place at its end, which the error names itself.
fn without_place(mut message: String) -> String {
    if let Some(end) = message.rfind(" at line ") {
        message.truncate(end);
    }
    message
}

fn yaml_options(lenient: bool) -> serde_saphyr::Options {
    use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
    let (duplicate_keys, non_finite_float_policy) = if lenient {
        // What reads the value sees both, and notes it.
        (
            DuplicateKeyPolicy::PassThrough,
            NonFiniteFloatPolicy::PassThrough,
        )
    } else {
        (DuplicateKeyPolicy::Error, NonFiniteFloatPolicy::Reject)
    };
    serde_saphyr::options! {
        duplicate_keys: duplicate_keys,
        non_finite_float_policy: non_finite_float_policy,
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

/// Where repairs are noted; nowhere, if there are to be none.
type Repairs<'a> = Option<&'a RefCell<Vec<Repair>>>;

/// Where a value stands.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Entry(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(outer, key) => pointer::join(&outer.pointer(), key),
            Self::Entry(outer, index) => pointer::join(&outer.pointer(), &index.to_string()),
        }
    }
}

/// Reads a value at some depth.
#[derive(Clone, Copy)]
struct Nested<'a> {
    depth: usize,
    place: &'a Place<'a>,
    repairs: Repairs<'a>,
}

impl<'a> Nested<'a> {
    fn root(repairs: Repairs<'a>) -> Self {
        Self {
            depth: 0,
            place: &Place::Root,
            repairs,
        }
    }

    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth < MAX_DEPTH {
            Ok(Self {
                depth: self.depth + 1,
                ..self
            })
        } else {
            Err(E::custom(too_deep()))
        }
    }

    /// Notes a repair, or refuses it with `problem`.
    fn repair<E: de::Error>(&self, problem: &str, made: &str) -> Result<(), E> {
        let Some(repairs) = self.repairs else {
            return Err(E::custom(problem));
        };
        repairs.borrow_mut().push(Repair {
            pointer: self.place.pointer(),
            detail: format!("{problem}; {made}"),
        });
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
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
        if let Some(number) = Number::from_f64(value) {
            return Ok(Value::Number(number));
        }
        self.repair(NOT_FINITE, "it is read as a text")?;
        Ok(Value::String(value.to_string()))
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
        loop {
            let place = Place::Entry(self.place, list.len());
            let entry = Nested {
                place: &place,
                ..inner
            };
            match access.next_element_seed(entry)? {
                Some(value) => list.push(value),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let place = Place::Member(self.place, &key);
            let member = Nested {
                place: &place,
                ..inner
            };
            let value = access.next_value_seed(member)?;
            if map.contains_key(&key) {
                member.repair(&occurs_twice(&key), "the last one counts")?;
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
    fn a_key_that_is_null_and_a_comma_before_nothing_are_refused_with_their_places() {
        for (text, place) in [
            ("a: 1\nnull: 2", (2, 1)),
            ("a:\n  ~: 2", (2, 3)),
            ("a: 1\n? \n: 2", (3, 1)),
            ("a: 1\n: 2", (2, 1)),
            ("a: {b: 1, null: 2}", (1, 11)),
        ] {
            let error = parse(text, Format::Yaml).unwrap_err();
            assert!(error.message.starts_with("the key is null"), "{error}");
            assert_eq!((error.line, error.column), place, "{text}");
            assert!(parse_leniently(text, Format::Yaml).is_err());
        }
        let error = parse("a: 1\n? [b]\n: 2", Format::Yaml).unwrap_err();
        assert!(error.message.starts_with("the key is a list"), "{error}");
        let error = parse("a: 1\nb: [x, , y]", Format::Yaml).unwrap_err();
        assert_eq!(error.line, 2, "{error}");
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
        assert!(error.message.contains("\"a\" occurs twice"), "{error}");
    }

    #[test]
    fn of_a_key_that_occurs_twice_the_last_one_counts_where_that_is_asked_for() {
        let expected = json!({"x": [{"a/b": 2}]});
        for (text, format) in [
            ("{\"x\": [{\"a/b\": 1, \"a/b\": 2}]}", Format::Json),
            ("x:\n  - a/b: 1\n    a/b: 2\n", Format::Yaml),
        ] {
            let (value, repairs) = parse_leniently(text, format).unwrap();
            assert_eq!(value, expected);
            assert_eq!(repairs.len(), 1);
            assert_eq!(repairs[0].pointer, "/x/0/a~1b");
            assert!(repairs[0].detail.ends_with("the last one counts"));
        }
    }

    #[test]
    fn keys_that_a_merge_overrides_are_no_repair() {
        let text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n";
        let (value, repairs) = parse_leniently(text, Format::Yaml).unwrap();
        assert_eq!(value["b"], json!({"x": 3, "y": 2}));
        assert_eq!(repairs, []);
    }

    #[test]
    fn a_number_that_is_not_finite_is_a_text_where_that_is_asked_for() {
        let (value, repairs) = parse_leniently("a: -.inf", Format::Yaml).unwrap();
        assert_eq!(value, json!({"a": "-inf"}));
        assert_eq!(repairs[0].pointer, "/a");
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
        let error = parse("a: 1\n---\na: 2\n", Format::Yaml).unwrap_err();
        assert!(error.message.starts_with("another document"), "{error}");
    }

    #[test]
    fn a_limit_of_yaml_is_told_in_words() {
        let deep = format!("{}{}", "[".repeat(121), "]".repeat(121));
        let error = parse(&deep, Format::Yaml).unwrap_err();
        assert!(error.message.contains("levels deep"), "{error}");
        let error = parse("a: &a {b: *a}", Format::Yaml).unwrap_err();
        assert!(error.message.starts_with("the alias stands in"), "{error}");
    }
}
