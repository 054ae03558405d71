//! What goes wrong on request.

mod contradictions;
mod effect;
mod every_fault;
mod fault;
mod kind;
mod literal;
mod plan;
mod source;
mod webhook_fault;

pub(crate) use effect::spoil;
pub use fault::{Commit, Ending, Fault, Hint, WaitClock};
pub use kind::FaultKind;
pub use literal::Literal;
pub use plan::{FaultPlan, RandomFaults, ScriptedFault, WeightedFault};
pub(crate) use source::FaultSource;
pub use webhook_fault::{EventPart, WebhookFault};
