//! Enumerations that tolerate values published later.

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scalar::{self, FromScalar, JsonScalar};

/// A value of the enumeration `T`, or one that its document does not list.
///
/// Whatever was met is written back unchanged.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Open<T> {
    /// A listed value.
    Known(T),
    /// A text that is not listed.
    Unknown(String),
    /// A number or boolean where the document promises a text.
    Other(JsonScalar),
}

impl<T> Open<T> {
    /// The listed value, if it is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) | Self::Other(_) => None,
        }
    }

    /// What was met instead of a listed value.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(text) => Some(text),
            Self::Other(scalar) => Some(scalar.as_str()),
        }
    }
}

impl<T: FromStr> Open<T> {
    /// The listed value that `text` names, otherwise the text itself.
    pub fn from_text(text: &str) -> Self {
        <Self as FromScalar>::from_text(Cow::Borrowed(text))
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: FromStr> FromStr for Open<T> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from_text(text))
    }
}

impl<T: fmt::Display> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Unknown(text) => f.pad(text),
            Self::Other(scalar) => scalar.fmt(f),
        }
    }
}

impl<T: FromStr> FromScalar for Open<T> {
    const EXPECTED: &'static str = "a text of an enumeration";

    fn from_number(text: &str) -> Self {
        Self::Other(JsonScalar::from_json(text))
    }

    fn from_text(text: Cow<'_, str>) -> Self {
        match text.parse() {
            Ok(value) => Self::Known(value),
            Err(_) => Self::Unknown(text.into_owned()),
        }
    }

    fn from_bool(value: bool) -> Option<Self> {
        let text = if value { "true" } else { "false" };
        Some(Self::Other(JsonScalar::from_json(text)))
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::deserialize(deserializer)
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(text) => serializer.serialize_str(text),
            Self::Other(scalar) => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize)]
    enum Status {
        #[serde(rename = "SUCCESSFUL")]
        Successful,
    }

    impl FromStr for Status {
        type Err = &'static str;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            match text {
                "SUCCESSFUL" => Ok(Self::Successful),
                _ => Err("not listed"),
            }
        }
    }

    impl fmt::Display for Status {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("SUCCESSFUL")
        }
    }

    fn met(json: &str) -> Open<Status> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_listed_text_is_known() {
        assert_eq!(met(r#""SUCCESSFUL""#), Open::Known(Status::Successful));
        assert_eq!(Open::from(Status::Successful).to_string(), "SUCCESSFUL");
    }

    #[test]
    fn a_text_published_later_is_kept() {
        let open = met(r#""PENDING""#);
        assert_eq!(open, Open::Unknown("PENDING".to_owned()));
        assert_eq!(open.known(), None);
        assert_eq!(open.unknown(), Some("PENDING"));
        assert_eq!(open.to_string(), "PENDING");
    }

    #[test]
    fn every_scalar_is_written_back_unchanged() {
        for json in [
            r#""SUCCESSFUL""#,
            r#""PENDING""#,
            r#""""#,
            "5",
            "1.50",
            "true",
            "false",
        ] {
            assert_eq!(serde_json::to_string(&met(json)).unwrap(), json);
        }
    }

    #[test]
    fn an_object_is_no_enumeration_value() {
        assert!(serde_json::from_str::<Open<Status>>("{}").is_err());
    }
}
