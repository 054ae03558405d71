//! Settling unknown outcomes.

use anyhow::Result;
use refunds::{Action, InDoubt, ProviderName, Reconciled, Reference, RefundStatus};

use super::{session::Session, webhook};
use crate::{
    arguments::{Options, Settled, Settling, Subject},
    connection::Place,
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
            (Unsettled::InDoubt(record), _) => record_answer(settled, &record, &slot, terminal),
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
    let slot = session.slot(reference, options)?;
    let record = match slot.unsettled()? {
        Unsettled::InDoubt(record) => *record,
        Unsettled::Accepted(accepted) => return already(&accepted, terminal),
    };
    let reconciled = match settling {
        Settling::Event(event) => {
            let update = webhook::update(provider, &event)?;
            session.refunds.reconcile_with_event(&record, &update)
        }
        _ => {
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
