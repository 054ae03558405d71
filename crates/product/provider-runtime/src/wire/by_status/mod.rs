//! Bodies whose type depends on the status of the answer.

mod bodies;
mod decode;
mod encode;

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

pub use bodies::{Bodies, read};
#[cfg(any(feature = "client", feature = "webhooks"))]
pub(crate) use decode::NO_BODY_FOR_STATUS;
pub use decode::decode_with_status;
#[cfg(feature = "client")]
pub(crate) use decode::without_mark;

/// The name under which [`ByStatus`] asks its deserializer for the variant that the status selects.
const NEWTYPE_NAME: &str = "$provider_runtime::ByStatus";

/// One of several body types, selected by the status of the answer and never by trying them.
///
/// `E` is an enumeration whose variants are named after the statuses that they hold: `Status400`,
/// `Status400Or401Or404`, `Status4xx`, and `Other` for every status that no variant names. An exact
/// status wins over a range, a range over `Other`.
///
/// It is decoded by [`decode_with_status`] (a plain deserializer does not know the status) and
/// encodes to the body alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ByStatus<E>(E);

impl<E> ByStatus<E> {
    /// The enumeration itself.
    pub fn into_inner(self) -> E {
        self.0
    }
}

impl<E> From<E> for ByStatus<E> {
    fn from(body: E) -> Self {
        Self(body)
    }
}

impl<E> Deref for ByStatus<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<'de, E: Deserialize<'de>> Deserialize<'de> for ByStatus<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NEWTYPE_NAME, NewtypeVisitor(PhantomData))
    }
}

impl<E: Serialize> Serialize for ByStatus<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(encode::ContentOnly(serializer))
    }
}

struct NewtypeVisitor<E>(PhantomData<E>);

impl<'de, E: Deserialize<'de>> Visitor<'de> for NewtypeVisitor<E> {
    type Value = ByStatus<E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a body that is documented for the status")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<ByStatus<E>, D::Error> {
        E::deserialize(inner).map(ByStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Refusal {
        message: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Limit {
        #[serde(rename = "retryAfter")]
        retry_after: u32,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Problem {
        Status400Or401(Refusal),
        Status429(Limit),
        Status4xx { error: String },
        Other(serde_json::Value),
    }

    type Body = ByStatus<Problem>;

    fn decode(status: u16, body: &str) -> Result<Problem, serde_json::Error> {
        decode_with_status::<Body>(status, body.as_bytes()).map(ByStatus::into_inner)
    }

    #[test]
    fn the_status_selects_the_type() {
        let refusal = Problem::Status400Or401(Refusal {
            message: "no".to_owned(),
        });
        assert_eq!(decode(400, r#"{"message":"no"}"#).unwrap(), refusal);
        assert_eq!(decode(401, r#"{"message":"no"}"#).unwrap(), refusal);
        assert_eq!(
            decode(429, r#"{"retryAfter":5}"#).unwrap(),
            Problem::Status429(Limit { retry_after: 5 })
        );
    }

    #[test]
    fn an_exact_status_wins_over_a_range_and_a_range_over_the_rest() {
        assert_eq!(
            decode(404, r#"{"error":"gone"}"#).unwrap(),
            Problem::Status4xx {
                error: "gone".to_owned()
            }
        );
        assert_eq!(
            decode(503, r#"{"any":1}"#).unwrap(),
            Problem::Other(serde_json::json!({"any": 1}))
        );
    }

    #[test]
    fn a_body_of_another_status_is_not_tried() {
        assert!(decode(429, r#"{"message":"no"}"#).is_err());
    }

    #[test]
    fn a_status_that_no_variant_names_is_reported_with_those_that_are() {
        #[derive(Debug, Deserialize)]
        enum Narrow {
            Status400(Refusal),
            #[allow(dead_code)]
            Status5xx(Limit),
        }
        let decoded = decode_with_status::<ByStatus<Narrow>>(400, br#"{"message":"no"}"#).unwrap();
        assert!(matches!(&*decoded, Narrow::Status400(Refusal { message }) if message == "no"));
        let error = decode_with_status::<ByStatus<Narrow>>(409, b"{}").unwrap_err();
        assert!(error.to_string().contains("409"), "{error}");
        assert!(
            error.to_string().contains("Status400, Status5xx"),
            "{error}"
        );
    }

    #[test]
    fn it_encodes_to_the_body_alone() {
        for (status, body) in [
            (400, r#"{"message":"no"}"#),
            (404, r#"{"error":"gone"}"#),
            (500, r#"{"any":[1,null]}"#),
        ] {
            let decoded = decode_with_status::<Body>(status, body.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&decoded).unwrap(), body);
        }
    }

    #[test]
    fn a_wrapper_around_it_still_knows_the_status() {
        #[derive(Deserialize)]
        struct Wrapper(Body);
        let wrapper: Wrapper = decode_with_status(429, br#"{"retryAfter":5}"#).unwrap();
        assert_eq!(
            wrapper.0.into_inner(),
            Problem::Status429(Limit { retry_after: 5 })
        );
    }

    #[test]
    fn a_plain_type_decodes_as_ever() {
        let refusal: Refusal = decode_with_status(200, br#"{"message":"no"}"#).unwrap();
        assert_eq!(refusal.message, "no");
        let amount: crate::Amount = decode_with_status(200, b"38.50").unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), "38.50");
    }

    #[test]
    fn text_after_the_body_is_an_error() {
        assert!(decode(400, r#"{"message":"no"} x"#).is_err());
    }
}
