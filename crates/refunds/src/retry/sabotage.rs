//! The first promise switched off, to show that the campaign would notice.
//!
//! It takes the feature `sabotage`, which no build has by default and only the campaign asks for, and
//! the call below: Cargo may turn a feature on for everybody in one build.

use super::RetryPolicy;

impl RetryPolicy {
    /// Sends again, at once, whatever may have happened, with or without a key. **It refunds twice.**
    /// It is for the campaign's check of itself, and for nothing else.
    #[doc(hidden)]
    #[must_use]
    pub fn with_open_writes_repeated(mut self) -> Self {
        self.open_writes_are_repeated = true;
        self
    }
}
