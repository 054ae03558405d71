//! Brings one refund to its end.

use std::{future::Future, io, pin::Pin, sync::Arc, time::Duration};

use refunds::{
    Action, InDoubt, Lookup, NextStep, Outcome, Reconciled, RefundError, RefundStatus, Refunds,
    webhooks::RefundUpdate,
};

use super::{
    journal::{End, Event, Found, Journal},
    note::Note,
    refund::Refund,
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

/// How many events are waited for that settle it.
const EVENTS: u32 = 4;
/// One in so many refunds that are in doubt looks for an event before it asks.
const TOLD_FIRST: u64 = 4;

/// A refund, and what it takes to make it.
pub struct Task {
    pub hand: Hand,
    pub journal: Arc<Journal>,
    pub refund: Refund,
}

/// What makes a refund.
#[derive(Clone)]
pub struct Hand {
    /// Begins it.
    pub beginning: Refunds,
    /// Reads and reconciles it.
    pub client: Refunds,
    /// Where its events are, if any come while it is made.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// A mistake that the campaign has to find: an unknown outcome is written down as failed.
    pub calls_unknown_failed: bool,
}

/// Where a provider's events are.
pub trait Mailbox: Send + Sync {
    /// The next event about a refund, as it was verified and read; `None` where none came, or none that was taken.
    fn update<'a>(&'a self, refund: u64)
    -> Pin<Box<dyn Future<Output = Option<Told>> + Send + 'a>>;

    /// An event that nobody should have believed has settled a refund.
    fn believed<'a>(&'a self, refund: u64) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// An event that was taken for the provider's.
#[derive(Debug)]
pub struct Told {
    pub update: RefundUpdate,
    /// It is one that settles what it is about.
    pub is_true: bool,
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
pub async fn conclude(task: &Task, standing: &Standing) -> io::Result<()> {
    let mut doubt = standing.in_doubt(&task.refund);
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
            return match task.hand.calls_unknown_failed {
                true => task.note(Event::Rejected { again: false }),
                false => reconcile(task, record).await,
            };
        }
        if let (Some(_), Some(lookup)) = (&earlier, &task.refund.followed_by)
            && !has_failed(task, lookup).await?
        {
            return Ok(());
        }
        match call(task, earlier.as_ref(), round >= ROUNDS).await? {
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
async fn has_failed(task: &Task, lookup: &Lookup) -> io::Result<bool> {
    tokio::time::sleep(PAUSE).await;
    for _ in 0..LOOKS {
        let fetched = task.hand.client.fetch(lookup).await.ok();
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

async fn call(task: &Task, earlier: Option<&Taken>, is_last: bool) -> io::Result<Called> {
    let note = Note::new(&task.journal, task.refund.number, false);
    let client = task.hand.beginning.with_observer(note.clone());
    let reference = &task.refund.reference;
    let sending = async {
        match (task.refund.action.clone(), earlier) {
            (Action::Create(request), _) => client.create(reference, request).await.map(Some),
            (Action::SubmitInvoice(invoice), _) => {
                client.submit_invoice(reference, invoice).await.map(Some)
            }
            (_, None) => client.retry(reference).await.map(Some),
            (_, Some(Taken(Some(mark)))) => client.retry_again(reference, mark).await.map(Some),
            // Nothing would tell that the earlier one has run.
            (_, Some(Taken(None))) => Ok(None),
        }
    };
    let patience = if task.refund.number % DROPPED == DROPPED - 1 {
        Duration::from_millis(fastrand::u64(0..40))
    } else {
        Duration::MAX
    };
    let Ok(outcome) = tokio::time::timeout(patience, sending).await else {
        return Ok(match note.first() {
            None => Called::Nothing,
            Some(at) => {
                let record = task.refund.interrupted(at);
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
        Outcome::Pending(receipt) if task.refund.followed_by.is_some() => {
            let mark = receipt.retry_mark().cloned();
            task.note(Event::Taken { mark: mark.clone() })?;
            Ok(Called::Taken(Taken(mark)))
        }
        Outcome::Pending(_) => task.answered(End::Open),
        Outcome::Succeeded(_) => task.answered(End::Succeeded),
        Outcome::Failed(_) => task.answered(End::Failed),
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

/// Settles what is in doubt, as far as it can be.
pub async fn reconcile(task: &Task, mut record: InDoubt) -> io::Result<()> {
    // Some hear of it before they ask, or nobody would read an event where reads tell everything.
    if let Some(mailbox) = &task.hand.mailbox
        && task.refund.number.is_multiple_of(TOLD_FIRST)
    {
        match open_mail(task, mailbox.as_ref(), record).await? {
            None => return Ok(()),
            Some(left) => record = left,
        }
    }
    let note = Note::new(&task.journal, task.refund.number, true);
    let client = task.hand.client.with_observer(note);
    for number in 1..=RECONCILIATIONS {
        let reconciled = client.reconcile(&record).await;
        if let Some(end) = reconciled.as_ref().ok().and_then(End::of) {
            let by = Found::Reconciliation;
            return task.note(Event::Accepted { by, end });
        }
        match reconciled {
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
            // Whether the call had a part in what is shown cannot be told.
            Ok(_) | Err(RefundError::Read { .. }) => {}
            // Not possible at this provider.
            Err(RefundError::Unsupported { .. }) => break,
            Err(error) => return Err(io::Error::other(error)),
        }
        tokio::time::sleep(PAUSE * number).await;
    }
    if let Some(mailbox) = &task.hand.mailbox {
        for number in 1..=EVENTS {
            match open_mail(task, mailbox.as_ref(), record).await? {
                None => return Ok(()),
                Some(left) => record = left,
            }
            tokio::time::sleep(PAUSE * number).await;
        }
    }
    task.note(Event::StillUnknown { record, last: true })
}

/// Reads the next event, if there is one; gives back what it leaves in doubt.
async fn open_mail(
    task: &Task,
    mailbox: &dyn Mailbox,
    record: InDoubt,
) -> io::Result<Option<InDoubt>> {
    let Some(Told { update, is_true }) = mailbox.update(task.refund.number).await else {
        return Ok(Some(record));
    };
    let reconciled = match task.hand.client.reconcile_with_event(&record, &update) {
        Ok(Reconciled::StillUnknown(unknown)) => return Ok(Some(unknown.into_record())),
        Ok(reconciled) => reconciled,
        // It is about another refund, or none that can be told.
        Err(_) => return Ok(Some(record)),
    };
    let Some(end) = End::of(&reconciled) else {
        return Ok(Some(record));
    };
    if !is_true {
        mailbox.believed(task.refund.number).await;
    }
    let by = Found::Event;
    task.note(Event::Accepted { by, end })?;
    Ok(None)
}

impl Task {
    fn note(&self, event: Event) -> io::Result<()> {
        self.journal.append(self.refund.number, event)
    }

    fn answered(&self, end: End) -> io::Result<Called> {
        let by = Found::Answer;
        self.note(Event::Accepted { by, end })?;
        Ok(Called::Concluded)
    }

    fn give_up(&self) -> io::Result<Called> {
        self.note(Event::GivenUp)?;
        Ok(Called::Concluded)
    }
}

#[cfg(test)]
mod tests {
    use refunds::{
        Reference, RetryPolicy, TazapayRefund,
        testing::{DOUBLE, Double, Ending},
    };

    use super::*;

    /// What the journal says of a refund that went so.
    fn written(endings: &[Ending]) -> Vec<Event> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let double = Double::new();
        for ending in endings {
            double.ends(*ending);
        }
        let once = RetryPolicy::default()
            .with_max_attempts(1)
            .with_settle_after(Duration::from_millis(1));
        let client = double.refunds().unwrap().with_policy(once);
        let request = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse().unwrap());
        let task = Task {
            hand: Hand {
                beginning: client.clone(),
                client,
                mailbox: None,
                calls_unknown_failed: false,
            },
            journal: Arc::new(Journal::open(&path).unwrap().0),
            refund: Refund {
                number: 1,
                provider: DOUBLE,
                reference: Reference::new("r-1").unwrap(),
                action: Action::Create(request.into()),
                followed_by: None,
            },
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(conclude(&task, &Standing::Fresh)).unwrap();
        let (_, lines) = Journal::open(&path).unwrap();
        lines.into_iter().map(|line| line.event).collect()
    }

    #[test]
    fn each_outcome_is_written_down_as_it_was_told() {
        for (ending, end) in [
            (Ending::Pending, End::Open),
            (Ending::Succeeded, End::Succeeded),
            (Ending::Failed, End::Failed),
        ] {
            let events = written(&[ending]);
            assert!(matches!(events.first(), Some(Event::Started { .. })));
            let by = Found::Answer;
            assert_eq!(events.last(), Some(&Event::Accepted { by, end }));
        }
        let events = written(&[Ending::Rejected]);
        assert_eq!(events.last(), Some(&Event::Rejected { again: false }));
    }

    #[test]
    fn what_is_in_doubt_is_written_down_before_it_is_asked_for() {
        let events = written(&[Ending::Lost]);
        assert!(matches!(events.get(1), Some(Event::Unknown { .. })));
        let by = Found::Reconciliation;
        assert!(matches!(events.last(), Some(Event::Accepted { by: found, .. }) if *found == by));
        let events = written(&[Ending::LostBefore]);
        assert!(matches!(
            events.last(),
            Some(Event::StillUnknown { last: true, .. })
        ));
    }
}
