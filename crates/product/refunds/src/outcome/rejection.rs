//! A write that has definitely not happened.

use std::{fmt, time::Duration};

use super::NextStep;
use crate::{CallError, ProviderName, Reference, evidence::Row};

/// A write that has definitely not happened.
pub struct Rejection {
    pub(crate) provider: ProviderName,
    pub(crate) reference: Reference,
    pub(crate) reason: RejectionReason,
    pub(crate) attempts: u32,
    pub(crate) row: Option<&'static Row>,
    pub(crate) error: CallError,
}

/// Why a write has not happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectionReason {
    /// It was not sent: there was no connection or no token.
    NotSent,
    /// The provider asks for fewer calls.
    RateLimited {
        /// How long to wait, where the provider says so.
        retry_after: Option<Duration>,
    },
    /// The provider refused it: see its message and code.
    Refused,
}

impl Rejection {
    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.provider
    }

    /// The user's own reference of the refund. Nothing was done under it.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Why it has not happened.
    pub fn reason(&self) -> RejectionReason {
        self.reason
    }

    /// The row of the [evidence](crate::evidence) by which a refusal is a definite no; `None` where nothing
    /// was sent, or the provider asks for fewer calls.
    pub fn row(&self) -> Option<&'static Row> {
        self.row
    }

    /// How many requests were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The last error, with the provider's status, headers, raw body, message and code.
    pub fn error(&self) -> &CallError {
        &self.error
    }

    /// What to do next.
    pub fn next_step(&self) -> NextStep {
        match self.reason {
            RejectionReason::NotSent => NextStep::CallAgain,
            RejectionReason::RateLimited { .. } => NextStep::CallAgainLater,
            RejectionReason::Refused => NextStep::Correct,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.error, self.next_step())
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("provider", &self.provider)
            .field("reference", &self.reference)
            .field("reason", &self.reason)
            .field("attempts", &self.attempts)
            .field("error", &self.error)
            .finish()
    }
}
