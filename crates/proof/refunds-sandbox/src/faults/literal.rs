use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json, value::RawValue};

use crate::{SandboxError, money};

/// The member under which JSON stands as a text.
const EXACT: &str = "$json";

/// A JSON value to put into an answer, written as it was given.
///
/// As JSON it is the value itself. Digits that a JSON value does not keep, such as those of `1e999` or `2e3`, are
/// given as text: `{"$json": "1e999"}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Literal(Value);

impl Literal {
    /// A value.
    pub fn new(value: impl Into<Value>) -> Self {
        Self(value.into())
    }

    /// JSON text, digit by digit.
    ///
    /// # Errors
    /// When the text is no JSON.
    pub fn exact(json: &str) -> Result<Self, SandboxError> {
        match serde_json::from_str::<&RawValue>(json) {
            Ok(_) => Ok(Self(money::exactly(json))),
            Err(source) => Err(SandboxError::Literal {
                text: json.to_owned(),
                source,
            }),
        }
    }

    /// The value, as [`money::Written`] writes it.
    pub(crate) fn to_value(&self) -> Value {
        self.0.clone()
    }
}

impl From<Value> for Literal {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Literal({})", money::text(&self.0))
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match money::exact_text(&self.0) {
            Some(text) => json!({ EXACT: text }).serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let members = value.as_object().filter(|members| members.len() == 1);
        match members.and_then(|members| members.get(EXACT)?.as_str()) {
            Some(text) => Self::exact(text).map_err(D::Error::custom),
            None => Ok(Self(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_keeps_its_digits_when_it_is_written_and_read() {
        for text in ["1e999", "2e3", "1990.50", "\"19.90\"", "null", "[1, 2]"] {
            let literal = Literal::exact(text).unwrap();
            assert_eq!(money::text(&literal.to_value()), text);
            let written = serde_json::to_string(&literal).unwrap();
            assert_eq!(serde_json::from_str::<Literal>(&written).unwrap(), literal);
        }
    }

    #[test]
    fn a_literal_is_the_value_itself_as_json() {
        let literal: Literal = serde_json::from_str(r#"{"a": [1, null]}"#).unwrap();
        assert_eq!(literal, Literal::new(json!({"a": [1, null]})));
        assert_eq!(
            serde_json::to_value(&literal).unwrap(),
            json!({"a": [1, null]})
        );
    }

    #[test]
    fn a_literal_that_is_no_json_is_refused() {
        assert!(Literal::exact("1,990").is_err());
        assert!(serde_json::from_str::<Literal>(r#"{"$json": "{"}"#).is_err());
    }
}
