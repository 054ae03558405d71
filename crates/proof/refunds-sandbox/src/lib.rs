//! The four payment providers, in process, on loopback: as their documentation
//! says, and misbehaving on request.
//!
//! ```
//! use refunds_sandbox::{Fault, Provider, Sandbox, ScriptedFault, Seed};
//!
//! let sandbox = Sandbox::start()?;
//! sandbox.seed(Seed::one_of_each())?;
//! // At the refund: without an operation, the first request meets it, which is the one for a token.
//! let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit);
//! sandbox.inject(lost.operation("refund_order"))?;
//!
//! // Point the client under test at these, and let it refund the order.
//! let (api, tokens) = (sandbox.base_url(Provider::Optty), sandbox.token_url());
//! # assert!(api.starts_with("http://127.0.0.1:") && tokens.ends_with("/token"));
//!
//! // Compare what it believes with what really happened.
//! assert_eq!(sandbox.ledger().payments(Provider::Optty, "refund-1"), 0);
//! assert_eq!(sandbox.violations(), []);
//! # Ok::<(), refunds_sandbox::SandboxError>(())
//! ```
//!
//! # An independent witness
//! The sandbox shares no type with the clients that it tests. It judges each
//! request by the effective documents, with a JSON Schema library,
//! answers a bad one with the provider's own error and keeps a [`Violation`].
//!
//! # What is not documented
//! …is a setting with a default that its documentation states: see
//! [`Settings`]. [`Settings::hostile`] takes the most dangerous reading of all of
//! it.
//!
//! # What goes wrong
//! [`Fault`]s come by [script](FaultPlan::Script) or [by
//! chance](FaultPlan::Random); the [`Ledger`] tells what was refunded
//! nevertheless, and the [`RequestRecord`]s which request met what.

//!
//! # Webhooks
//! [`Sandbox::set_webhooks`] names a URL that a provider tells of each refund
//! that settles, signed where the provider documents how: Tazapay and, with a
//! secret, Kotani Pay. What is not answered with a 2xx is delivered again by the
//! provider's [`RetrySchedule`], on the sandbox's clock. [`WebhookFault`]s
//! duplicate, delay, reorder, replay and forge events, by script or by chance,
//! and the [`WebhookRecord`]s tell what went to the receiver. Events go to that
//! URL only, not to the `webhook_url` of a refund at Tazapay; `transaction.*`
//! events of Kotani Pay are not sent.

mod answer;
mod builder;
mod clock;
mod control;
mod credentials;
mod documents;
mod error;
mod exchange;
mod fault_answers;
mod faults;
mod imitations;
mod kept;
mod ledger;
mod log;
mod money;
mod provider;
mod sandbox;
mod seed;
mod serde_duration;
mod server;
mod settings;
mod webhooks;
mod world;

/// Not for users: what the conformance kit stands for another provider with.
#[doc(hidden)]
pub mod witness {
    pub use crate::{
        documents::{Incoming, Judge, Problem},
        exchange::Wire,
        server::Server,
    };
}

pub use builder::SandboxBuilder;
pub use clock::Clock;
pub use credentials::Credentials;
pub use error::SandboxError;
pub use faults::{
    Commit, Ending, EventPart, Fault, FaultKind, FaultPlan, Hint, Literal, RandomFaults,
    ScriptedFault, WaitClock, WebhookFault, WeightedFault,
};
pub use ledger::{EntryKind, Ledger, LedgerEntry, Settlement};
pub use log::{RequestRecord, Violation};
pub use provider::Provider;
pub use sandbox::Sandbox;
pub use seed::{Offramp, OfframpRefund, Order, Payin, PaymentAttempt, PendingRefund, Seed};
pub use settings::{
    AcceptedBody, CreatedAt, KotanipaySettings, MceSettings, OmittedAmount, OpttySettings,
    PendingRefunds, RateLimits, RefundCounts, RefundedForm, Repeat, RetrySchedule, RunningKey,
    Settings, SigningSecret, SuccessCode, TazapaySettings,
};
pub use webhooks::{DeliveryKind, WebhookRecord, WebhookTarget};

/// The README's code, compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
