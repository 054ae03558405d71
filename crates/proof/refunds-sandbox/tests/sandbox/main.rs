//! The sandbox over HTTP: each documented behaviour, each fault, the ledger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod conformance;
mod connections;
mod contradictions;
mod control;
mod extremes;
mod faults;
mod hostile;
mod kotanipay;
mod kotanipay_signing;
mod lost_keys;
mod mce;
mod optty;
mod payment_attempts;
mod queued_retries;
mod receiver;
mod requests;
mod support;
mod tazapay;
mod webhook_faults;
mod webhooks;
