//! Refunds under faults, in processes that are killed, compared with what really happened.
//!
//! The campaign runs the sandbox, lets several worker processes refund through the facade while requests
//! meet faults at random, kills and restarts the workers in between, lets hours and a whole day pass, and
//! compares what they believe in the end with the sandbox's ledger. Three numbers have to be zero for any seed: refunds made twice, refunds
//! called failed though they were paid, and refunds that were lost.
//!
//! With webhooks, a server receives what the providers say meanwhile, under faults and forgeries of their
//! own, and in the end knows every refund as the ledger has it.

mod assignment;
mod campaign;
mod case;
mod error;
mod faults;
pub mod journaled;
mod listener;
mod report;
mod sabotage;
mod worker;

pub use assignment::Assignment;
pub use campaign::Campaign;
pub use error::CampaignError;
pub use listener::Told;
pub use refunds_conformance::campaign::{Concluded, Tally};
pub use report::{LEAST_FAULTED_PERCENT, Report};
pub use sabotage::Sabotage;
pub use worker::work;
