//! For how long a refund belongs to whoever sends it.

use std::time::Duration;

use crate::JournalError;

/// The journal's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub(crate) lease: Duration,
    pub(crate) longest_attempt: Duration,
    pub(crate) settle_after: Duration,
    pub(crate) poll: Duration,
}

impl Default for Settings {
    /// A lease of five minutes; attempts of two minutes at most, since a client's time-out is one and connecting
    /// counts as well; a minute for a request that is still under way at the provider.
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(300),
            longest_attempt: Duration::from_secs(120),
            settle_after: Duration::from_secs(60),
            poll: Duration::from_millis(50),
        }
    }
}

impl Settings {
    /// For how long a refund belongs to whoever took it on, unless they say that they are still at it, as they do
    /// before each attempt. After it, another takes it for interrupted. A call ends before it does, less the time to
    /// settle, whatever the deadline of its policy: for longer ones take a longer lease.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How long one attempt can take: the client's time-out, and connecting.
    #[must_use]
    pub fn with_longest_attempt(mut self, longest_attempt: Duration) -> Self {
        self.longest_attempt = longest_attempt;
        self
    }

    /// For how long a request can still run at a provider after nobody listens any more.
    #[must_use]
    pub fn with_settle_after(mut self, settle_after: Duration) -> Self {
        self.settle_after = settle_after;
        self
    }

    /// How often a call looks whether another refund of the same payment has ended.
    #[must_use]
    pub fn with_poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Whether the times fit each other.
    ///
    /// # Errors
    /// A lease could end while its attempt is still under way.
    pub(crate) fn check(&self) -> Result<(), JournalError> {
        let least = self.longest_attempt.saturating_add(self.settle_after);
        if self.lease > least {
            return Ok(());
        }
        Err(JournalError::Times(format!(
            "the lease ({:?}) has to be longer than the longest attempt and the time to settle together ({least:?}), \
             or another would take on what is still being sent",
            self.lease
        )))
    }
}
