//! The facade against a server on loopback that answers by script: what is sent, and what each answer,
//! good or bad, is taken for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod amounts;
mod call_settings;
mod contradictions;
mod explainable_refusals;
mod kotanipay;
mod lost_answers;
mod mce;
mod optty;
mod payment_attempts;
mod rate_limits;
mod refusals;
mod retries;
mod second_retries;
mod support;
mod tazapay;
mod tazapay_reconciliation;
mod thin_reads;
mod tokens;
mod tracing;
mod trait_object;
