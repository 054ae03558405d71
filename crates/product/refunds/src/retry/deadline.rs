//! When a call has to be over.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::RetryPolicy;

/// When a call of the facade has to be over, with all its waits, writes and reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(
    /// `None` for one that no clock can hold: it never comes.
    Option<Instant>,
);

impl Deadline {
    /// That of a call which begins now.
    pub(crate) fn of(policy: &RetryPolicy) -> Self {
        Self(Instant::now().checked_add(policy.deadline()))
    }

    /// Runs a future until then; `None` if it had not ended.
    pub(crate) async fn bound<F: Future>(self, future: F) -> Option<F::Output> {
        // Polled in one place, so that what the future does is in a program once.
        let mut future = pin!(future);
        let mut end = pin!(self.0.map(sleep_until));
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            match end.as_mut().as_pin_mut() {
                Some(end) => end.poll(context).map(|()| None),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Whether there is time for a wait and for what follows it.
    pub(crate) fn leaves(self, wait: Duration, then: Duration) -> bool {
        let Some(deadline) = self.0 else {
            return true;
        };
        let end = Instant::now()
            .checked_add(wait)
            .and_then(|begin| begin.checked_add(then));
        end.is_some_and(|end| end <= deadline)
    }

    /// Whether it has come.
    pub(crate) fn has_passed(self) -> bool {
        self.0.is_some_and(|deadline| deadline <= Instant::now())
    }
}
