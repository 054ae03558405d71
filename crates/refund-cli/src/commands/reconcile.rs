//! Settling unknown outcomes.

use anyhow::Result;
use refunds::{InDoubt, ProviderName, Reconciled, Reference, RefundStatus};

use super::session::Session;
use crate::{
    arguments::{Options, Settled, Subject},
    connection::Place,
    exit::Exit,
    records::{Entry, Recorder, Records, RecordsError, Slot, Unsettled},
    report::{Report, Word},
    terminal::Terminal,
};

/// Settles an unknown outcome: by the provider's API, or by what a person found out.
pub(super) async fn run(
    provider: ProviderName,
    reference: &Reference,
    settle: Option<Settled>,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    if let Some(settled) = settle {
        let place = Place::of(provider, options)?;
        let slot = Records::open(options.records.clone())?.slot(&place, provider, reference)?;
        return match (slot.unsettled()?, settled) {
            (Unsettled::InDoubt(record), _) => record_answer(settled, &record, &slot, terminal),
            (Unsettled::Accepted(accepted), Settled::Accepted) => {
                let report = Report::of_accepted_before(subject(provider, reference), &accepted);
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
        Unsettled::Accepted(accepted) => {
            let report = Report::of_accepted_before(subject(provider, reference), &accepted);
            return Ok(terminal.conclude(&report, Ok(())));
        }
    };
    terminal.progress(&format!(
        "settling it with {provider}, which may take a minute"
    ));
    let recorder = Recorder::of_reconciliation(slot.clone(), record.clone());
    let refunds = session.refunds.with_observer(recorder);
    let reconciled = match refunds.reconcile(&record).await {
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
        if status == Some(&RefundStatus::Succeeded) {
            report.outcome = Word::Accepted;
            (report.why, report.next) = (None, None);
        } else if status.is_some_and(RefundStatus::is_final) {
            report.next = Some(format!(
                "once the provider confirms that nothing is under way, `refund reconcile {provider} \
                 {reference} --settle rejected` lets it be tried again"
            ));
        }
    }
    let kept = match reconciled {
        Reconciled::StillUnknown(unknown) => slot.keep(&Entry::in_doubt(unknown.into_record())),
        Reconciled::Accepted(receipt) => accept(&record, receipt.refund_id(), &slot),
        _ if report.outcome == Word::Accepted => accept(&record, None, &slot),
        // The state that is shown may be that from before the call.
        _ => slot.keep(&Entry::in_doubt(record)),
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
            accept(record, None, slot)?;
            Word::Accepted
        }
        Settled::Rejected => {
            slot.clear()?;
            Word::Rejected
        }
    };
    let report = Report {
        outcome,
        provider: Some(record.provider()),
        reference: Some(record.reference().clone()),
        why: Some("recorded as you say; the provider was not asked".to_owned()),
        ..Report::default()
    };
    Ok(terminal.conclude(&report, Ok(())))
}

fn accept(record: &InDoubt, refund_id: Option<&str>, slot: &Slot) -> Result<(), RecordsError> {
    slot.keep(&Entry::accepted(record.action().clone(), refund_id))
}

fn subject(provider: ProviderName, reference: &Reference) -> Subject {
    Subject {
        provider: Some(provider),
        reference: Some(reference.clone()),
    }
}
