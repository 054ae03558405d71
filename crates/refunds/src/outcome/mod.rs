//! How a write ended, and what to do next.

mod answer;
mod doubt;
mod in_doubt;
mod next_step;
mod receipt;
mod reconciled;
mod rejection;

pub use answer::Answer;
pub use doubt::{Doubt, DoubtCause, Evidence, Hint};
pub use in_doubt::InDoubt;
pub use next_step::NextStep;
pub use receipt::{Fetched, Receipt, RefundState};
pub use reconciled::{Reconciled, StillUnknown};
pub use rejection::{Rejection, RejectionReason};

/// How a write ended.
///
/// There is no fourth way: a call that returns an error instead has sent nothing.
#[derive(Debug)]
#[must_use = "an unknown outcome has to be reconciled, not repeated"]
pub enum Outcome {
    /// The provider accepted it. Whether it has also succeeded is told by its status.
    Accepted(Receipt),
    /// A definite no: nothing has happened.
    Rejected(Rejection),
    /// It may have happened. Do not record it as failed and do not send it again by other means:
    /// reconcile it.
    Unknown(Box<Doubt>),
}

impl Outcome {
    /// The receipt of an accepted write.
    pub fn accepted(&self) -> Option<&Receipt> {
        match self {
            Self::Accepted(receipt) => Some(receipt),
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

    /// What to do next; `None` after an accepted write.
    pub fn next_step(&self) -> Option<NextStep> {
        match self {
            Self::Accepted(_) => None,
            Self::Rejected(rejection) => Some(rejection.next_step()),
            Self::Unknown(doubt) => Some(doubt.next_step()),
        }
    }
}
