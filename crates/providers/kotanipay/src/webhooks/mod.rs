//! Webhooks of Kotani Pay, which signs them for integrators that have set a secret.
//!
//! # What is signed
//!
//! An HMAC-SHA256, in `X-Kotani-Signature` as `sha256=` and lower-case hexadecimal digits, over the body
//! without its member `signature`, written anew as JavaScript's `JSON.stringify` writes it. This crate does
//! that so:
//!
//! - white space between values goes;
//! - members keep the order in which they came;
//! - numbers keep their text: `38.50` is `38.50`, though JavaScript would write `38.5`. A body that
//!   JavaScript wrote has its numbers as JavaScript writes them, so that both readings sign it alike; for any
//!   other the text that came is the one thing that sender and receiver certainly share. The same goes for
//!   names such as `"7"`, which JavaScript moves to the front;
//! - texts and names are written with the escapes of `JSON.stringify`, however they came: `\u00e9` and `é` are
//!   the same, `\/` is `/`, a lone surrogate is `\ud800`;
//! - an object with two members of one name is refused: readers differ in which of them counts.
//!
//! Where the body has a whole signature of its own, it has to fit as well. `sha256=…`, as the samples print it, is none.
//!
//! # What is not known
//!
//! There is no time of the call and no id of the delivery; calls come twice and out of order, and are
//! repeated for up to a day. The [`key`](Verified::key) is the SHA-256 of what is signed. The events
//! `refund.completed` and `refund.failed` carry a `timestamp`, by which
//! [`Verifier::with_tolerance`] can refuse old ones, if it is switched on; it then refuses
//! `refund.lightning.invoice_needed` altogether, whose sample has none.
//!
//! Without a secret, calls arrive unsigned: a [`Reader`] takes them, as [`Unverified`] events. Confirm one with
//! `Client::refund_status` before anything is done about it.
//!
//! Never call a `submitUrl` from a webhook: hand the invoice in with
//! `Client::submit_refund_invoice`, which builds the URL from its own host.
//!
//! ```
//! use kotanipay::webhooks::{Event, Secrets, Verifier};
//!
//! # fn receive(headers: &[(&str, &str)], body: &[u8]) -> Result<u16, Box<dyn std::error::Error>> {
//! let secrets = Secrets::new("whsec_new")?.with_older("whsec_old")?;
//! let verifier = Verifier::new(secrets);
//! let event = match verifier.verify(headers, body) {
//!     Ok(event) => event,
//!     Err(refused) => return Ok(refused.http_status()),
//! };
//! match event.event() {
//!     Event::RefundCompleted(event) => println!("{} was paid", event.data.reference_id),
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
mod signed_text;

pub use event::Event;
pub use provider_runtime::webhooks::{
    EmptySecret, Headers, Malformed, RecentDeliveries, ReplayGuard, Secrets, UnknownEvent,
    Unverified, Verified, WebhookError,
};
pub use scheme::KotaniPay;

/// Verifies Kotani Pay's webhooks.
pub type Verifier = provider_runtime::webhooks::Verifier<KotaniPay>;

/// Reads the webhooks of an integrator without a secret, which nothing proves.
pub type Reader = provider_runtime::webhooks::Reader<KotaniPay>;
