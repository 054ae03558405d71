//! What goes wrong on request.

mod effect;
mod every_fault;
mod fault;
mod plan;
mod source;

pub(crate) use effect::spoil;
pub use fault::{Commit, Fault, Hint};
pub use plan::{FaultPlan, RandomFaults, ScriptedFault, WeightedFault};
pub(crate) use source::FaultSource;
