//! What the facade says, as stories tell it.

use refunds::{
    Fetched, Outcome, Reconciled, RefundError, RefundState, RefundStatus, RejectionReason,
};

use crate::client::{Belief, Receipt, Shown};

pub(super) fn outcome(outcome: Result<Outcome, RefundError>) -> Belief {
    match outcome {
        Ok(Outcome::Pending(receipt)) => Belief::Pending(kept(&receipt)),
        Ok(Outcome::Succeeded(receipt)) => Belief::Succeeded(kept(&receipt)),
        Ok(Outcome::Failed(receipt)) => Belief::Failed(kept(&receipt)),
        Ok(Outcome::Rejected(rejection)) => Belief::Rejected {
            correct: rejection.reason() == RejectionReason::Refused,
        },
        Ok(Outcome::Unknown(doubt)) => Belief::Doubt {
            record: super::text(doubt.record()),
        },
        Err(error) => Belief::Error(error.to_string()),
    }
}

pub(super) fn reconciled(reconciled: Result<Reconciled, RefundError>) -> Belief {
    match reconciled {
        Ok(Reconciled::Pending(receipt)) => Belief::Pending(kept(&receipt)),
        Ok(Reconciled::Succeeded(receipt)) => Belief::Succeeded(kept(&receipt)),
        Ok(Reconciled::Failed(receipt)) => Belief::Failed(kept(&receipt)),
        Ok(Reconciled::Shown(fetched)) => Belief::Shown(fetched.single().map(shown)),
        Ok(Reconciled::StillUnknown(unknown)) => Belief::Doubt {
            record: super::text(unknown.record()),
        },
        Err(error) => Belief::Error(error.to_string()),
    }
}

pub(super) fn fetched(fetched: Result<Fetched, RefundError>) -> Belief {
    match fetched {
        Ok(fetched) => Belief::Shown(fetched.single().map(shown)),
        Err(error) => Belief::Error(error.to_string()),
    }
}

fn shown(state: &RefundState) -> Shown {
    match state.status {
        Some(RefundStatus::Succeeded) => Shown::Succeeded,
        Some(RefundStatus::Failed | RefundStatus::Cancelled) => Shown::Failed,
        _ => Shown::Open,
    }
}

fn kept(receipt: &refunds::Receipt) -> Receipt {
    let mark = receipt
        .retry_mark()
        .and_then(|mark| serde_json::to_string(mark).ok());
    Receipt {
        id: receipt.refund_id().map(str::to_owned),
        mark,
        is_mark_whole: receipt
            .retry_mark()
            .is_some_and(|mark| mark.total_retries.is_some() && mark.timestamp.is_some()),
    }
}
