//! The codes of an error, all of them.

use std::{collections::BTreeSet, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::reply::text_of;

/// The texts at the JSON pointers; where one names the first of a list, that of each in the list. What is there
/// and cannot be read is an empty text, and so is a whole body that tells a member twice.
pub(super) fn texts_at(body: &[u8], pointers: &[&str]) -> Vec<String> {
    let Ok(read) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    if serde_json::from_slice::<Unique>(body).is_err() {
        return vec![String::new()];
    }
    let found = pointers.iter().flat_map(|pointer| at(&read, pointer));
    found.collect()
}

fn at(body: &Value, pointer: &str) -> Vec<String> {
    let told = |value: Option<&Value>| value.and_then(text_of).unwrap_or_default();
    let Some((list, rest)) = pointer.split_once("/0") else {
        let value = body.pointer(pointer).filter(|value| !value.is_null());
        return value.map(|value| told(Some(value))).into_iter().collect();
    };
    match body.pointer(list) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => {
            let values = values.iter();
            values.map(|value| told(value.pointer(rest))).collect()
        }
        Some(_) => vec![String::new()],
    }
}

/// JSON in which no object has two members of one name.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unique)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without a member that is told twice")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self, A::Error> {
        while values.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Self>()?;
            if !names.insert(name) {
                return Err(A::Error::custom("a member is told twice"));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTERS: &[&str] = &["/errors/0/code"];

    fn codes(body: &str) -> Vec<String> {
        texts_at(body.as_bytes(), POINTERS)
    }

    #[test]
    fn each_entry_of_a_list_tells_its_code() {
        let body = r#"{"errors":[{"code":30004},{"code":"30010"}]}"#;
        assert_eq!(codes(body), ["30004", "30010"]);
        assert!(codes(r#"{"errors":[]}"#).is_empty());
        assert!(codes(r#"{"errors":null}"#).is_empty());
        assert!(codes("{}").is_empty());
        assert!(codes("<html>").is_empty());
        assert_eq!(texts_at(br#"{"code":"A"}"#, &["/code"]), ["A"]);
    }

    #[test]
    fn what_cannot_be_read_or_is_told_twice_is_a_code_that_nobody_knows() {
        for entry in [r#"{"message":"no"}"#, r#"{"code":null}"#, "{}", "5"] {
            let body = format!(r#"{{"errors":[{{"code":30004}},{entry}]}}"#);
            assert_eq!(codes(&body), ["30004", ""], "{entry}");
        }
        for body in [
            r#"{"errors":[{"code":30012}],"errors":[{"code":30000}]}"#,
            r#"{"errors":[{"code":30012,"code":30002}]}"#,
            r#"{"errors":{"0":{"code":30000},"1":{"code":30010}}}"#,
            r#"{"errors":"30000"}"#,
        ] {
            assert_eq!(codes(body), [""], "{body}");
        }
    }
}
