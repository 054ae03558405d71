//! The journal on real databases, against the sandbox and its ledger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails by panicking, and says what it leaves out"
)]

mod batches;
mod beside;
mod doubts;
mod events;
mod files;
mod gauges;
mod own_ids;
mod own_provider;
mod own_tries;
mod payments;
mod personal_data;
mod plans;
mod races;
mod second_refunds;
mod silence;
mod strangers;
mod support;
mod together;
mod tries;
#[cfg(unix)]
mod upgrade;
mod workers;
mod writes;
