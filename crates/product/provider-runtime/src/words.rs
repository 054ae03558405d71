//! Enumerations of words.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};

use crate::ConversionError;

/// An enumeration of which each value is a word on the wire. [`words!`](crate::words) implements it.
pub trait Words: Copy + 'static {
    /// The words, each with its value.
    const WORDS: &'static [(&'static str, Self)];

    /// The word of a value.
    fn word(self) -> &'static str;
}

/// The value of a word.
///
/// # Errors
///
/// There is none.
pub fn of<T: Words>(text: &str) -> Result<T, ConversionError> {
    value(text).ok_or_else(|| "none of the documented words".into())
}

fn value<T: Words>(text: &str) -> Option<T> {
    let found = T::WORDS.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value)
}

/// Reads a word.
///
/// # Errors
///
/// What is there is no text, or none of the words.
pub fn read<'de, T: Words, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(Word(PhantomData))
}

struct Word<T>(PhantomData<T>);

impl<T: Words> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if T::WORDS.len() == 1 { "" } else { "one of " })?;
        for (index, (word, _)) in T::WORDS.iter().enumerate() {
            write!(f, "{}`{word}`", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let expected: &dyn de::Expected = &self;
        value(text).ok_or_else(|| {
            E::custom(format_args!(
                "unknown variant `{text}`, expected {expected}"
            ))
        })
    }
}

/// Implements what makes an enum of its words on the wire, and gives them: `Display`, `FromStr` and `TryFrom` of
/// texts. Another text is a [`ConversionError`](crate::ConversionError).
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Status {
///     Pending,
///     InReview,
/// }
/// provider_runtime::words!(Status { Pending = "pending", InReview = "in_review" });
///
/// assert_eq!("in_review".parse(), Ok(Status::InReview));
/// assert_eq!(Status::Pending.to_string(), "pending");
/// assert!(Status::try_from("Pending").is_err());
/// ```
#[macro_export]
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $crate::words::Words for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str($crate::words::Words::word(*self))
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ConversionError;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::words::of(text)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::words::read(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::words::Words::word(*self))
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::ConversionError;

            fn try_from(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::words::of(text)
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(text: ::std::string::String) -> ::std::result::Result<Self, $crate::ConversionError> {
                $crate::words::of(&text)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
    enum Status {
        Done,
        InReview,
    }
    crate::words!(Status { Done = "done", InReview = "in_review" });

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Only {
        Capture,
    }
    crate::words!(Only { Capture = "capture" });

    #[test]
    fn a_word_goes_round_also_as_the_name_of_a_member() {
        let text = r#"{"done":"in_review","in_review":"done"}"#;
        let read: BTreeMap<Status, Status> = serde_json::from_str(text).unwrap();
        assert_eq!(read[&Status::Done], Status::InReview);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let given =
            |text: &str| Status::try_from(text.to_owned()).map_err(|error| error.to_string());
        assert_eq!(given("done"), Ok(Status::Done));
        assert_eq!(
            given("DONE"),
            Err("none of the documented words".to_owned())
        );
    }

    #[test]
    fn another_word_is_told_with_those_that_there_are() {
        let told = serde_json::from_str::<Status>(r#""Done""#).unwrap_err();
        let expected = "unknown variant `Done`, expected one of `done`, `in_review`";
        assert!(told.to_string().starts_with(expected), "{told}");
        let told = serde_json::from_str::<Only>("1").unwrap_err();
        let expected = "invalid type: integer `1`, expected `capture`";
        assert!(told.to_string().starts_with(expected), "{told}");
    }
}
