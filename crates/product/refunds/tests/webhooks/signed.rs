//! Events that are signed as documented.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use refunds::{
    kotanipay, tazapay,
    webhooks::{RefundUpdate, Secrets, UpdateVerifier},
};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_test";

fn digest(text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Kotani Pay's: the text is written anew, so that its members stand in the order in which they are signed.
pub(crate) fn of_kotanipay(name: &str, data: &Value) -> RefundUpdate {
    let body = format!(r#"{{"event":"{name}","data":{data}}}"#);
    let hex: String = digest(&body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let signature = format!("sha256={hex}");
    kotanipay::webhooks::Verifier::new(Secrets::new(SECRET).unwrap())
        .receive(
            &[("X-Kotani-Signature", signature.as_str())],
            body.as_bytes(),
        )
        .unwrap()
}

/// Tazapay's: over id, body and time. What says something else has another id.
pub(crate) fn of_tazapay(name: &str, data: &Value) -> RefundUpdate {
    let created_at = "2023-07-24T00:05:12.000000Z";
    let id = format!(
        "evt_{}",
        BASE64_STANDARD.encode(digest(&format!("{name} {data}")))
    );
    let event = json!({
        "type": name, "id": id, "object": "event", "created_at": created_at, "data": data
    });
    let body = event.to_string();
    let signature = BASE64_STANDARD.encode(digest(&format!("{id}{body}{created_at}")));
    tazapay::webhooks::Verifier::new(Secrets::new(SECRET).unwrap())
        .receive(&[("signature", signature.as_str())], body.as_bytes())
        .unwrap()
}
