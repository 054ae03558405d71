//! JSON as it came: the members of an object in their order, values as text.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Malformed;

/// A member of an object as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name without its escapes, in UTF-8 but for lone surrogates, which JSON allows (WTF-8).
    pub name: Vec<u8>,
    /// The value, character for character, without the white space around it.
    pub value: &'a str,
}

impl fmt::Debug for Member<'_> {
    /// Shows no value.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = String::from_utf8_lossy(&self.name);
        formatter
            .debug_struct("Member")
            .field("name", &name)
            .finish_non_exhaustive()
    }
}

impl Member<'_> {
    /// The value without its escapes if it is a text that is valid Unicode.
    pub fn text(&self) -> Option<String> {
        serde_json::from_str(self.value).ok()
    }
}

/// The members of a JSON object, in their order. Numbers, escapes and nested values keep their text.
///
/// # Errors
///
/// [`Malformed`] for what is no JSON object, and for an object with two members of one name: readers
/// differ in which of them counts, so that a signature over it says nothing.
pub fn members(object: &str) -> Result<Vec<Member<'_>>, Malformed> {
    if !object.trim_start().starts_with('{') {
        return Err(Malformed::new("is no JSON object"));
    }
    // Reading names as bytes would let control characters in them pass, which JSON forbids.
    serde_json::from_str::<&RawValue>(object).map_err(|error| Malformed::json(&error))?;
    let Members(members) = serde_json::from_str(object).map_err(|error| Malformed::json(&error))?;
    let names: BTreeSet<&[u8]> = members.iter().map(|member| &*member.name).collect();
    if names.len() < members.len() {
        return Err(Malformed::new("has an object with two members of one name"));
    }
    Ok(members)
}

struct Members<'a>(Vec<Member<'a>>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name, &RawValue>()? {
                    members.push(Member {
                        name,
                        value: value.get(),
                    });
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A text as bytes: serde_json takes lone surrogates in no other form.
struct Name(Vec<u8>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(Name(bytes.to_owned()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name, E> {
                Ok(Name(text.as_bytes().to_owned()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(object: &str) -> Vec<(String, &str)> {
        let members = members(object).unwrap();
        let text = |name: Vec<u8>| String::from_utf8(name).unwrap();
        members
            .into_iter()
            .map(|member| (text(member.name), member.value))
            .collect()
    }

    #[test]
    fn members_keep_their_order_and_their_text() {
        let object = " { \"b\" : 38.50, \"2\":[1e3 , {}],\n\"a\\u0041\": \"\\u00e9\" } ";
        assert_eq!(
            met(object),
            [
                ("b".to_owned(), "38.50"),
                ("2".to_owned(), "[1e3 , {}]"),
                ("aA".to_owned(), "\"\\u00e9\""),
            ]
        );
    }

    #[test]
    fn a_name_with_a_lone_surrogate_is_a_name() {
        let members = members(r#"{"\ud800": "\udc00"}"#).unwrap();
        assert_eq!(members[0].name, [0xed, 0xa0, 0x80]);
        assert_eq!(members[0].value, r#""\udc00""#);
        assert_eq!(members[0].text(), None);
    }

    #[test]
    fn what_is_no_object_is_refused_without_quoting_it() {
        for (text, problem) in [
            ("", "the body is no JSON object"),
            ("[1]", "the body is no JSON object"),
            ("\u{feff}{}", "the body is no JSON object"),
            ("{\"a\":secret}", "the body is not JSON at line 1, column 6"),
            ("{\"a\":1}{}", "the body is not JSON at line 1, column 8"),
            ("{\"a\u{1}\":1}", "the body is not JSON at line 1, column 3"),
            (
                "{\"a\":1,\"\\u0061\":2}",
                "the body has an object with two members of one name",
            ),
        ] {
            assert_eq!(members(text).unwrap_err().to_string(), problem, "{text}");
        }
    }
}
