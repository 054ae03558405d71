//! Brings one refund to its end.

use std::{io, sync::Arc, time::Duration};

use refunds::{
    InDoubt, Lookup, NextStep, Outcome, Reconciled, Reference, RefundError, RefundStatus, Refunds,
};

use super::note::Note;
use crate::{
    Sabotage,
    case::Case,
    journal::{End, Event, Found, Journal},
    standing::{Standing, Taken},
};

/// How often a refund is begun, each time after a definite no.
const ROUNDS: u32 = 4;
/// How often its reconciliation is tried.
const RECONCILIATIONS: u32 = 5;
/// How often the status of a try is looked at.
const LOOKS: u32 = 20;
/// Between two tries, multiplied with their number.
const PAUSE: Duration = Duration::from_millis(100);
/// One in so many calls is dropped in mid-flight.
const DROPPED: u64 = 40;

/// A refund, and what it takes to make it.
pub(super) struct Task<'a> {
    /// Begins it.
    pub(super) beginning: &'a Refunds,
    /// Reads and reconciles it.
    pub(super) client: &'a Refunds,
    pub(super) journal: &'a Arc<Journal>,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) case: Case,
}

/// How a call ended.
enum Called {
    Concluded,
    /// A try was taken, which may fail later.
    Taken(Taken),
    /// A definite no that permits another try.
    Nothing,
    InDoubt(Box<InDoubt>),
}

/// Brings a refund to its end, from wherever it stands.
pub(super) async fn conclude(task: &Task<'_>, standing: &Standing) -> io::Result<()> {
    let reference = task.case.reference().map_err(io::Error::other)?;
    let mut doubt = standing.in_doubt(&task.case).map_err(io::Error::other)?;
    if let (Standing::Begun { .. }, Some(record)) = (standing, &doubt) {
        let record = record.clone();
        task.note(Event::Unknown { record })?;
    }
    let mut earlier = match standing {
        Standing::Taken(taken) => Some(taken.clone()),
        _ => None,
    };
    let mut round = 1;
    loop {
        if let Some(record) = doubt.take() {
            return match task.sabotage {
                Some(Sabotage::CallUnknownFailed) => task.note(Event::Rejected { again: false }),
                _ => reconcile(task, record).await,
            };
        }
        if earlier.is_some() && !has_failed(task, &reference).await? {
            return Ok(());
        }
        match call(task, &reference, earlier.as_ref(), round >= ROUNDS).await? {
            Called::Concluded => return Ok(()),
            Called::Taken(taken) => earlier = Some(taken),
            Called::InDoubt(record) => doubt = Some(*record),
            Called::Nothing => tokio::time::sleep(PAUSE * round).await,
        }
        round += 1;
    }
}

/// Follows a try that was taken to its end. Whether it is this one that has failed, or what is shown is from
/// before it, is left to the call that tries again.
async fn has_failed(task: &Task<'_>, reference: &Reference) -> io::Result<bool> {
    let lookup = Lookup::KotanipayRefund(reference.clone());
    tokio::time::sleep(PAUSE).await;
    for _ in 0..LOOKS {
        let fetched = task.client.fetch(&lookup).await.ok();
        let single = fetched.as_ref().and_then(|fetched| fetched.single());
        match single.and_then(|refund| refund.status.as_ref()) {
            Some(RefundStatus::Succeeded) => {
                task.note(Event::Accepted {
                    by: Found::Answer,
                    end: End::Succeeded,
                })?;
                return Ok(false);
            }
            Some(RefundStatus::Failed) => return Ok(true),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
    task.note(Event::GivenUp)?;
    Ok(false)
}

async fn call(
    task: &Task<'_>,
    reference: &Reference,
    earlier: Option<&Taken>,
    is_last: bool,
) -> io::Result<Called> {
    let note = Note::new(task.journal, task.case.number, false);
    let client = task.beginning.with_observer(note.clone());
    let sending = async {
        match (task.case.request(), earlier) {
            (Some(request), _) => client.create(reference, request).await.map(Some),
            (None, None) => client.retry(reference).await.map(Some),
            (None, Some(Taken(Some(mark)))) => client.retry_again(reference, mark).await.map(Some),
            // Nothing would tell that the earlier one has run.
            (None, Some(Taken(None))) => Ok(None),
        }
    };
    let patience = if task.case.number % DROPPED == DROPPED - 1 {
        Duration::from_millis(fastrand::u64(0..40))
    } else {
        Duration::MAX
    };
    let Ok(outcome) = tokio::time::timeout(patience, sending).await else {
        return Ok(match note.first() {
            None => Called::Nothing,
            Some(at) => {
                let provider = task.case.provider_name();
                let action = task.case.action();
                let record = InDoubt::interrupted(provider, reference.clone(), action, at)
                    .with_repetitions();
                task.note(Event::Unknown {
                    record: record.clone(),
                })?;
                Called::InDoubt(Box::new(record))
            }
        });
    };
    let outcome = match outcome {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return task.give_up(),
        // Nothing was sent: what an earlier try came to is to be read again.
        Err(RefundError::NotRetryable { .. } | RefundError::Read { .. }) => {
            return if is_last {
                task.give_up()
            } else {
                Ok(Called::Nothing)
            };
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    match outcome {
        Outcome::Pending(receipt) if task.case.fails_first() => {
            let mark = receipt.retry_mark().cloned();
            task.note(Event::Taken { mark: mark.clone() })?;
            Ok(Called::Taken(Taken(mark)))
        }
        Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
            task.note(Event::Accepted {
                by: Found::Answer,
                end: End::of(&receipt),
            })?;
            Ok(Called::Concluded)
        }
        Outcome::Rejected(rejection) => {
            let again = !is_last
                && matches!(
                    rejection.next_step(),
                    NextStep::CallAgain | NextStep::CallAgainLater
                );
            task.note(Event::Rejected { again })?;
            Ok(if again {
                Called::Nothing
            } else {
                Called::Concluded
            })
        }
        Outcome::Unknown(doubt) => {
            let record = doubt.into_record();
            task.note(Event::Unknown {
                record: record.clone(),
            })?;
            Ok(Called::InDoubt(Box::new(record)))
        }
    }
}

async fn reconcile(task: &Task<'_>, mut record: InDoubt) -> io::Result<()> {
    let note = Note::new(task.journal, task.case.number, true);
    let client = task.client.with_observer(note);
    for number in 1..=RECONCILIATIONS {
        match client.reconcile(&record).await {
            Ok(
                Reconciled::Pending(receipt)
                | Reconciled::Succeeded(receipt)
                | Reconciled::Failed(receipt),
            ) => {
                return task.note(Event::Accepted {
                    by: Found::Reconciliation,
                    end: End::of(&receipt),
                });
            }
            // Whether the call had a part in what is shown cannot be told.
            Ok(Reconciled::Shown(_)) => {}
            Ok(Reconciled::StillUnknown(unknown)) => {
                let step = unknown.next_step();
                record = unknown.into_record();
                if matches!(step, NextStep::AskTheProvider | NextStep::AwaitEvent) {
                    break;
                }
                let record = record.clone();
                task.note(Event::StillUnknown {
                    record,
                    last: false,
                })?;
            }
            Err(RefundError::Read { .. }) => {}
            // Not possible at this provider.
            Err(RefundError::Unsupported { .. }) => break,
            Err(error) => return Err(io::Error::other(error)),
        }
        tokio::time::sleep(PAUSE * number).await;
    }
    task.note(Event::StillUnknown { record, last: true })
}

impl Task<'_> {
    fn note(&self, event: Event) -> io::Result<()> {
        self.journal.append(self.case.number, event)
    }

    fn give_up(&self) -> io::Result<Called> {
        self.note(Event::GivenUp)?;
        Ok(Called::Concluded)
    }
}
