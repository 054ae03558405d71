//! One API for refunds at four payment providers, and at [your own](custom), that never sends a refund twice.
//!
//! [`Refunds`] is made of a provider crate's client and gives every write an [`Outcome`]: taken on and
//! pending, succeeded or failed, rejected (a definite no) or unknown (it may have happened), with what to
//! do next. What decides is the [`evidence`], a table for each provider. What a provider
//! cannot do is refused before anything is sent; ask its [`Capabilities`] beforehand.
//!
//! ```no_run
//! # #[cfg(feature = "tazapay")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use refunds::{Outcome, Reference, Refunds, TazapayRefund, tazapay};
//!
//! let client = tazapay::Client::builder()
//!     .environment(tazapay::Environment::Sandbox)
//!     .credentials(tazapay::Credentials::basic("API key", "API secret"))
//!     .build()?;
//! let refunds = Refunds::from(client);
//!
//! let reference = Reference::new("refund-2024-0001")?;
//! let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
//! match refunds.create(&reference, refund).await? {
//!     Outcome::Pending(receipt) | Outcome::Succeeded(receipt) => {
//!         println!("{:?}: {:?}", receipt.refund_id(), receipt.status())
//!     }
//!     Outcome::Failed(receipt) => println!("it exists, and has failed: {:?}", receipt.refund_id()),
//!     Outcome::Rejected(rejection) => println!("nothing happened: {rejection}"),
//!     Outcome::Unknown(doubt) => println!("to be reconciled, not repeated: {doubt}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The [`guide`] tells when to use this crate and when a provider's own, and explains money, outcomes,
//! reconciliation and retries. Each provider is a feature; all are on by default.

// What some providers need is compiled for all: it is small.
#![cfg_attr(
    not(all(
        feature = "kotanipay",
        feature = "mce",
        feature = "optty",
        feature = "tazapay"
    )),
    allow(dead_code, unused_imports, unused_macros, irrefutable_let_patterns)
)]

mod adapter;
#[cfg(feature = "blocking")]
mod blocking;
mod capabilities;
mod clock;
pub mod custom;
mod environment;
mod error;
pub mod evidence;
#[cfg(all(
    feature = "kotanipay",
    feature = "mce",
    feature = "optty",
    feature = "tazapay",
    feature = "webhooks"
))]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {}
mod money;
mod outcome;
mod provider;
mod provider_name;
mod providers;
mod reference;
mod refunds;
mod request;
mod retry;
#[cfg(feature = "sabotage")]
mod sabotage;
mod settings;
pub mod status;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[cfg(feature = "blocking")]
pub use blocking::Blocking;
pub use capabilities::{
    AmountNeed, Capabilities, Deduplication, PartialRefunds, ReadBack, Reconciliation, Webhooks,
};
pub use clock::Clock;
pub use environment::{EnvironmentError, credential_variables, credentials_from_env};
pub use error::{CallError, ReadFailure, RefundError};
pub use iso_currency;
#[cfg(feature = "kotanipay")]
pub use kotanipay;
#[cfg(feature = "mce")]
pub use mce;
pub use money::{AmountUnit, Currency, Money, MoneyError, MoneyTextError, Token};
#[cfg(feature = "optty")]
pub use optty;
pub use outcome::{
    Answer, Doubt, DoubtCause, Evidence, Fetched, Hint, InDoubt, NextStep, Outcome, OwnAnswer,
    Receipt, Reconciled, RefundState, Rejection, RejectionReason, RetryMark, SettledBy,
    StillUnknown,
};
pub use provider::{RefundFuture, RefundProvider};
pub use provider_name::{NotAProvider, OwnName, ProviderName};
/// What clients are made of, for a [`custom::Provider`].
pub use provider_runtime;
#[cfg(feature = "kotanipay")]
pub use providers::kotanipay::KotanipayRefunds;
#[cfg(feature = "mce")]
pub use providers::mce::MceRefunds;
#[cfg(feature = "optty")]
pub use providers::optty::OpttyRefunds;
#[cfg(feature = "tazapay")]
pub use providers::tazapay::TazapayRefunds;
pub use reference::{Reference, ReferenceError};
pub use refunds::Refunds;
pub use request::{
    Action, InvoiceError, LightningInvoice, Lookup, MceRefund, OpttyRefund, OwnRefund,
    RefundRequest, TazapayCustomer, TazapayPhone, TazapayRefund,
};
pub use retry::{Attempt, AttemptEnd, Observer, ObserverFuture, RetryBudget, RetryPolicy};
pub use rust_decimal::Decimal;
pub use status::{DocumentedWord, OwnWords, RefundStatus, WordField, documented_words};
#[cfg(feature = "tazapay")]
pub use tazapay;
