//! No secret and no expected signature in what may be logged, and nothing of a body.

use std::fmt::Debug;
use std::time::Duration;

use provider_runtime::webhooks::{Headers, Scheme, Verifier};

use crate::vectors::{kotani, taza};
use crate::{KOTANI_SECRET, TAZAPAY_SECRET, kotani_headers, tazapay_headers};

/// Text that only the bodies of this test hold.
const PERSONAL: &str = "alice";

fn assert_silent(text: &str) {
    // Of the right signatures, a part is enough.
    let (digits, tag) = (&kotani(0).1[..16], &taza(0).1[..16]);
    for forbidden in [KOTANI_SECRET, TAZAPAY_SECRET, PERSONAL, digits, tag] {
        assert!(!text.contains(forbidden), "{forbidden} is in {text}");
    }
    for secret in [KOTANI_SECRET, TAZAPAY_SECRET] {
        let bytes = format!("{:?}", secret.as_bytes());
        assert!(
            !text.contains(bytes.trim_matches(['[', ']'])),
            "bytes are in {text}"
        );
    }
}

/// The outcome of a call that has to be refused, in all its forms; gives back the number of forms.
fn refused<S: Scheme<Event: Debug>>(
    verifier: &Verifier<S>,
    headers: &impl Headers,
    body: &[u8],
) -> usize {
    let error = verifier.verify(headers, body).unwrap_err();
    let near = verifier.near_misses(headers, body);
    let forms = [
        format!("{error}"),
        format!("{error:#}"),
        format!("{error:?}"),
        format!("{error:#?}"),
        format!("{near:?}"),
        format!("{verifier:?}"),
        format!("{verifier:#?}"),
    ];
    forms.iter().for_each(|text| assert_silent(text));
    forms.len()
}

#[test]
fn no_refusal_shows_a_secret_an_expected_signature_or_the_body() {
    let wrong_digits = "0".repeat(64);
    let wrong = kotani_headers(&wrong_digits);
    let (body, digits) = kotani(0);
    let kotanipay = crate::kotanipay();
    let mut forms = 0;
    // Mismatch, malformed header, unsigned, malformed, wrong encoding, oversized, undated.
    forms += refused(&kotanipay, &wrong, body.as_bytes());
    forms += refused(&kotanipay, &kotani_headers("alice"), body.as_bytes());
    forms += refused(&kotanipay, &[("other", "alice")], body.as_bytes());
    forms += refused(&kotanipay, &wrong, b"{\"alice\":alice}");
    forms += refused(&kotanipay, &wrong, b"{\"alice\":1,\"alice\":2}");
    forms += refused(&kotanipay, &wrong, b"{\"alice\":\"\xff\"}");
    forms += refused(&kotanipay.clone().with_max_body(5), &wrong, b"alice alice");
    let strict = kotanipay.with_tolerance(Duration::from_secs(1));
    forms += refused(&strict, &kotani_headers(digits), body.as_bytes());
    // Mismatch, malformed, stale.
    let (body, tag) = taza(0);
    let wrong_tag = format!("{}=", "A".repeat(43));
    let wrong = tazapay_headers(&wrong_tag);
    let tazapay = crate::tazapay();
    forms += refused(&tazapay, &wrong, body.as_bytes());
    forms += refused(&tazapay, &wrong, b"{\"id\":[\"alice\"]}");
    let strict = tazapay.with_tolerance(Duration::from_secs(1));
    forms += refused(&strict, &tazapay_headers(tag), body.as_bytes());
    assert_eq!(forms, 11 * 7);
}

#[test]
fn debug_of_an_event_shows_what_is_marked_and_nothing_else() {
    let body = r#"{"event":"refund.failed","data":{"referenceId":"TXN-001","error":"alice","later":"alice"}}"#;
    let event = kotanipay::webhooks::Reader::new()
        .read(body.as_bytes())
        .unwrap();
    let shown = format!("{event:?}");
    assert!(
        shown.contains("TXN-001") && shown.contains("refund.failed"),
        "{shown}"
    );
    assert_silent(&shown);
    assert_silent(&format!("{:#?}", event.trust_without_proof()));
    let body = r#"{"event":"refund.new","data":{"error":"alice"}}"#;
    let event = kotanipay::webhooks::Reader::new()
        .read(body.as_bytes())
        .unwrap();
    assert_silent(&format!("{event:?}"));
    let body = r#"{"event":"refund.failed","data":{"referenceId":["alice"]}}"#;
    let event = kotanipay::webhooks::Reader::new()
        .read(body.as_bytes())
        .unwrap();
    let shown = format!("{event:?}");
    assert!(shown.contains("found sequence"), "{shown}");
    assert_silent(&shown);
}
