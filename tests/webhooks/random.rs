//! Ten thousand random bodies: no panic, and nothing is accepted that nobody signed.

use provider_runtime::webhooks::{Format, Reader};

use crate::vectors::{kotani, taza};
use crate::{kotani_headers, tazapay_headers};

const BODIES: usize = 10_000;

/// What makes a random text look like JSON.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u",
    "d800",
    "\\ud83d\\ude00",
    "event",
    "data",
    "signature",
    "refund.completed",
    "id",
    "created_at",
    "type",
    "null",
    "-1.50e3",
    "0",
    " ",
    "é",
    "\u{feff}",
];

/// A quarter is random bytes, a quarter pieces of JSON, a quarter a true body with a few bytes of it changed
/// and maybe its end missing, a quarter one with another letter.
fn body(random: &mut fastrand::Rng) -> Vec<u8> {
    let true_body = |random: &mut fastrand::Rng| {
        let body = if random.bool() {
            kotani(0).0
        } else {
            taza(0).0
        };
        body.as_bytes().to_vec()
    };
    match random.u8(0..4) {
        0 => {
            let length = random.usize(0..200);
            (0..length).map(|_| random.u8(..)).collect()
        }
        1 => {
            let length = random.usize(0..60);
            let pieces: String = (0..length)
                .map(|_| PIECES[random.usize(0..PIECES.len())])
                .collect();
            pieces.into_bytes()
        }
        2 => {
            let mut body = true_body(random);
            for _ in 0..random.usize(1..4) {
                let at = random.usize(0..body.len());
                body[at] = random.u8(..);
            }
            body.truncate(random.usize(body.len() / 2..body.len() * 2));
            body
        }
        _ => {
            let mut body = true_body(random);
            let at = random.usize(0..body.len());
            body[at] = random.alphanumeric() as u8;
            body
        }
    }
}

#[test]
fn ten_thousand_random_bodies_do_not_panic_and_are_not_accepted() {
    let mut random = fastrand::Rng::with_seed(6);
    let (kotanipay, tazapay) = (crate::kotanipay(), crate::tazapay());
    let (signed_by_kotani, signed_by_tazapay) = (kotani(0), taza(0));
    for _ in 0..BODIES {
        let body = body(&mut random);
        let text = String::from_utf8_lossy(&body);
        let headers = kotani_headers(signed_by_kotani.1);
        if body != signed_by_kotani.0.as_bytes() {
            assert!(kotanipay.verify(&headers, &body).is_err(), "{text}");
        }
        let headers = tazapay_headers(signed_by_tazapay.1);
        if body != signed_by_tazapay.0.as_bytes() {
            assert!(tazapay.verify(&headers, &body).is_err(), "{text}");
        }
        // As headers, too.
        assert!(
            kotanipay
                .verify(&[("x-kotani-signature", &body)], &body)
                .is_err()
        );
        assert!(tazapay.verify(&[("signature", &body)], &body).is_err());
    }
}

/// What is read is a JSON object, whatever it holds.
fn read<F: Format>(body: &[u8]) -> bool {
    let outcome = Reader::<F>::new().read(body);
    if outcome.is_ok() {
        let value: &serde_json::value::RawValue = serde_json::from_slice(body).unwrap();
        assert!(value.get().starts_with('{'));
    }
    outcome.is_ok()
}

#[test]
fn ten_thousand_random_bodies_are_read_or_refused() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut were_read = 0;
    for _ in 0..BODIES {
        let body = body(&mut random);
        let outcomes = [
            read::<kotanipay::webhooks::KotaniPay>(&body),
            read::<mce::webhooks::Mce>(&body),
            read::<optty::webhooks::Optty>(&body),
            read::<tazapay::webhooks::Tazapay>(&body),
        ];
        were_read += usize::from(outcomes.contains(&true));
    }
    // Enough of them are JSON for the test to say something.
    assert!(were_read > 100, "{were_read}");
}
