//! Receiving what providers say by calling back.
//!
//! A provider crate's `Verifier` or `Reader` turns headers and raw body into a [`RefundUpdate`], which a
//! signature proved, or into an [`UnverifiedUpdate`], which is a hint ([`UpdateVerifier`],
//! [`UpdateReader`]; with the feature `axum`, extractors in the module `axum`). A [`RefundProgress`] takes the
//! updates of a refund in whatever order they come. The [guide](crate::guide#webhooks) shows it whole.

#[cfg(feature = "axum")]
pub mod axum;
mod progress;
mod receive;
mod told;
mod update;

pub use progress::{Change, RefundProgress};
pub use provider_runtime::{
    Timestamp,
    webhooks::{
        EmptySecret, Headers, RecentDeliveries, ReplayGuard, Secrets, Unverified, Verified,
        WebhookError,
    },
};
pub use receive::{UpdateReader, UpdateVerifier};
pub use told::{RefundKey, Told};
pub use update::{ProviderEvent, RefundUpdate, UnverifiedEvent, UnverifiedUpdate};
