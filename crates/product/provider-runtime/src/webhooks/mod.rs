//! Receiving webhooks.
//!
//! A provider that signs its webhooks has a [`Scheme`]; a [`Verifier`] over it turns headers and raw body
//! into a [`Verified`] event. A provider that documents no signature has a [`Format`] only; a [`Reader`]
//! over it gives an [`Unverified`] one, which goes nowhere a verified one is wanted unless somebody writes
//! [`Unverified::trust_without_proof`].
//!
//! The raw body must be what came: a body that a framework has parsed and written again does not verify.
//!
//! Nothing here needs an HTTP stack: [`Headers`] are whatever gives the values of a name.

mod error;
mod format;
mod headers;
mod json;
mod reader;
mod received;
mod replay;
mod secrets;
mod unknown_event;
mod verifier;

pub use error::{Malformed, WebhookError};
pub use format::{Delivery, Format, Scheme, Signed};
pub use headers::Headers;
pub use json::{Member, members};
pub use reader::Reader;
pub use received::{Unverified, Verified};
pub use replay::{RecentDeliveries, ReplayGuard};
pub use secrets::{EmptySecret, Secrets};
pub use unknown_event::{UnknownEvent, decode};
pub use verifier::Verifier;

/// The largest body that is read unless set otherwise, in bytes: many times the documented samples.
pub const DEFAULT_MAX_BODY: usize = 256 * 1024;
