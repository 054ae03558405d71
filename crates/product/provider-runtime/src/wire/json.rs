//! Any JSON, with the text of every number as it is written.

use std::collections::{BTreeMap, btree_map};
use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::one_of;
use super::scalar::serialize_verbatim;

/// Any JSON: what a document leaves open. Unlike [`serde_json::Value`], it takes no number through floating point:
/// `24.00` stays `24.00`, and no digit of a long number is lost, neither when it is read nor when it is written.
///
/// It is made of texts, flags, whole numbers, lists, objects and of `serde_json::json!`, by `into`; a number with
/// decimals is a [`JsonNumber`].
///
/// ```
/// use provider_runtime::{Json, JsonNumber};
///
/// let answer: Json = serde_json::from_str(r#"{"paid": 12345678901234567.10, "to": ["ann"]}"#)?;
/// assert_eq!(answer["paid"].to_string(), "12345678901234567.10");
/// assert_eq!(answer["to"][0].as_str(), Some("ann"));
/// assert_eq!(Json::from("late"), serde_json::json!("late").into());
/// assert_eq!(Json::from(JsonNumber::parse("24.00")?).to_string(), "24.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, in the digits that it is written in: `1.0` and `1` are not equal.
    Number(JsonNumber),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(JsonObject),
}

/// How deep a value may be nested, as every other type may (a limit of serde_json).
const DEPTH: usize = 128;

/// The value of a member that is not there.
const NOTHING: Json = Json::Null;

impl Json {
    /// What `value` is when it is sent.
    ///
    /// # Errors
    ///
    /// What `value` says of itself: it has no form in JSON.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        Self::parse(&serde_json::to_string(value)?)
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or is nested deeper than 128 levels.
    pub fn parse(json: &str) -> serde_json::Result<Self> {
        Self::within(json, DEPTH)
    }

    fn within(json: &str, levels: usize) -> serde_json::Result<Self> {
        // RFC 8259, 2.
        let json = json.trim_matches([' ', '\t', '\n', '\r']);
        let inner = |json: &RawValue| match levels.checked_sub(1) {
            Some(levels) => Self::within(json.get(), levels),
            None => Err(serde_json::Error::custom("recursion limit exceeded")),
        };
        Ok(match json.as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
                let members = members.into_iter();
                let members = members.map(|(name, member)| Ok((name, inner(member)?)));
                Self::Object(members.collect::<serde_json::Result<_>>()?)
            }
            Some(b'[') => {
                let entries: Vec<&RawValue> = serde_json::from_str(json)?;
                let entries = entries.into_iter();
                let entries = entries.map(inner);
                Self::List(entries.collect::<serde_json::Result<_>>()?)
            }
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b't' | b'f') => Self::Bool(serde_json::from_str(json)?),
            Some(b'n') => {
                serde_json::from_str::<()>(json)?;
                Self::Null
            }
            _ => Self::Number(JsonNumber(
                serde_json::from_str::<&RawValue>(json)?.get().into(),
            )),
        })
    }

    /// Reads a value of a type of one's own, such as [`Amount`](crate::Amount).
    ///
    /// # Errors
    ///
    /// It is not one of that type.
    pub fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.to_string())
    }

    /// The member `name`, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&JsonNumber> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The entries, if it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(entries) => Some(entries),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&JsonObject> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    #[cfg(feature = "client")]
    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// The member of that name; `null` where there is none.
impl std::ops::Index<&str> for Json {
    type Output = Self;

    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&NOTHING)
    }
}

/// The entry of that number, from 0; `null` where there is none.
impl std::ops::Index<usize> for Json {
    type Output = Self;

    fn index(&self, number: usize) -> &Self {
        let entries = self.as_list();
        entries
            .and_then(|entries| entries.get(number))
            .unwrap_or(&NOTHING)
    }
}

/// As JSON, on one line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// Its kind only: what a document leaves open may be personal.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool(..)",
            Self::Number(_) => "Number(..)",
            Self::Text(_) => "Text(..)",
            Self::List(_) => "List(..)",
            Self::Object(_) => "Object(..)",
        })
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&one_of::text_of(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(entries) => entries.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for JsonNumber {
            fn from(number: $number) -> Self {
                Self(number.to_string().into())
            }
        }

        impl From<$number> for Json {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        }
    )*};
}

whole_numbers!(i8, i16, i32, i64, u8, u16, u32, u64, usize);

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<JsonNumber> for Json {
    fn from(number: JsonNumber) -> Self {
        Self::Number(number)
    }
}

impl From<JsonObject> for Json {
    fn from(members: JsonObject) -> Self {
        Self::Object(members)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(entries: Vec<T>) -> Self {
        Self::List(entries.into_iter().map(Into::into).collect())
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(JsonNumber(number.to_string().into())),
            Value::String(text) => Self::Text(text),
            Value::Array(entries) => entries.into(),
            Value::Object(members) => Self::Object(members.into()),
        }
    }
}

/// A number in JSON, in the digits that it is written in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct JsonNumber(Box<str>);

/// What is not written as JSON writes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a number as JSON writes one: digits, a point and an exponent, such as `24.00` or `-1e3`"
)]
pub struct NotANumber;

impl JsonNumber {
    /// Reads a number as JSON writes one.
    ///
    /// # Errors
    ///
    /// [`NotANumber`]
    pub fn parse(digits: &str) -> Result<Self, NotANumber> {
        let is_number =
            |text: &&str| text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let raw: Option<&RawValue> = serde_json::from_str(digits).ok();
        // What stands around a number belongs to no number.
        let raw = raw
            .map(RawValue::get)
            .filter(|raw| raw.len() == digits.len());
        let number = raw.filter(is_number).ok_or(NotANumber)?;
        Ok(Self(number.into()))
    }

    /// The digits, as they are written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JsonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for JsonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonNumber(..)")
    }
}

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_verbatim(&self.0, serializer)
    }
}

/// An object in JSON of which the names are not known beforehand.
///
/// ```
/// use provider_runtime::JsonObject;
///
/// let metadata = JsonObject::from([("order", "A-7"), ("shop", "Accra")]);
/// assert_eq!(metadata.get("order").and_then(|order| order.as_str()), Some("A-7"));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct JsonObject(BTreeMap<String, Json>);

impl JsonObject {
    /// The member `name`.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// Gives a member, in place of the one that has its name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Json>) -> Option<Json> {
        self.0.insert(name.into(), value.into())
    }

    /// Takes out the member `name`.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        self.0.remove(name)
    }

    /// The members, in the order of their names.
    pub fn iter(&self) -> btree_map::Iter<'_, String, Json> {
        self.0.iter()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The names and kinds of its members.
impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonObject({} members)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Object(members) => Ok(members),
            _ => Err(D::Error::invalid_type(
                serde::de::Unexpected::Other("something else"),
                &"an object",
            )),
        }
    }
}

impl<N: Into<String>, V: Into<Json>> FromIterator<(N, V)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Self {
        let members = members.into_iter();
        Self(
            members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl<N: Into<String>, V: Into<Json>, const MEMBERS: usize> From<[(N, V); MEMBERS]> for JsonObject {
    fn from(members: [(N, V); MEMBERS]) -> Self {
        members.into_iter().collect()
    }
}

impl<V: Into<Json>> From<BTreeMap<String, V>> for JsonObject {
    fn from(members: BTreeMap<String, V>) -> Self {
        members.into_iter().collect()
    }
}

impl From<serde_json::Map<String, serde_json::Value>> for JsonObject {
    fn from(members: serde_json::Map<String, serde_json::Value>) -> Self {
        members.into_iter().collect()
    }
}

impl IntoIterator for JsonObject {
    type Item = (String, Json);
    type IntoIter = btree_map::IntoIter<String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a JsonObject {
    type Item = (&'a String, &'a Json);
    type IntoIter = btree_map::Iter<'a, String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_digit_goes_round() {
        for text in [
            "24.00",
            "0.0000001",
            "100000000000000000000",
            "-5",
            "1e2",
            "12345678901234567.10",
        ] {
            let json: Json = serde_json::from_str(text).unwrap();
            assert_eq!(json.as_number().unwrap().as_str(), text);
            assert_eq!(serde_json::to_string(&json).unwrap(), text);
        }
        let nested = r#"{"a":[1.10,{"b":0.123456789012345678901}],"c":null}"#;
        let json: Json = serde_json::from_str(nested).unwrap();
        assert_eq!(json.to_string(), nested);
    }

    #[test]
    fn what_was_parsed_before_is_read_too() {
        let json: Json = serde_json::from_value(json!({"a": [true, "x\n", 5]})).unwrap();
        assert_eq!(json, Json::from(json!({"a": [true, "x\n", 5]})));
        assert_eq!(
            json["a"][2].read::<crate::Amount>().unwrap().to_string(),
            "5"
        );
    }

    #[test]
    fn what_is_not_there_is_null() {
        let json = Json::from(json!({"a": []}));
        assert!(json["b"].is_null() && json["a"][0].is_null() && json["a"]["x"].is_null());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "tru", "{", "[1,]", "nul", "1 2", "x", "01"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(Json::parse(&nested(129)).is_ok());
        assert!(Json::parse(&nested(200_000)).is_err());
        for text in ["", " 1", "1 ", "\"1\"", "[1]", "true", "1.", ".5", "NaN"] {
            assert_eq!(JsonNumber::parse(text), Err(NotANumber), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let json = Json::from(json!({"card": "4111"}));
        assert_eq!(format!("{json:?}"), "Object(..)");
        let object: JsonObject = json.read().unwrap();
        assert_eq!(format!("{object:?}"), "JsonObject(1 members)");
        assert!(serde_json::from_str::<JsonObject>("[]").is_err());
    }
}
