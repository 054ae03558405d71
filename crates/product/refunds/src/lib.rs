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
//! reconciliation and retries. Its folder `examples` has a file each for one refund (`one_refund`), a restart (`restart`),
//! a webhook in axum (`webhook_axum`, and `webhook_server` for all providers), calls without an executor (`blocking`), a
//! double in a unit test (`double`), and tracing and metrics (`tracing`, `metrics`).
//!
//! # What is where
//!
//! | to | there is |
//! |---|---|
//! | refund | [`Refunds`], [`Reference`], [`TazapayRefund`], [`OpttyRefund`], [`MceRefund`], [`LightningInvoice`]; [`RefundRequest`] of any of them |
//! | know what came of it | [`Outcome`], [`Receipt`], [`Rejection`], [`Doubt`], [`NextStep`]; [`RefundStatus`], with every documented word in [`status`] |
//! | settle a doubt | [`InDoubt`], [`Reconciled`], [`StillUnknown`], [`SettledBy`]; why, in [`evidence`] |
//! | read it back | [`Lookup`], [`Fetched`], [`RefundState`]; [`Answer`] is the provider's own |
//! | say how much | [`Money`], [`Currency`], [`AmountUnit`] |
//! | ask what a provider can do | [`Capabilities`], [`ProviderName`] |
//! | say what may be tried, and be told of it | [`RetryPolicy`], [`RetryBudget`], [`RetryMark`]; [`Observer`], [`Attempt`] |
//! | receive events | [`webhooks`]; with the feature `axum`, its extractors `webhooks::axum::VerifiedUpdate` and `HintedUpdate` |
//! | call without an executor | with the feature `blocking`, `Refunds::blocking` |
//! | test your own code | with the feature `testing`, `testing::Double`; on the wire, the crate `refunds-sandbox` |
//! | put a provider of your own here | [`custom`] |
//! | take any of them for another | [`RefundProvider`], a trait object; [`TazapayRefunds`], [`OpttyRefunds`], [`MceRefunds`] and [`KotanipayRefunds`] have the provider's client |
//!
//! # Features
//!
//! | feature | by default | what it is |
//! |---|---|---|
//! | `kotanipay`, `mce`, `optty`, `tazapay` | on | the provider; each compiles its own crate only |
//! | `rustls` | on | TLS by rustls |
//! | `native-tls` | | TLS by the platform's library |
//! | `webhooks` | on | updates from events: [`webhooks`] |
//! | `axum` | | extractors of these for axum: `webhooks::axum` |
//! | `blocking` | | the calls without an executor of your own: `Refunds::blocking` |
//! | `metrics` | | durations of requests, and outcomes by provider and cause, for a recorder of the crate `metrics` |
//! | `testing` | | a double for unit tests, whose answers are scripted: `testing` |
//!
//! # What is re-exported
//!
//! The crates of the providers, `kotanipay`, `mce`, `optty` and `tazapay`, with their clients and types; `provider_runtime`, of which
//! all of them are made, with what a client can be given, and `reqwest` in it; [`Decimal`] of `rust_decimal`, and `iso_currency`.

// What some providers need is compiled for all: it is small. On the front page, crates that are re-exported stand after
// the guide, and not before everything else.
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
#[cfg(feature = "__sabotage")]
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
    AmountNeed, Capabilities, Deduplication, PartialRefunds, ReadBack, Reconciliation, RefundIds,
    Webhooks,
};
pub use clock::Clock;
pub use environment::{EnvironmentError, credential_variables, credentials_from_env};
pub use error::{CallError, ReadFailure, RefundError};
#[cfg_attr(doc, doc(hidden))]
pub use iso_currency;
#[cfg(feature = "kotanipay")]
#[cfg_attr(doc, doc(hidden))]
pub use kotanipay;
#[cfg(feature = "mce")]
#[cfg_attr(doc, doc(hidden))]
pub use mce;
pub use money::{AmountUnit, Currency, Money, MoneyError, MoneyTextError, Token};
#[cfg(feature = "optty")]
#[cfg_attr(doc, doc(hidden))]
pub use optty;
pub use outcome::{
    Answer, Doubt, DoubtCause, Evidence, Fetched, Hint, InDoubt, NextStep, Outcome, OwnAnswer,
    Receipt, Reconciled, RefundState, Rejection, RejectionReason, RetryMark, SettledBy,
    StillUnknown,
};
pub use provider::{RefundFuture, RefundProvider};
pub use provider_name::{NotAProvider, OwnName, ProviderName};
#[cfg_attr(doc, doc(hidden))]
pub use provider_runtime;
#[cfg(feature = "kotanipay")]
pub use providers::kotanipay::KotanipayRefunds;
#[cfg(feature = "mce")]
pub use providers::mce::MceRefunds;
#[cfg(feature = "optty")]
pub use providers::optty::OpttyRefunds;
#[cfg(feature = "tazapay")]
pub use providers::tazapay::TazapayRefunds;
pub use providers::{
    mce::MceRefund,
    optty::OpttyRefund,
    tazapay::{TazapayCustomer, TazapayPhone, TazapayRefund},
};
pub use reference::{Reference, ReferenceError};
pub use refunds::Refunds;
pub use request::{Action, InvoiceError, LightningInvoice, Lookup, OwnRefund, RefundRequest};
pub use retry::{Attempt, AttemptEnd, Observer, ObserverFuture, RetryBudget, RetryPolicy};
#[cfg_attr(doc, doc(hidden))]
pub use rust_decimal::Decimal;
#[doc(inline)]
pub use status::{DocumentedWord, OwnWords, RefundStatus, WordField, documented_words};
#[cfg(feature = "tazapay")]
#[cfg_attr(doc, doc(hidden))]
pub use tazapay;

/// The README's code, compiled as it stands there.
#[cfg(all(doctest, feature = "tazapay"))]
#[doc = include_str!("../README.md")]
struct Readme;
