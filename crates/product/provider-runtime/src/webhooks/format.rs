//! What a provider's crate says of its webhooks.

use std::borrow::Cow;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::Malformed;
use crate::Timestamp;

/// How the body of a provider's webhooks is read.
pub trait Format {
    /// The events of the provider.
    type Event;

    /// What the body says about the delivery.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for a body that is none of this provider's.
    fn delivery(body: &str) -> Result<Delivery, Malformed>;

    /// The event. One that is not known, or does not have its documented form, is an unknown event and
    /// no error: it came from the provider all the same.
    fn event(body: &str) -> Self::Event;
}

/// How a provider's webhooks are signed: HMAC-SHA256, in a header, over something made of the body.
pub trait Scheme: Format {
    /// The header that carries the signature unless set otherwise.
    const SIGNATURE_HEADER: &'static str;
    /// The documented form of its value, for messages.
    const SIGNATURE_FORM: &'static str;

    /// The bytes of the signature in the header's value; `None` if it does not have the documented form.
    fn signature(value: &str) -> Option<Vec<u8>>;

    /// What is signed.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for a body of which nothing can have been signed.
    fn signed(body: &str) -> Result<Signed<'_>, Malformed>;

    /// What a sender, or something on the way, may have signed by mistake, with words for people. Used to
    /// explain a signature that does not fit, never to accept it.
    fn near_misses(body: &str) -> Vec<(&'static str, Vec<u8>)>;
}

/// What a body says about its delivery.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// De-duplication key: the same for every delivery of one event.
    pub key: String,
    /// When the event happened, where the body says so.
    pub occurred_at: Option<Timestamp>,
}

impl Delivery {
    /// A delivery that the provider gives an id.
    pub fn with_id(id: impl Into<String>, occurred_at: Option<Timestamp>) -> Self {
        Self {
            key: id.into(),
            occurred_at,
        }
    }

    /// A delivery without an id: its key is the SHA-256 of `content`.
    pub fn by_content(content: &[u8], occurred_at: Option<Timestamp>) -> Self {
        let mut key = String::from("sha256:");
        for byte in Sha256::digest(content) {
            // Writing to a `String` cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        Self { key, occurred_at }
    }
}

/// What of a body is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed<'a> {
    /// The signed bytes, in pieces.
    pub parts: Vec<Cow<'a, [u8]>>,
    /// A signature in the body itself, which has to fit as well.
    pub repeated: Option<Vec<u8>>,
}

impl<'a> Signed<'a> {
    /// Signed bytes in pieces.
    pub fn new(parts: Vec<Cow<'a, [u8]>>) -> Self {
        Self {
            parts,
            repeated: None,
        }
    }

    /// The same, with a signature in the body that has to fit as well.
    pub fn with_repeated(self, repeated: Option<Vec<u8>>) -> Self {
        Self { repeated, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_without_an_id_is_known_by_its_content() {
        // printf '%s' abc | openssl dgst -sha256
        assert_eq!(
            Delivery::by_content(b"abc", None).key,
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
