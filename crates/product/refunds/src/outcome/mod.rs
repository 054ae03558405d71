//! How a write ended, and what to do next.

mod answer;
mod doubt;
mod in_doubt;
mod next_step;
mod receipt;
mod reconciled;
mod rejection;
mod retry_mark;

use crate::RefundStatus;

pub use answer::{Answer, OwnAnswer};
pub use doubt::{Doubt, DoubtCause, Evidence, Hint};
pub use in_doubt::InDoubt;
pub use next_step::NextStep;
pub use receipt::{Fetched, Receipt, RefundState};
pub use reconciled::{Reconciled, SettledBy, StillUnknown};
pub use rejection::{Rejection, RejectionReason};
pub use retry_mark::RetryMark;

/// How a write ended.
///
/// There is no other way: a call that returns an error instead has sent nothing. Which member, status or
/// code decided is a row of the [evidence](crate::evidence).
#[derive(Debug)]
#[must_use = "an unknown outcome has to be reconciled, not repeated"]
pub enum Outcome {
    /// The provider has taken it on, and tells no end of it yet.
    Pending(Receipt),
    /// The provider has taken it on, and says that the money was returned.
    Succeeded(Receipt),
    /// The provider has taken it on, and says that it has failed for good: the refund exists there, and no
    /// money was returned by it.
    Failed(Receipt),
    /// A definite no: nothing has happened.
    Rejected(Rejection),
    /// It may have happened. Do not record it as failed and do not send it again by other means:
    /// reconcile it.
    Unknown(Box<Doubt>),
}

impl Outcome {
    /// The outcome of a write that the provider has taken on, by the status that it tells.
    pub(crate) fn of(receipt: Receipt) -> Self {
        match receipt.status() {
            Some(RefundStatus::Succeeded) => Self::Succeeded(receipt),
            Some(RefundStatus::Failed | RefundStatus::Cancelled) => Self::Failed(receipt),
            _ => Self::Pending(receipt),
        }
    }

    /// The receipt of a write that the provider has taken on, whatever became of the refund.
    pub fn accepted(&self) -> Option<&Receipt> {
        match self {
            Self::Pending(receipt) | Self::Succeeded(receipt) | Self::Failed(receipt) => {
                Some(receipt)
            }
            _ => None,
        }
    }

    /// The receipt of a refund that the provider has taken on and that has failed for good.
    pub fn failed(&self) -> Option<&Receipt> {
        match self {
            Self::Failed(receipt) => Some(receipt),
            _ => None,
        }
    }

    /// The rejection of a write that has not happened.
    pub fn rejected(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            _ => None,
        }
    }

    /// What is known of a write that may have happened.
    pub fn unknown(&self) -> Option<&Doubt> {
        match self {
            Self::Unknown(doubt) => Some(doubt),
            _ => None,
        }
    }

    /// What to do next; `None` after a write that the provider has taken on.
    pub fn next_step(&self) -> Option<NextStep> {
        match self {
            Self::Pending(_) | Self::Succeeded(_) | Self::Failed(_) => None,
            Self::Rejected(rejection) => Some(rejection.next_step()),
            Self::Unknown(doubt) => Some(doubt.next_step()),
        }
    }
}
