//! What the facade believes, to be compared with the ledger.

use refunds::{InDoubt, Outcome, Reconciled, RefundError, RefundStatus, Refunds};
use refunds_sandbox::{Provider, Sandbox};

/// What a caller knows of a refund in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belief {
    Paid,
    NotPaid,
    /// Settled as far as the provider allows: it is for a person.
    Unknown,
}

pub(crate) async fn settled(refunds: &Refunds, outcome: Outcome) -> Belief {
    match outcome {
        Outcome::Pending(_) | Outcome::Succeeded(_) => Belief::Paid,
        Outcome::Failed(_) | Outcome::Rejected(_) => Belief::NotPaid,
        Outcome::Unknown(doubt) => reconciled(refunds, doubt.into_record()).await,
    }
}

pub(crate) async fn reconciled(refunds: &Refunds, mut record: InDoubt) -> Belief {
    // Faults can meet a reconciliation as well.
    for _ in 0..3 {
        match refunds.reconcile(&record).await {
            Ok(Reconciled::Pending(_) | Reconciled::Succeeded(_)) => return Belief::Paid,
            Ok(Reconciled::Failed(_)) => return Belief::NotPaid,
            Ok(Reconciled::Shown(fetched)) => {
                return match fetched.single().unwrap().status {
                    Some(RefundStatus::Failed) => Belief::NotPaid,
                    _ => Belief::Unknown,
                };
            }
            Ok(Reconciled::StillUnknown(unknown)) => record = unknown.into_record(),
            Err(RefundError::Read { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    Belief::Unknown
}

/// Whether what is believed of a refund agrees with what happened to it.
pub(crate) fn agrees(sandbox: &Sandbox, provider: Provider, name: &str, belief: Belief) -> bool {
    let payments = sandbox.ledger().payments(provider, name);
    match belief {
        Belief::Paid => payments == 1,
        Belief::NotPaid => payments == 0,
        Belief::Unknown => payments <= 1,
    }
}
