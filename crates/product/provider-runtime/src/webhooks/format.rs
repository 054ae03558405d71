//! What a provider's crate says of its webhooks.

use std::borrow::Cow;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Headers, Malformed, secrets::hmac_sha256};
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

/// How a provider's webhooks are signed: in a header, over something made of the body; by HMAC-SHA256, unless
/// [`fits`](Self::fits) says otherwise.
///
/// What signs the time of the delivery as well, which another header has, before the body and a full stop:
///
/// ```
/// # use base64::{Engine as _, engine::general_purpose::STANDARD};
/// use provider_runtime::webhooks::{Delivery, Format, Headers, Malformed, Scheme, Secrets, Signed, Verifier};
///
/// enum Shop {}
///
/// impl Format for Shop {
///     type Event = Option<serde_json::Value>;
///
///     fn delivery(body: &str) -> Result<Delivery, Malformed> {
///         Ok(Delivery::by_content(body.as_bytes(), None))
///     }
///
///     fn event(body: &str) -> Self::Event {
///         serde_json::from_str(body).ok()
///     }
/// }
///
/// impl Scheme for Shop {
///     const SIGNATURE_HEADER: &'static str = "X-Signature";
///     const SIGNATURE_FORM: &'static str = "base64";
///
///     fn signature(value: &str) -> Option<Vec<u8>> {
///         STANDARD.decode(value).ok()
///     }
///
///     fn signed(_: &str) -> Result<Signed<'_>, Malformed> {
///         Err(Malformed::new("is signed with the time of its delivery"))
///     }
///
///     fn signed_with<'a, H: Headers + ?Sized>(headers: &'a H, _: &'a str, body: &'a str) -> Result<Signed<'a>, Malformed> {
///         match *headers.values_of("X-Time") {
///             [time] => Ok(Signed::new(vec![time.into(), b".".into(), body.as_bytes().into()])),
///             _ => Err(Malformed::new("has no one X-Time beside it")),
///         }
///     }
///
///     fn near_misses(_: &str) -> Vec<(&'static str, Vec<u8>)> {
///         Vec::new()
///     }
/// }
///
/// // printf '%s' '1767225600.{"id":1}' | openssl dgst -sha256 -hmac whsec -binary | base64
/// let headers = [("X-Time", "1767225600"), ("X-Signature", "n6K2S7FS3Xo2p0OoMd0H/npHcifM6KvgN4mD38y9TA4=")];
/// let verifier = Verifier::<Shop>::new(Secrets::new("whsec")?);
/// assert!(verifier.verify(&headers, br#"{"id":1}"#)?.has_proof());
/// assert!(verifier.verify(&headers, br#"{"id":2}"#).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

    /// What is signed, where that is more than the body tells: `value` is that of the signature's header, which may hold a
    /// time as well. By itself, what [`signed`](Self::signed) says.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for what cannot have been signed.
    fn signed_with<'a, H: Headers + ?Sized>(
        headers: &'a H,
        value: &'a str,
        body: &'a str,
    ) -> Result<Signed<'a>, Malformed> {
        let _ = (headers, value);
        Self::signed(body)
    }

    /// Whether a secret has made a signature of these bytes, in pieces: by itself, HMAC-SHA256. Where a private key
    /// signs, the secret is the public key as the provider shows it. Compare in a time that does not tell where
    /// two differ.
    fn fits(secret: &str, parts: &[Cow<'_, [u8]>], signature: &[u8]) -> bool {
        hmac_sha256(secret.as_bytes(), parts, signature)
    }

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
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha512;

    use super::*;
    use crate::webhooks::{Secrets, Verifier, WebhookError};

    /// HMAC-SHA512 over a time, a full stop and the body; the header has both: `t=…,v1=…`.
    enum Stamped {}

    impl Format for Stamped {
        type Event = ();

        fn delivery(body: &str) -> Result<Delivery, Malformed> {
            Ok(Delivery::by_content(body.as_bytes(), None))
        }

        fn event(_: &str) {}
    }

    impl Scheme for Stamped {
        const SIGNATURE_HEADER: &'static str = "signature";
        const SIGNATURE_FORM: &'static str = "t=SECONDS,v1=DIGITS";

        fn signature(value: &str) -> Option<Vec<u8>> {
            let (_, digits) = value.split_once(",v1=")?;
            let bytes = (0..digits.len()).step_by(2);
            bytes
                .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
                .collect()
        }

        fn signed(_: &str) -> Result<Signed<'_>, Malformed> {
            Err(Malformed::new("is signed with a time"))
        }

        fn signed_with<'a, H: Headers + ?Sized>(
            _: &'a H,
            value: &'a str,
            body: &'a str,
        ) -> Result<Signed<'a>, Malformed> {
            let time = value
                .split_once(',')
                .and_then(|(time, _)| time.strip_prefix("t="));
            let time = time.ok_or_else(|| Malformed::new("has no time beside it"))?;
            let parts = [time, ".", body].map(|part| part.as_bytes().into());
            Ok(Signed::new(parts.into()))
        }

        fn fits(secret: &str, parts: &[Cow<'_, [u8]>], signature: &[u8]) -> bool {
            let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).unwrap();
            parts.iter().for_each(|part| mac.update(part));
            mac.verify_slice(signature).is_ok()
        }

        fn near_misses(body: &str) -> Vec<(&'static str, Vec<u8>)> {
            vec![("it fits the body alone", body.into())]
        }
    }

    #[test]
    fn what_is_signed_with_a_time_and_by_another_algorithm_is_verified_so() {
        // printf '%s' '1767225600.{"id":1}' | openssl dgst -sha512 -hmac whsec -r
        let tag = "5a8f6bb24853470ad74ffda538b24eb58d01132ed602d5562cd36059eb1c52bf23fdadc7037d3c03e3604daf965ed275fb17e967b663ee38298df813af9ce3bf";
        let verifier = Verifier::<Stamped>::new(Secrets::new("whsec").unwrap());
        let verify = |time: &str, body: &str| {
            let headers = [("Signature", format!("t={time},v1={tag}"))];
            let near = verifier.near_misses(&headers, body.as_bytes());
            (verifier.verify(&headers, body.as_bytes()), near)
        };
        let (verified, near) = verify("1767225600", r#"{"id":1}"#);
        assert!(verified.unwrap().has_proof() && near.is_empty());
        for (time, body) in [("1767225601", r#"{"id":1}"#), ("1767225600", r#"{"id":2}"#)] {
            let (refused, _) = verify(time, body);
            assert!(
                matches!(refused, Err(WebhookError::SignatureMismatch)),
                "{time} {body}"
            );
        }
        let padded = Secrets::new("whsec ").unwrap();
        let headers = [("Signature", format!("t=1767225600,v1={tag}"))];
        let near = Verifier::<Stamped>::new(padded).near_misses(&headers, br#"{"id":1}"#);
        assert_eq!(near, ["it fits a secret without the white space around it"]);
    }

    #[test]
    fn a_delivery_without_an_id_is_known_by_its_content() {
        // printf '%s' abc | openssl dgst -sha256
        assert_eq!(
            Delivery::by_content(b"abc", None).key,
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
