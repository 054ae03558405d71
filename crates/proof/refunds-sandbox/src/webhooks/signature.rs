//! The signatures of events, as documented.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::SigningSecret;

/// Kotani Pay's: over the event without its signature, as compact JSON.
pub(super) fn kotanipay(secret: &SigningSecret, event: &str) -> String {
    let digest = hmac_sha256(secret, &[event]);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// Tazapay's: over the event's id, the body and the event's time.
pub(super) fn tazapay(secret: &SigningSecret, id: &str, body: &str, created_at: &str) -> String {
    BASE64_STANDARD.encode(hmac_sha256(secret, &[id, body, created_at]))
}

fn hmac_sha256(secret: &SigningSecret, parts: &[&str]) -> Vec<u8> {
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return Vec::new();
    };
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    // python3 -c 'import hmac; print(hmac.new(b"whsec_test", b"""{"event":"refund.completed",
    // "data":{"referenceId":"TXN-001","refundAmount":38}}""".replace(b"\n// ", b""), "sha256").hexdigest())'
    #[test]
    fn a_signature_of_kotani_pay_is_lower_case_hex_with_its_prefix() {
        let event =
            r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38}}"#;
        assert_eq!(
            kotanipay(&SigningSecret::new("whsec_test"), event),
            "sha256=9e3c1afa3b758068be1bb53ec163598459d9b689e47c1510047e8553152c678b"
        );
    }

    // printf %s 'evt_1{"id":"evt_1"}2023-07-24T00:05:12.000000Z' |
    //   openssl dgst -sha256 -hmac whsec_test -binary | base64
    #[test]
    fn a_signature_of_tazapay_is_base64_over_id_body_and_time() {
        let signature = tazapay(
            &SigningSecret::new("whsec_test"),
            "evt_1",
            r#"{"id":"evt_1"}"#,
            "2023-07-24T00:05:12.000000Z",
        );
        assert_eq!(signature, "49AB86sU28dkjcXi6vJbG1z4TtY5o8A5C1LCN+6RFJ4=");
    }
}
