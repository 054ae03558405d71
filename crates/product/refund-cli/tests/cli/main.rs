//! The command as a person or a script calls it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it leaves out"
)]

mod answers;
mod batches;
mod doors;
mod doubts;
mod events;
mod exit_codes;
mod grammar;
mod hints;
#[cfg(unix)]
mod interruptions;
mod journals;
mod listing;
mod logs;
mod looks;
mod old_records;
mod options;
mod output;
#[cfg(unix)]
mod profiles;
mod records;
mod retries;
mod sandbox;
mod support;
#[cfg(unix)]
mod terminal;
mod webhooks;
#[cfg(unix)]
mod workers;
