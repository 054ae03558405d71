//! Why a call of the facade could not be made, or a read not be answered.

use std::{error::Error, time::Duration};

use crate::{MoneyError, ProviderName, retry::may_be_read_again};

/// An error of a call to a provider, with its status, headers and raw body where there are any.
pub type CallError = provider_runtime::Error;

/// A call was refused before anything was sent, or a read got no answer that can be used.
///
/// A write that was sent never ends here: its end is an [`Outcome`](crate::Outcome).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefundError {
    /// The provider cannot do this.
    #[error("{provider} cannot {what}: {alternative}")]
    Unsupported {
        /// The provider.
        provider: ProviderName,
        /// What it cannot do, such as `create a refund`.
        what: &'static str,
        /// What to do instead.
        alternative: &'static str,
    },
    /// The request is meant for another provider.
    #[error(
        "{provider} takes {expected}: give it that, or call the provider that the request is for"
    )]
    WrongInput {
        /// The provider that was called.
        provider: ProviderName,
        /// The input that it takes.
        expected: &'static str,
    },
    /// A field cannot be sent as it is.
    #[error("the {field} for {provider} cannot be sent: {reason}")]
    InvalidField {
        /// The provider.
        provider: ProviderName,
        /// The field.
        field: &'static str,
        /// What is wrong and what to give instead.
        reason: &'static str,
    },
    /// The amount cannot be sent exactly.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The provider's crate refused to make a request of it.
    #[error(transparent)]
    InvalidRequest(CallError),
    /// The observer did not record the attempt, so that it was not made.
    #[error(
        "the refund was not sent, because the observer could not record it: mend that and call again"
    )]
    NotRecorded(#[source] Box<dyn Error + Send + Sync>),
    /// A blocking call could not run. Nothing was sent.
    #[cfg(feature = "blocking")]
    #[error(transparent)]
    NoExecutor(provider_runtime::NoExecutor),
    /// The policy's deadline had passed before the first attempt.
    #[error(
        "the refund was not sent to {provider}, because the policy's deadline had passed before the first \
         attempt: give it a longer deadline and call again"
    )]
    NoTime {
        /// The provider.
        provider: ProviderName,
    },
    /// The refund is in a state in which it must not be tried again.
    #[error("the refund was not tried again: it is `{status}` at {provider}, and {why}")]
    NotRetryable {
        /// The provider.
        provider: ProviderName,
        /// What the provider shows.
        status: String,
        /// Why that forbids it, and what to do instead.
        why: &'static str,
    },
    /// A read was not answered in a way that can be used. Reads change nothing: call again.
    #[error("{cause} (attempts at {provider} {operation}: {attempts}); it is safe to read again")]
    Read {
        /// The provider.
        provider: ProviderName,
        /// The provider crate's operation.
        operation: &'static str,
        /// How many requests were made.
        attempts: u32,
        /// The last error.
        cause: ReadFailure,
    },
}

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadFailure {
    /// The last attempt failed.
    #[error(transparent)]
    Call(CallError),
    /// The answer was about something else than was asked for.
    #[error("the answer is about something else than was asked for")]
    AnswerDiffers,
    /// The policy's deadline passed during an attempt.
    #[error("no answer within the policy's deadline of {after:?}")]
    DeadlinePassed {
        /// The deadline.
        after: Duration,
    },
}

impl ReadFailure {
    /// Whether the same read may be answered otherwise another time: not where the provider refuses it for good, as with
    /// wrong credentials or an id that it does not know, nor where somebody else answers in its place.
    pub fn may_be_read_again(&self) -> bool {
        match self {
            Self::Call(error) => may_be_read_again(error),
            Self::AnswerDiffers | Self::DeadlinePassed { .. } => true,
        }
    }
}

impl RefundError {
    /// The provider's error, with status, headers and raw body where there are any.
    pub fn call_error(&self) -> Option<&CallError> {
        match self {
            Self::InvalidRequest(error)
            | Self::Read {
                cause: ReadFailure::Call(error),
                ..
            } => Some(error),
            _ => None,
        }
    }
}
