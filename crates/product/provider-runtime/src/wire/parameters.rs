//! Parameters that are written in another style than one text, or one text again and again.

use std::fmt;

use serde::{Serialize, Serializer, ser};

use super::brackets::{self, Lists};
use super::tree::Tree;

macro_rules! separated {
    ($($(#[$doc:meta])* $name:ident: $separator:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name<T>(Vec<T>);

        impl<T, I: IntoIterator<Item = T>> From<I> for $name<T> {
            fn from(values: I) -> Self {
                Self(values.into_iter().collect())
            }
        }

        impl<T: Serialize> fmt::Display for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (index, value) in self.0.iter().enumerate() {
                    let text = Tree::of(value).ok().and_then(brackets::text_of);
                    let separator = if index == 0 { "" } else { $separator };
                    write!(f, "{separator}{}", text.ok_or(fmt::Error)?)?;
                }
                Ok(())
            }
        }

        impl<T: Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} values)"), self.0.len())
            }
        }
    )*};
}

separated! {
    /// Values of a parameter, with a comma between them.
    CommaSeparated: ",";
    /// Values of a parameter, with a space between them.
    SpaceSeparated: " ";
    /// Values of a parameter, with a vertical bar between them.
    PipeSeparated: "|";
}

/// A parameter whose value is several texts, which are written one by one with a comma between them.
///
/// What is reserved in a text is escaped and the comma between two is not, so that they are told apart (RFC 6570,
/// 3.2.1; OpenAPI, Style Values).
pub trait Joined {
    /// The texts; nothing if a value has none.
    fn texts(&self) -> Option<Vec<String>>;
}

impl<T: Serialize> Joined for CommaSeparated<T> {
    fn texts(&self) -> Option<Vec<String>> {
        let texts = self.0.iter();
        texts
            .map(|value| Tree::of(value).ok().and_then(brackets::text_of))
            .collect()
    }
}

/// An object in a parameter whose names and values are written one after the other: `from,a,to,5`. A member that is
/// null is left out.
#[derive(Clone, PartialEq, Eq)]
pub struct FlatObject<T>(T);

impl<T> From<T> for FlatObject<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Joined for FlatObject<T> {
    fn texts(&self) -> Option<Vec<String>> {
        let Tree::Object(members) = Tree::of(&self.0).ok()? else {
            return None;
        };
        let mut texts = Vec::with_capacity(members.len() * 2);
        for (name, value) in members {
            if !matches!(value, Tree::Null) {
                texts.extend([name, brackets::text_of(value)?]);
            }
        }
        Some(texts)
    }
}

impl<T: Serialize> fmt::Display for FlatObject<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().ok_or(fmt::Error)?.join(","))
    }
}

impl<T> fmt::Debug for FlatObject<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlatObject")
    }
}

macro_rules! object {
    ($($(#[$doc:meta])* $name:ident: $own_name:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name<T>(T);

        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                Self(value)
            }
        }

        impl<T: Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let value = Tree::of(&self.0).map_err(ser::Error::custom)?;
                let mut pairs = Vec::new();
                // Members that are parameters of their own are repeated like these.
                let lists = if $own_name { Lists::Numbered } else { Lists::Repeated };
                brackets::flatten(MARK.to_owned(), value, lists, &mut pairs);
                serializer.collect_seq(pairs.iter().map(|(name, text)| {
                    ($own_name, name.strip_prefix(MARK).unwrap_or(name), text)
                }))
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

/// Stands for the name of the parameter, which a value does not know.
const MARK: &str = "\u{0}";

object! {
    /// A parameter whose members are written as `name[member]=value`.
    DeepObject: true;
    /// A parameter whose members are parameters of their own: `member=value`.
    ExplodedObject: false;
}

/// The pairs that a [`DeepObject`] or an [`ExplodedObject`] of this name stands for; nothing if `parts` is
/// neither.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
pub(crate) fn pairs(name: &str, parts: &[Tree]) -> Option<Vec<(String, String)>> {
    parts
        .iter()
        .map(|part| {
            let Tree::List(part) = part else {
                return None;
            };
            let [Tree::Bool(own_name), Tree::Text(below), Tree::Text(text)] = part.as_slice()
            else {
                return None;
            };
            let name = if *own_name {
                format!("{name}{below}")
            } else {
                // `[member][inner]` becomes `member[inner]`.
                let (first, rest) = below.strip_prefix('[')?.split_once(']')?;
                format!("{first}{rest}")
            };
            Some((name, text.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs_of<T: Serialize>(value: &T) -> Vec<(String, String)> {
        let Tree::List(parts) = Tree::of(value).unwrap() else {
            return Vec::new();
        };
        pairs("p", &parts).unwrap()
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn values_are_separated_as_their_type_says() {
        assert_eq!(CommaSeparated::from(["a", "b"]).to_string(), "a,b");
        assert_eq!(SpaceSeparated::from([1, 2]).to_string(), "1 2");
        assert_eq!(PipeSeparated::from([true]).to_string(), "true");
        assert_eq!(CommaSeparated::<u8>::from([]).to_string(), "");
        assert_eq!(
            serde_json::to_value(CommaSeparated::from(["a", "b"])).unwrap(),
            json!("a,b")
        );
    }

    #[test]
    fn members_of_a_deep_object_are_behind_the_name_and_those_of_an_exploded_one_are_names() {
        let value = json!({"gte": 5, "in": {"x": "y"}, "none": null});
        assert_eq!(
            pairs_of(&DeepObject::from(value.clone())),
            [pair("p[gte]", "5"), pair("p[in][x]", "y")]
        );
        assert_eq!(
            pairs_of(&ExplodedObject::from(value)),
            [pair("gte", "5"), pair("in[x]", "y")]
        );
        assert_eq!(pairs_of(&DeepObject::from("plain")), [pair("p", "plain")]);
        let lists = json!({"sort": ["a", "b"]});
        assert_eq!(
            pairs_of(&DeepObject::from(lists.clone())),
            [pair("p[sort][0]", "a"), pair("p[sort][1]", "b")]
        );
        assert_eq!(
            pairs_of(&ExplodedObject::from(lists)),
            [pair("sort", "a"), pair("sort", "b")]
        );
    }

    #[test]
    fn names_and_values_of_a_flat_object_follow_each_other() {
        let value = json!({"from": "a", "to": 5, "none": null});
        assert_eq!(FlatObject::from(value).to_string(), "from,a,to,5");
        assert_eq!(FlatObject::from(json!({"list": [1]})).texts(), None);
        assert_eq!(FlatObject::from("plain").texts(), None);
    }

    #[test]
    fn the_values_are_not_shown() {
        assert_eq!(
            format!("{:?}", CommaSeparated::from(["secret"])),
            "CommaSeparated(1 values)"
        );
        assert_eq!(format!("{:?}", DeepObject::from("secret")), "DeepObject");
    }
}
