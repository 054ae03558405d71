//! When something has to be over.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

/// When something has to be over; `None` if no clock can hold it, or nobody has set one: it never comes.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// One that never comes.
    pub(crate) const NEVER: Self = Self(None);

    /// So long from now.
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// What the future gives, unless the deadline comes first.
    pub(crate) async fn bound<F: Future>(self, future: F) -> Option<F::Output> {
        match self.0 {
            Some(deadline) => timeout_at(deadline, future).await.ok(),
            None => Some(future.await),
        }
    }

    /// How much of a time is left; `None` if nothing is.
    pub(crate) fn left_of(self, time: Duration) -> Option<Duration> {
        let Some(deadline) = self.0 else {
            return Some(time);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| left.min(time))
    }
}
