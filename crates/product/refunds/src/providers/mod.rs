//! The built-in providers, a folder each: what is documented of it (`mod.rs`, `rows.rs`), what a refund needs to know
//! (`request.rs`), its calls (`calls.rs`, with the provider's feature) and its events (`events.rs`). They use the same
//! door as a provider of one's own, [`custom`](crate::custom).

pub(crate) mod kotanipay;
pub(crate) mod mce;
pub(crate) mod optty;
pub(crate) mod tazapay;

use crate::{ProviderName, custom::Profile};

/// What is documented of a built-in provider. Of one of your own, only its client knows.
pub(crate) fn of(provider: ProviderName) -> Option<&'static Profile> {
    match provider {
        ProviderName::Kotanipay => Some(&kotanipay::PROFILE),
        ProviderName::Mce => Some(&mce::PROFILE),
        ProviderName::Optty => Some(&optty::PROFILE),
        ProviderName::Tazapay => Some(&tazapay::PROFILE),
        ProviderName::Own(_) => None,
    }
}

/// Why a text would lose its place in a path and lead to another operation.
pub(crate) fn lost_in_a_path(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("it is empty; give the one that the provider knows"),
        "." | ".." => Some("a path would lose it; give the one that the provider knows"),
        _ => None,
    }
}
