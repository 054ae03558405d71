//! When a call is made again, and when never.

mod backoff;
mod budget;
mod classify;
mod deadline;
mod hint;
#[cfg(feature = "metrics")]
mod metrics;
mod observer;
mod pause;
mod policy;
mod read;
mod standing;
#[cfg(test)]
mod tests;
mod write;

pub use budget::RetryBudget;
pub(crate) use classify::{RateLimit, Setback, may_be_read_again};
pub(crate) use deadline::Deadline;
pub(crate) use observer::SharedObserver;
pub use observer::{Attempt, AttemptEnd, Observer, ObserverFuture};
pub(crate) use pause::pause;
pub use policy::RetryPolicy;
pub(crate) use read::{Read, is_about, read};
pub(crate) use standing::{OpenQuestion, Repeats, key_lasts};
pub(crate) use write::{Write, Written, write};
