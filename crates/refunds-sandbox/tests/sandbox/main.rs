//! The sandbox over HTTP: each documented behaviour, each fault, the ledger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod conformance;
mod connections;
mod control;
mod faults;
mod hostile;
mod kotanipay;
mod kotanipay_signing;
mod mce;
mod optty;
mod receiver;
mod requests;
mod support;
mod tazapay;
mod webhook_faults;
mod webhooks;
