//! Signed requests, as an account with `isSecure` sends them.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use hyper::Method;
use percent_encoding::percent_decode_str;
use sha2::Sha256;
use uuid::Uuid;

use crate::{SigningSecret, imitations::Call};

const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The nonces seen so far; each is good once.
#[derive(Default)]
pub(super) struct Signatures {
    nonces: HashSet<Uuid>,
}

impl Signatures {
    /// Whether the request is signed, in time and for the first time.
    pub(super) fn accept(&mut self, secret: &SigningSecret, call: &Call<'_>) -> bool {
        let headers = (
            call.header("x-timestamp"),
            call.header("x-nonce"),
            call.header("x-signature"),
        );
        let (Some(timestamp), Some(nonce), Some(signature)) = headers else {
            return false;
        };
        let Some(uuid) = Uuid::parse_str(nonce)
            .ok()
            .filter(|uuid| uuid.get_version_num() == 4)
        else {
            return false;
        };
        let is_signed = signed_texts(call)
            .iter()
            .any(|text| sign(secret, &format!("{timestamp}.{nonce}.{text}")) == signature);
        is_in_time(timestamp, call.now) && is_signed && self.nonces.insert(uuid)
    }
}

fn is_in_time(timestamp: &str, now: DateTime<Utc>) -> bool {
    let sent = timestamp
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    sent.is_some_and(|sent| now.signed_duration_since(sent).abs() <= TOLERANCE)
}

/// What may be signed: the compact body, or the last segment of the path. How
/// that is encoded is not documented, so that both ways are accepted.
fn signed_texts(call: &Call<'_>) -> Vec<String> {
    let request = call.request;
    if request.method == Method::GET {
        let segment = request.path.rsplit('/').next().unwrap_or_default();
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        return vec![segment.to_owned(), decoded.into_owned()];
    }
    if request.body.is_empty() {
        return vec!["{}".to_owned()];
    }
    vec![compact(&String::from_utf8_lossy(&request.body))]
}

/// The JSON text without white space between its parts, in its own order.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|letter| {
            let is_kept = in_string || !letter.is_ascii_whitespace();
            match letter {
                '"' if !escaped => in_string = !in_string,
                _ => {}
            }
            escaped = in_string && *letter == '\\' && !escaped;
            is_kept
        })
        .collect()
}

fn sign(secret: &SigningSecret, text: &str) -> String {
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_hmac_in_lower_case_hex() {
        // RFC 4231, test case 2.
        let digest = sign(&SigningSecret::new("Jefe"), "what do ya want for nothing?");
        assert_eq!(
            digest,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn compact_text_keeps_order_and_strings() {
        let json = "{ \"b\" : \"x \\\" y\",\n  \"a\": [1, 2.50] }";
        assert_eq!(compact(json), "{\"b\":\"x \\\" y\",\"a\":[1,2.50]}");
    }
}
