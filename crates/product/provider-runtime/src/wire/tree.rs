//! What a value is in JSON, with the text of every number as it is written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// A value in JSON. Unlike [`serde_json::Value`], it does not take numbers through floating point: `24.00` stays
/// `24.00`, and no digit of a long number is lost.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    /// What `value` is when it is sent.
    pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        Self::parse(&serde_json::to_string(value)?)
    }

    /// Reads JSON.
    pub(crate) fn parse(json: &str) -> serde_json::Result<Self> {
        let json = json.trim_ascii();
        Ok(match json.as_bytes().first() {
            Some(b'{') => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
                let members = members.into_iter();
                let members = members.map(|(name, member)| Ok((name, Self::parse(member.get())?)));
                Self::Object(members.collect::<serde_json::Result<_>>()?)
            }
            Some(b'[') => {
                let entries: Vec<&RawValue> = serde_json::from_str(json)?;
                let entries = entries.into_iter();
                let entries = entries.map(|entry| Self::parse(entry.get()));
                Self::List(entries.collect::<serde_json::Result<_>>()?)
            }
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b't' | b'f') => Self::Bool(serde_json::from_str(json)?),
            Some(b'n') => {
                serde_json::from_str::<()>(json)?;
                Self::Null
            }
            _ => Self::Number(serde_json::from_str::<&RawValue>(json)?.get().to_owned()),
        })
    }

    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_keep_their_text() {
        for number in ["24.00", "0.0000001", "100000000000000000000", "-5", "1e2"] {
            assert_eq!(
                Tree::parse(number).unwrap(),
                Tree::Number(number.to_owned())
            );
        }
    }

    #[test]
    fn every_kind_of_value_is_told() {
        let value = json!({"a": [null, true, "x\n", {}], "b": 1});
        let list = vec![
            Tree::Null,
            Tree::Bool(true),
            Tree::Text("x\n".to_owned()),
            Tree::Object(BTreeMap::new()),
        ];
        let members = [
            ("a".to_owned(), Tree::List(list)),
            ("b".to_owned(), Tree::Number("1".to_owned())),
        ];
        assert_eq!(Tree::of(&value).unwrap(), Tree::Object(members.into()));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "tru", "{", "[1,]", "nul", "1 2", "x"] {
            assert!(Tree::parse(text).is_err(), "{text}");
        }
    }
}
