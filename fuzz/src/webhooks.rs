//! What the fuzz targets run, as functions: `tests/webhooks` runs them on the committed corpus, with a stable
//! compiler and without libFuzzer.
//!
//! Each takes the input for the body of a call. Besides not panicking, it holds the verifiers to what can be
//! said without them: a body is signed here by the documented recipe, with a JSON library for a judge, and
//! then has to verify; with a signature that is not its own it never does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::Sha256;

const SECRET: &str = "whsec_fuzz";

/// Signatures that are no input's: of the empty text, as each provider writes them.
const FOREIGN: [(&str, &str); 2] = [
    (
        "X-Kotani-Signature",
        "sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    ("signature", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
];

fn hmac(parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Whether `data` is a JSON object, with any numbers and with halves of characters in its texts.
fn is_object(data: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(data).is_ok_and(|body| body.get().starts_with('{'))
}

/// Kotani Pay's verifier and reader.
pub fn kotanipay(data: &[u8]) {
    use kotanipay::webhooks::{Reader, Secrets, Verifier};

    let verifier = Verifier::new(Secrets::new(SECRET).unwrap());
    assert!(verifier.verify(&FOREIGN, data).is_err());
    assert!(
        verifier
            .verify(&[("X-Kotani-Signature", data)], data)
            .is_err()
    );
    verifier.near_misses(&FOREIGN, data);
    let read = Reader::new().read(data);
    if let Ok(event) = &read {
        let _ = (event.claimed().name(), event.claimed().reference_id());
        // White space around the body says nothing.
        let spaced = [b" \n", data, b"\t\r\n"].concat();
        assert_eq!(Reader::new().read(&spaced).unwrap().key(), event.key());
    }
    // serde_json writes texts and compact JSON as JavaScript does, and keeps the order that it wrote once.
    let Ok(Value::Object(mut body)) = serde_json::from_slice(data) else {
        return;
    };
    body.remove("signature");
    let body = Value::Object(body);
    let (compact, pretty) = (body.to_string(), format!("{body:#}"));
    let digits = hmac(&[compact.as_bytes()]);
    let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [("X-Kotani-Signature", format!("sha256={digits}"))];
    if Reader::new().read(compact.as_bytes()).is_ok() {
        for body in [compact, pretty] {
            let event = verifier.verify(&headers, body.as_bytes());
            assert!(event.is_ok_and(|event| event.has_proof()), "{body}");
        }
    }
}

/// Tazapay's verifier.
pub fn tazapay(data: &[u8]) {
    use tazapay::webhooks::{Secrets, Verifier, WebhookError};

    let verifier = Verifier::new(Secrets::new(SECRET).unwrap());
    assert!(verifier.verify(&FOREIGN, data).is_err());
    assert!(verifier.verify(&[("signature", data)], data).is_err());
    verifier.near_misses(&FOREIGN, data);
    let Ok(Value::Object(body)) = serde_json::from_slice(data) else {
        return;
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let (Some(id), Some(created_at)) = (text("id"), text("created_at")) else {
        return;
    };
    let tag = STANDARD.encode(hmac(&[id.as_bytes(), data, created_at.as_bytes()]));
    match verifier.verify(&[("signature", tag)], data) {
        Ok(event) => assert_eq!((event.key(), event.body().as_bytes()), (id, data)),
        // Two members of one name, of which the judge takes the last, or an empty text.
        Err(refused) => assert!(matches!(refused, WebhookError::Malformed(_)), "{refused}"),
    }
}

/// Optty's reader.
pub fn optty(data: &[u8]) {
    let event = optty::webhooks::Reader::new().read(data);
    // What is read is a JSON object; not every one is read, for two members may have one name.
    assert!(is_object(data) || event.is_err());
    if let Ok(event) = event {
        let _ = event.claimed().name();
        assert_eq!(event.body().as_bytes(), data);
    }
}

/// MCE's reader.
pub fn mce(data: &[u8]) {
    let event = mce::webhooks::Reader::new().read(data);
    assert!(is_object(data) || event.is_err());
    if let Ok(event) = event {
        let _ = event.claimed().name();
        assert_eq!(event.body().as_bytes(), data);
    }
}
