//! How often and for how long calls are made again.

use std::time::Duration;

use super::RetryBudget;

/// How often and for how long calls are made again. *Whether* one may be is not a matter of policy:
/// that follows from the operation, from the key it is sent with and from how far the attempt got.
///
/// Set one for a client with [`Refunds::with_policy`](crate::Refunds::with_policy); the same method,
/// which copies the client cheaply, sets one for a single call. Cloning shares the budget.
///
/// ```
/// use std::time::Duration;
/// use refunds::RetryPolicy;
///
/// let policy = RetryPolicy::default()
///     .with_max_attempts(3)
///     .with_deadline(Duration::from_secs(30));
/// # let _ = policy;
/// ```
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_backoff: Duration,
    max_backoff: Duration,
    deadline: Duration,
    least_attempt: Duration,
    settle_after: Duration,
    budget: RetryBudget,
    risks_paying_twice: bool,
}

impl Default for RetryPolicy {
    /// 4 attempts, back-off from 200 milliseconds to 10 seconds, 3 minutes in all, 60 seconds until an
    /// unanswered attempt is taken to have ended, and a budget of its own.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
            deadline: Duration::from_secs(180),
            least_attempt: Duration::from_secs(5),
            settle_after: Duration::from_secs(60),
            budget: RetryBudget::default(),
            risks_paying_twice: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt and no more, with the default deadline.
    pub fn never() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// How many attempts a call makes at most; 0 counts as 1.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The wait before the second attempt is a random time up to `base`, doubled with each further
    /// attempt up to `max` (full jitter). A provider's own hint counts where it is longer.
    #[must_use]
    pub fn with_backoff(mut self, base: Duration, max: Duration) -> Self {
        self.base_backoff = base;
        self.max_backoff = max;
        self
    }

    /// How long a call may take in all. A write that is under way then ends unknown; a wait that
    /// would go beyond it is not begun.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How much of the deadline has to be left for another attempt to begin, so that the deadline
    /// does not turn a plain failure to connect into an unknown outcome.
    #[must_use]
    pub fn with_least_attempt(mut self, time: Duration) -> Self {
        self.least_attempt = time;
        self
    }

    /// How long after an unanswered attempt the provider can still be working at it. A keyed write is
    /// repeated only after that, because what two at once would do is not documented. It is an assumption.
    #[must_use]
    pub fn with_settle_after(mut self, time: Duration) -> Self {
        self.settle_after = time;
        self
    }

    /// Sends a *partial* refund at Tazapay again under its key, within the key's 24 hours, if nothing at all
    /// was heard of the first attempt. **It can pay twice**, and is off by default.
    ///
    /// Tazapay keeps a key only if it answered with a 2xx. Where the answer was lost, nobody knows which it
    /// was: if the provider had paid and then failed with a 5xx that never arrived, there is no key, and the
    /// repetition pays again. Without this, such a refund is in doubt until a signed event, or the provider's
    /// support, settles it. Refunds of everything need no key: a second one is refused.
    #[must_use]
    pub fn with_risk_of_paying_twice(mut self) -> Self {
        self.risks_paying_twice = true;
        self
    }

    /// The budget that limits retries over many calls; share one by cloning it.
    #[must_use]
    pub fn with_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    pub(crate) fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    pub(crate) fn base_backoff(&self) -> Duration {
        self.base_backoff
    }

    pub(crate) fn max_backoff(&self) -> Duration {
        self.max_backoff
    }

    /// How long a call may take in all.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn least_attempt(&self) -> Duration {
        self.least_attempt
    }

    pub(crate) fn settle_after(&self) -> Duration {
        self.settle_after
    }

    pub(crate) fn risks_paying_twice(&self) -> bool {
        self.risks_paying_twice
    }

    pub(crate) fn budget(&self) -> &RetryBudget {
        &self.budget
    }
}
