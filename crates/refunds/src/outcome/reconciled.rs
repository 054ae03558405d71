//! What a reconciliation found.

use std::fmt;

use super::{Evidence, Fetched, Hint, InDoubt, NextStep, Receipt, RefundState};

/// What a reconciliation found. A definite no is not among it: no provider documents an answer that
/// would prove that a refund has not happened.
#[derive(Debug)]
#[must_use = "what is still unknown must not be recorded as failed"]
pub enum Reconciled {
    /// The provider has accepted it.
    Accepted(Receipt),
    /// The provider shows this state of the refund, which is the only one there is; whether the call
    /// had a part in it cannot be told. Where the status is not final, read it again.
    Shown(Fetched),
    /// It may have happened.
    StillUnknown(Box<StillUnknown>),
}

/// A write that may have happened, after a try to settle the question.
pub struct StillUnknown {
    pub(crate) record: InDoubt,
    pub(crate) why: &'static str,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) candidates: Vec<RefundState>,
    pub(crate) next_step: NextStep,
}

impl StillUnknown {
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

    /// What the provider answered to the last repetition, if there was one.
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
            .field("next_step", &self.next_step)
            .finish()
    }
}
