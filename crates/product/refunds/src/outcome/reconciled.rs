//! What a reconciliation found.

use std::fmt;

use super::{Evidence, Fetched, Hint, InDoubt, NextStep, Receipt, RefundState};
use crate::{RefundStatus, evidence::Row};

/// What a reconciliation found. A definite no is not among it: no provider documents an answer that
/// would prove that a refund has not happened.
#[derive(Debug)]
#[must_use = "what is still unknown must not be recorded as failed"]
pub enum Reconciled {
    /// The provider has taken it on, and tells no end of it yet.
    Pending(Receipt),
    /// The provider has taken it on, and says that the money was returned.
    Succeeded(Receipt),
    /// The provider has taken it on, and says that it has failed for good.
    Failed(Receipt),
    /// The provider shows this state of the refund, which is the only one there is; whether the call
    /// had a part in it cannot be told. Where the status is not final, read it again.
    Shown(Fetched),
    /// It may have happened.
    StillUnknown(Box<StillUnknown>),
}

impl Reconciled {
    /// What was found of a refund that the provider has taken on, by the status that it tells.
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

    /// What is known of a write that may have happened.
    pub fn still_unknown(&self) -> Option<&StillUnknown> {
        match self {
            Self::StillUnknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

/// What would settle a question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettledBy {
    /// The event that would, in words; `None` where no event of the provider's can.
    pub event: Option<String>,
    /// What to ask the provider's support.
    pub question: String,
}

/// A write that may have happened, after a try to settle the question.
pub struct StillUnknown {
    pub(crate) record: InDoubt,
    pub(crate) why: &'static str,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) candidates: Vec<RefundState>,
    pub(crate) row: Option<&'static Row>,
    pub(crate) next_step: NextStep,
}

impl StillUnknown {
    /// A question that is as open as before.
    pub(crate) fn new(record: &InDoubt, why: &'static str, next_step: NextStep) -> Self {
        Self {
            record: record.clone(),
            why,
            evidence: Evidence::None,
            hint: None,
            candidates: Vec::new(),
            row: None,
            next_step,
        }
    }

    /// What to store until the question is settled, and to reconcile with again. Keep this one and not
    /// the one before: it knows of what was sent meanwhile.
    pub fn record(&self) -> &InDoubt {
        &self.record
    }

    /// The record itself.
    pub fn into_record(self) -> InDoubt {
        self.record
    }

    /// Why it could not be settled.
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// The row of the [evidence](crate::evidence) that keeps it open, where one does.
    pub fn row(&self) -> Option<&'static Row> {
        self.row
    }

    /// Which event would settle it, and what to ask the provider's support.
    pub fn settled_by(&self) -> SettledBy {
        self.record.settled_by()
    }

    /// What the provider answered last, if it was asked.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// A refusal of the repetition.
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Refunds that it may be, the likelier first: for a person to compare. What rules one out is
    /// another amount or currency, or a time before the first attempt.
    pub fn candidates(&self) -> &[RefundState] {
        &self.candidates
    }

    /// What to do next.
    pub fn next_step(&self) -> NextStep {
        self.next_step
    }
}

impl fmt::Display for StillUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InDoubt {
            provider,
            reference,
            ..
        } = &self.record;
        write!(f, "{provider} refund {reference}: {}", self.why)?;
        if let Some(hint) = &self.hint {
            write!(f, ": {}", hint.error())?;
        }
        write!(f, "; {}", self.next_step)
    }
}

impl fmt::Debug for StillUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StillUnknown")
            .field("record", &self.record)
            .field("why", &self.why)
            .field("evidence", &self.evidence)
            .field("hint", &self.hint)
            .field("candidates", &self.candidates)
            .field("row", &self.row.map(|row| row.id))
            .field("next_step", &self.next_step)
            .finish()
    }
}
