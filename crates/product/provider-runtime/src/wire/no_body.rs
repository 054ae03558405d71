//! An answer that is documented to have no body.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};

/// No body. If something came all the same, it is passed over here and kept with the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoBody;

impl<'de> Deserialize<'de> for NoBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Nothing at all is no JSON, and what is no body just the same.
        let _ = IgnoredAny::deserialize(deserializer);
        Ok(Self)
    }
}

impl Serialize for NoBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ByStatus, decode_with_status};

    #[derive(Debug, PartialEq, Deserialize)]
    enum Answer {
        Status200(u8),
        Status202Or204(NoBody),
    }

    #[test]
    fn an_empty_body_and_any_other_are_no_body_where_none_is_documented() {
        for body in ["", "null", "{\"a\": 1}"] {
            let answer: ByStatus<Answer> = decode_with_status(204, body.as_bytes()).unwrap();
            assert_eq!(*answer, Answer::Status202Or204(NoBody), "{body}");
        }
        let answer: ByStatus<Answer> = decode_with_status(200, b"7").unwrap();
        assert_eq!(*answer, Answer::Status200(7));
        assert!(decode_with_status::<ByStatus<Answer>>(200, b"").is_err());
    }
}
