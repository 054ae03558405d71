//! By what refunds, payments and requests are known again.

use refunds::{Action, ProviderName, Reference};
use sha2::{Digest, Sha256};

use crate::{Place, StoreError, store::to_json};

/// The key of a refund: provider, place and reference.
pub(crate) fn refund_id(provider: ProviderName, place: &Place, reference: &Reference) -> String {
    digest(&[provider.as_str(), place.as_str(), reference.as_str()])
}

/// The key of what a refund is of: provider, place and the provider's own name of it. No name has a line feed.
pub(crate) fn payment_id(provider: ProviderName, place: &Place, payment: &str) -> String {
    format!("{provider}\n{place}\n{payment}")
}

/// What an action refunds: an off-ramp has one refund, which has its reference.
pub(crate) fn payment_of<'a>(action: &'a Action, reference: &'a Reference) -> &'a str {
    match action {
        Action::Create(request) => request.payment(),
        _ => reference.as_str(),
    }
}

/// Tells one request from another.
pub(crate) fn action_digest(action: &Action) -> Result<String, StoreError> {
    let bare = match action {
        Action::Create(request) => Action::Create(request.bare()),
        other => other.clone(),
    };
    Ok(digest(&[&to_json("action", &bare)?]))
}

/// Of parts that cannot run into each other.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let mut text = String::with_capacity(32);
    // Half of it tells apart what nobody makes alike on purpose, and is shorter to index.
    for byte in digest.finalize().into_iter().take(16) {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}
