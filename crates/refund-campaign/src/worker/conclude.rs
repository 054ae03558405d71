//! Brings one refund to its end.

use std::{io, sync::Arc, time::Duration};

use refunds::{
    InDoubt, NextStep, Outcome, Reconciled, Reference, RefundError, RefundStatus, Refunds,
};

use super::note::Note;
use crate::{
    Sabotage,
    case::Case,
    journal::{Event, Journal},
    standing::Standing,
};

/// How often a refund is begun, each time after a definite no.
const ROUNDS: u32 = 4;
/// How often its reconciliation is tried.
const RECONCILIATIONS: u32 = 5;
/// Between two tries, multiplied with their number.
const PAUSE: Duration = Duration::from_millis(100);
/// One in so many calls is dropped in mid-flight.
const DROPPED: u64 = 40;

/// A refund, and what it takes to make it.
pub(super) struct Task<'a> {
    pub(super) client: &'a Refunds,
    pub(super) journal: &'a Arc<Journal>,
    pub(super) sabotage: Option<Sabotage>,
    pub(super) case: Case,
}

/// How a call ended.
enum Called {
    Concluded,
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
    let mut round = 1;
    loop {
        if let Some(record) = doubt.take() {
            match task.sabotage {
                None | Some(Sabotage::BelieveAnybody) => return reconcile(task, record).await,
                Some(Sabotage::CallUnknownFailed) => {
                    return task.note(Event::Rejected { again: false });
                }
                Some(Sabotage::RepeatEverything) if round >= ROUNDS => {
                    return task.note(Event::StillUnknown { record, last: true });
                }
                Some(Sabotage::RepeatEverything) => {}
            }
        }
        match call(task, &reference, round == ROUNDS).await? {
            Called::Concluded => return Ok(()),
            Called::Nothing => {}
            Called::InDoubt(record) => doubt = Some(*record),
        }
        if doubt.is_none() || task.sabotage == Some(Sabotage::RepeatEverything) {
            tokio::time::sleep(PAUSE).await;
            round += 1;
        }
    }
}

async fn call(task: &Task<'_>, reference: &Reference, is_last: bool) -> io::Result<Called> {
    let note = Note::new(task.journal, task.case.number, false);
    let client = task.client.with_observer(note.clone());
    let sending = async {
        match task.case.request() {
            Some(request) => client.create(reference, request).await,
            None => client.retry(reference).await,
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
                let record = InDoubt::interrupted(provider, reference.clone(), action, at);
                task.note(Event::Unknown {
                    record: record.clone(),
                })?;
                Called::InDoubt(Box::new(record))
            }
        });
    };
    match outcome.map_err(io::Error::other)? {
        Outcome::Accepted(_) => {
            task.note(Event::Accepted { reconciled: false })?;
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
            Ok(Reconciled::Accepted(_)) => {
                return task.note(Event::Accepted { reconciled: true });
            }
            Ok(Reconciled::Shown(fetched)) => {
                let status = fetched.single().and_then(|refund| refund.status.as_ref());
                if status == Some(&RefundStatus::Succeeded) {
                    return task.note(Event::Accepted { reconciled: true });
                }
            }
            Ok(Reconciled::StillUnknown(unknown)) => {
                let step = unknown.next_step();
                record = unknown.into_record();
                if step == NextStep::AskTheProvider {
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
}
