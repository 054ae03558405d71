use hmac::{Hmac, KeyInit, Mac};
use refunds_sandbox::{Offramp, Provider, Sandbox, Settings, SigningSecret};
use reqwest::{Method, blocking::RequestBuilder};
use sha2::Sha256;

use crate::support::{Caller, assert_no_violations, builder, decimal, start_time};

const SECRET: &str = "signing-words";
const NONCES: [&str; 3] = [
    "6f1f7d4e-2b7a-4c6d-9a53-0c1f6f3b2a10",
    "6f1f7d4e-2b7a-4c6d-9a53-0c1f6f3b2a11",
    "6f1f7d4e-2b7a-4c6d-9a53-0c1f6f3b2a12",
];

fn secure() -> Sandbox {
    let mut settings = Settings::default();
    settings.kotanipay.signing_secret = Some(SigningSecret::new(SECRET));
    let sandbox = builder().settings(settings).start().unwrap();
    let offramp = Offramp::with_failed_refund("offramp-001", decimal("38.5"));
    sandbox.add_offramp(offramp).unwrap();
    sandbox
}

fn signature(text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signed(request: RequestBuilder, at: i64, nonce: &str, text: &str) -> RequestBuilder {
    request
        .header("x-timestamp", at.to_string())
        .header("x-nonce", nonce)
        .header("x-signature", signature(&format!("{at}.{nonce}.{text}")))
}

#[test]
fn signed_requests_are_accepted_by_their_documented_texts() {
    let sandbox = secure();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let now = start_time().timestamp();
    let read = kotanipay.request(Method::GET, "/api/v3/offramp/refund-status/offramp-001");
    let read = signed(read, now, NONCES[0], "offramp-001");
    assert_eq!(kotanipay.checked(read).status, 200);

    let body = "{ \"referenceIds\": [\"a b\"] }";
    let several = kotanipay
        .request(Method::POST, "/api/v3/offramp/retry-refunds-multiple")
        .header("content-type", "application/json")
        .body(body);
    let several = signed(several, now, NONCES[1], "{\"referenceIds\":[\"a b\"]}");
    assert_eq!(kotanipay.checked(several).status, 200);

    let retry = kotanipay.request(Method::POST, "/api/v3/offramp/retry-refund/offramp-001");
    let retry = signed(retry, now, NONCES[2], "{}");
    assert_eq!(kotanipay.checked(retry).status, 200);
    assert_eq!(sandbox.ledger().entries().len(), 1);
    assert_no_violations(&sandbox);
}

#[test]
fn anything_but_a_fresh_and_right_signature_is_a_401() {
    let sandbox = secure();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let now = start_time().timestamp();
    let path = "/api/v3/offramp/retry-refund/offramp-001";
    let retry = || kotanipay.request(Method::POST, path);
    let version_1 = "6f1f7d4e-2b7a-1c6d-9a53-0c1f6f3b2a10";
    let refused = [
        retry(),
        signed(retry(), now, NONCES[0], "offramp-001"),
        signed(retry(), now - 301, NONCES[0], "{}"),
        signed(retry(), now + 301, NONCES[0], "{}"),
        signed(retry(), now, version_1, "{}"),
    ];
    for (index, request) in refused.into_iter().enumerate() {
        assert_eq!(kotanipay.checked(request).status, 401, "{index}");
    }
    assert_eq!(sandbox.ledger().entries(), []);
    // A refused request has not used its nonce up; an accepted one has.
    let accepted = signed(retry(), now - 300, NONCES[0], "{}");
    assert_eq!(kotanipay.checked(accepted).status, 200);
    let replayed = signed(retry(), now, NONCES[0], "{}");
    assert_eq!(kotanipay.checked(replayed).status, 401);
}
