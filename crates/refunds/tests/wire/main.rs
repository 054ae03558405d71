//! The facade against a server on loopback that answers by script: what is sent, and what each answer,
//! good or bad, is taken for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod kotanipay;
mod mce;
mod optty;
mod refusals;
mod retries;
mod support;
mod tazapay;
mod tazapay_reconciliation;
mod tokens;
mod tracing;
mod trait_object;
