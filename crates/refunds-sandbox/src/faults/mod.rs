//! What goes wrong on request.

mod effect;
mod every_fault;
mod fault;
mod kind;
mod plan;
mod source;
mod webhook_fault;

pub(crate) use effect::spoil;
pub use fault::{Commit, Fault, Hint};
pub use kind::FaultKind;
pub use plan::{FaultPlan, RandomFaults, ScriptedFault, WeightedFault};
pub(crate) use source::FaultSource;
pub use webhook_fault::WebhookFault;
