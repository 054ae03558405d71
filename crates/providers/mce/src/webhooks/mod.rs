//! The webhook of MCE, whose signature is not documented.
//!
//! Pages of other events show an `X-Signature` header, but neither its algorithm nor its key nor what is
//! signed, so that it cannot be verified: a [`Reader`] gives [`Unverified`] events only. There is no
//! documented call that reads a refund back either: confirm one with MCE's dashboard or support, or on the
//! blockchain, before [`Unverified::trust_without_proof`].
//!
//! The name of the refund event is not documented; every notification with the fields of a refund is taken
//! for one. The [`key`](Unverified::key) is its `notificationId`, or the SHA-256 of a body without one.
//!
//! ```
//! use mce::webhooks::{Event, Reader};
//!
//! let body = br#"{"eventType":"?","notificationId":"n-1","data":{"cryptoRefundId":"r-1","status":2}}"#;
//! let event = Reader::new().read(body)?;
//! if let Event::CryptoRefund(notification) = event.claimed() {
//!     println!("refund {:?}", notification.data.crypto_refund_id);
//! }
//! # Ok::<(), mce::webhooks::WebhookError>(())
//! ```

mod event;

pub use event::{Event, Mce};
pub use provider_runtime::webhooks::{
    Headers, Malformed, RecentDeliveries, ReplayGuard, UnknownEvent, Unverified, Verified,
    WebhookError,
};

/// Reads MCE's webhook, which nothing proves.
pub type Reader = provider_runtime::webhooks::Reader<Mce>;
