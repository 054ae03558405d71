//! When a call is made again, and when never.

mod backoff;
mod budget;
mod classify;
mod hint;
mod observer;
mod policy;
mod read;
#[cfg(feature = "sabotage")]
mod sabotage;
#[cfg(test)]
mod tests;
mod write;

pub use budget::RetryBudget;
pub(crate) use classify::{RateLimit, Setback, WriteRules};
pub(crate) use observer::SharedObserver;
pub use observer::{Attempt, AttemptEnd, Observer};
pub use policy::RetryPolicy;
pub(crate) use read::{Read, is_about, read};
pub(crate) use write::{OpenQuestion, Write, Written, key_lasts, write};

use tokio::time::{Instant, timeout_at};

/// Runs a future until the deadline; no deadline never comes.
async fn by<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}
