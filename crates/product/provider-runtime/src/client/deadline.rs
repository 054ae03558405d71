//! When something has to be over.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

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

    /// How much of a time is left; `None` if nothing is.
    pub(crate) fn left_of(self, time: Duration) -> Option<Duration> {
        let Some(deadline) = self.0 else {
            return Some(time);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| left.min(time))
    }
}
