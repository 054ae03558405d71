//! Webhooks of Tazapay, which signs them.
//!
//! The signature is the Base64 of an HMAC-SHA256 over three texts without anything between them: the
//! event's `id`, the body as it came, and the event's `created_at` as it is written in the body. The
//! documentation is not certain of the header's name: `signature` is taken unless
//! [`Verifier::with_signature_header`] names another. That the body is signed as it came, and not written
//! anew, is assumed.
//!
//! Tazapay repeats a call for about a day until it is answered with a 2xx, and an event keeps its id, which is
//! the [`key`](Verified::key). No tolerance for the age of an event is documented, so that it is off.
//!
//! ```
//! use tazapay::webhooks::{Event, Secrets, Verifier};
//!
//! # fn receive(headers: &[(&str, &str)], body: &[u8]) -> Result<u16, Box<dyn std::error::Error>> {
//! let verifier = Verifier::new(Secrets::new("the webhook secret")?);
//! let event = match verifier.verify(headers, body) {
//!     Ok(event) => event,
//!     Err(refused) => return Ok(refused.http_status()),
//! };
//! match event.event() {
//!     Event::RefundSucceeded(event) => println!("{:?} was paid", event.data.id),
//!     other => println!("{}", other.name()),
//! }
//! verifier.handled(&event);
//! # Ok(200)
//! # }
//! # assert_eq!(receive(&[], b"{}").unwrap(), 401);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod event;
mod scheme;

pub use event::Event;
pub use provider_runtime::webhooks::{
    EmptySecret, Headers, Malformed, RecentDeliveries, ReplayGuard, Secrets, UnknownEvent,
    Unverified, Verified, WebhookError,
};
pub use scheme::Tazapay;

/// Verifies Tazapay's webhooks.
pub type Verifier = provider_runtime::webhooks::Verifier<Tazapay>;
