//! Callbacks of Optty, which documents no signature for them.
//!
//! Anybody can send one: a [`Reader`] gives [`Unverified`] events only. Take it as a hint that something
//! changed and ask Optty with `Client::order_details`, the one call that lists refunds, for the orders that
//! have a refund open: a callback names neither the order nor the `refundReference`. Only then, if at all,
//! is it time for [`Unverified::trust_without_proof`].
//!
//! What a callback carries is documented as `status`, `transactionId` and whatever the payment method adds:
//! that is in [`Unverified::body`]. There is no id of the delivery: the [`key`](Unverified::key) is the SHA-256 of the body.
//!
//! ```
//! use optty::webhooks::{Event, Reader};
//!
//! let body = br#"{"event":"REFUND_CALLBACK","data":{"status":"SUCCESSFUL","transactionId":"t-1"}}"#;
//! let event = Reader::new().read(body)?;
//! if let Event::RefundCallback(callback) = event.claimed() {
//!     println!("refunds may have changed: {:?}", callback.data.transaction_id);
//! }
//! # Ok::<(), optty::webhooks::WebhookError>(())
//! ```

mod event;

pub use event::{Event, Optty};
pub use provider_runtime::webhooks::{
    Headers, Malformed, RecentDeliveries, ReplayGuard, UnknownEvent, Unverified, Verified,
    WebhookError,
};

/// Reads Optty's callbacks, which nothing proves.
pub type Reader = provider_runtime::webhooks::Reader<Optty>;
