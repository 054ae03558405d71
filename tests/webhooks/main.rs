//! Webhooks: signatures computed elsewhere verify, and nothing else does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod mutations;
mod random;
mod refusals;
mod silence;
mod vectors;

use kotanipay::webhooks::Secrets;

/// Secret of the vectors.
const KOTANI_SECRET: &str = "whsec_test";
/// Secret of the vectors.
const TAZAPAY_SECRET: &str = "whsec_taza";

fn kotanipay() -> kotanipay::webhooks::Verifier {
    kotanipay::webhooks::Verifier::new(Secrets::new(KOTANI_SECRET).unwrap())
}

fn tazapay() -> tazapay::webhooks::Verifier {
    tazapay::webhooks::Verifier::new(Secrets::new(TAZAPAY_SECRET).unwrap())
}

/// The header of Kotani Pay.
fn kotani_headers(digits: &str) -> [(&'static str, String); 1] {
    [("X-Kotani-Signature", format!("sha256={digits}"))]
}

/// The header that Tazapay is believed to send.
fn tazapay_headers(tag: &str) -> [(&'static str, String); 1] {
    [("signature", tag.to_owned())]
}
