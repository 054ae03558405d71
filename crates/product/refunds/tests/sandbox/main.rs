//! The facade against the sandbox, whose ledger tells what really happened: what the facade believes has
//! to agree with it, whatever goes wrong on the way.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod belief;
mod clients;
mod faults;
mod interruptions;
