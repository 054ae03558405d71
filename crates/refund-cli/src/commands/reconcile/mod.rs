//! Settling unknown outcomes.

use std::time::SystemTime;

use anyhow::Result;
use refunds::{
    Action, DoubtCause, InDoubt, ProviderName, Reconciled, Reference, RefundStatus,
    webhooks::RefundUpdate,
};

use super::{session::Session, webhook};
use crate::{
    arguments::{Options, Settled, Settling, Subject},
    connection::{Place, SETTLE_AFTER},
    exit::Exit,
    records::{Accepted, Entry, Recorder, Records, RecordsError, Slot, Unsettled},
    report::{Report, Word},
    terminal::Terminal,
};

/// Settles an unknown outcome: by the provider's API, by an event, or by what a person found out.
pub(super) async fn run(
    provider: ProviderName,
    reference: &Reference,
    settling: Settling,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let already = |accepted: &Accepted, terminal: &mut Terminal| {
        let report = Report::of_accepted_before(subject(provider, reference), accepted);
        Ok(terminal.conclude(&report, Ok(())))
    };
    if let Settling::Word(settled) = settling {
        let place = Place::of(provider, options)?;
        let slot = Records::open(options.records.clone())?.slot(&place, provider, reference)?;
        return match (slot.unsettled()?, settled) {
            (Unsettled::InDoubt(record), _) => {
                if settled == Settled::Rejected {
                    check_that_it_can_be_told(&record, &slot)?;
                }
                record_answer(settled, &record, &slot, terminal)
            }
            (Unsettled::Accepted(accepted), Settled::Accepted) => already(&accepted, terminal),
            // A retry has no refund of its own: the provider's word that none is queued clears the way.
            (Unsettled::Accepted(accepted), Settled::Rejected)
                if !matches!(*accepted.action, Action::Create(_)) =>
            {
                slot.clear()?;
                let report = by_word(Word::Rejected, provider, reference);
                Ok(terminal.conclude(&report, Ok(())))
            }
            (Unsettled::Accepted(accepted), Settled::Rejected) => Err(RecordsError::Contradicted {
                provider,
                reference: reference.clone(),
                refund_id: accepted.refund_id,
            }
            .into()),
        };
    }
    let session = Session::open(provider, options)?;
    // What is wrong with the event's options is told before the records are looked at.
    let update = match &settling {
        Settling::Event(event) => Some(webhook::update(provider, event)?),
        _ => None,
    };
    let slot = session.slot(reference, options)?;
    let record = match (slot.unsettled()?, &update) {
        (Unsettled::InDoubt(record), _) => *record,
        (Unsettled::Accepted(accepted), None) => return already(&accepted, terminal),
        (Unsettled::Accepted(accepted), Some(update)) => {
            return told_of_accepted(&session, &slot, reference, accepted, update, terminal);
        }
    };
    let reconciled = match update {
        Some(Ok(update)) => session.refunds.reconcile_with_event(&record, &update),
        Some(Err(error)) => {
            let report = Report::of_disbelief(&record, &error);
            return Ok(terminal.conclude(&report, Ok(())));
        }
        None => {
            terminal.progress(&format!(
                "settling it with {provider}, which may take a minute"
            ));
            let recorder = Recorder::of_reconciliation(slot.clone(), record.clone());
            let refunds = session.refunds.with_observer(recorder);
            refunds.reconcile(&record).await
        }
    };
    let reconciled = match reconciled {
        Ok(reconciled) => reconciled,
        // Whatever kept it from being settled, the refund is in doubt as before.
        Err(error) => {
            let report = Report::of_failed_reconciliation(&record, &error);
            return Ok(terminal.conclude(&report, Ok(())));
        }
    };
    let mut report = Report::of_reconciled(&reconciled, reference);
    report.provider = Some(provider);
    if let Reconciled::Shown(fetched) = &reconciled {
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        if status.is_some_and(RefundStatus::is_final) {
            report.next = Some(format!(
                "once the provider confirms that nothing is under way, `refund reconcile {provider} \
                 {reference} --settle rejected` lets it be tried again"
            ));
        }
    }
    let kept = match reconciled {
        Reconciled::StillUnknown(unknown) => slot.keep(&Entry::in_doubt(unknown.into_record())),
        Reconciled::Pending(receipt)
        | Reconciled::Succeeded(receipt)
        | Reconciled::Failed(receipt) => {
            slot.keep(&Entry::of_receipt(record.action().clone(), &receipt))
        }
        // The state that is shown may be that from before the call.
        Reconciled::Shown(_) => slot.keep(&Entry::in_doubt(record)),
    };
    Ok(terminal.conclude(&report, kept))
}

/// What an event tells of a refund that was accepted before: its status, which takes the place of the one on
/// record unless that was an end already.
fn told_of_accepted(
    session: &Session,
    slot: &Slot,
    reference: &Reference,
    mut accepted: Accepted,
    update: &Result<RefundUpdate>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let provider = session.provider;
    let told = match update {
        Ok(update) => {
            let action = (*accepted.action).clone();
            let record = InDoubt::interrupted(provider, reference.clone(), action, accepted.at);
            let judged = session.refunds.reconcile_with_event(&record, update)?;
            told(&judged, &accepted)
        }
        Err(error) => Err(format!("{error:#}")),
    };
    let (why, kept) = match told {
        Ok((status, refund_id)) => {
            accepted.status = status;
            accepted.refund_id = refund_id.or(accepted.refund_id);
            (None, slot.keep(&Entry::Accepted(accepted.clone())))
        }
        Err(why) => (Some(why), Ok(())),
    };
    let mut report = Report::of_accepted_before(subject(provider, reference), &accepted);
    if let Some(why) = why {
        report.why = Some(format!(
            "it was accepted before, and the event changed nothing of that: {why}"
        ));
    }
    Ok(terminal.conclude(&report, kept))
}

/// The status and the id that an event tells of a refund that was accepted before, or why they do not count.
fn told(
    judged: &Reconciled,
    accepted: &Accepted,
) -> Result<(Option<RefundStatus>, Option<String>), String> {
    let Some(receipt) = judged.accepted() else {
        return Err(match judged {
            Reconciled::StillUnknown(unknown) => unknown.why().to_owned(),
            _ => "it tells nothing of it".to_owned(),
        });
    };
    let (known, told) = (&accepted.refund_id, receipt.refund_id());
    if let (Some(known), Some(told)) = (known, told)
        && known != told
    {
        return Err(format!(
            "it carries the reference and is about {told}, while {known} is on record: a second refund may \
             have been made under it, so ask the provider"
        ));
    }
    let has_ended = accepted.status.as_ref().is_some_and(RefundStatus::is_final);
    if has_ended && receipt.status() != accepted.status.as_ref() {
        return Err(
            "it tells another status than the end that is on record, and which is the newer is not known: \
             read it with `refund fetch`"
                .to_owned(),
        );
    }
    Ok((receipt.status().cloned(), told.map(str::to_owned)))
}

/// Nobody can know that there will be no refund while its request can still be under way.
fn check_that_it_can_be_told(record: &InDoubt, slot: &Slot) -> Result<(), RecordsError> {
    // A refusal is an answer: nothing is under way after it.
    if record.cause() == DoubtCause::MayExistAlready {
        return Ok(());
    }
    let quiet_for = SystemTime::now()
        .duration_since(slot.quiet_since()?)
        .unwrap_or_default();
    let wait = SETTLE_AFTER.saturating_sub(quiet_for);
    if wait.is_zero() {
        return Ok(());
    }
    Err(RecordsError::MayBeUnderWay {
        provider: record.provider(),
        reference: record.reference().clone(),
        seconds: wait.as_secs() + 1,
    })
}

fn record_answer(
    settled: Settled,
    record: &InDoubt,
    slot: &Slot,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let outcome = match settled {
        Settled::Accepted => {
            slot.keep(&Entry::by_word(record.action().clone()))?;
            Word::Accepted
        }
        Settled::Rejected => {
            slot.clear()?;
            Word::Rejected
        }
    };
    let report = by_word(outcome, record.provider(), record.reference());
    Ok(terminal.conclude(&report, Ok(())))
}

fn by_word(outcome: Word, provider: ProviderName, reference: &Reference) -> Report {
    Report {
        outcome,
        provider: Some(provider),
        reference: Some(reference.clone()),
        why: Some("recorded as you say; the provider was not asked".to_owned()),
        ..Report::default()
    }
}

fn subject(provider: ProviderName, reference: &Reference) -> Subject {
    Subject {
        provider: Some(provider),
        reference: Some(reference.clone()),
    }
}
