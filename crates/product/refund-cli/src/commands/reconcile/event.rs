//! Settling by an event.

use std::time::SystemTime;

use anyhow::{Result, anyhow};
use refunds::{
    InDoubt, Reconciled, Reference,
    webhooks::{Change, RefundUpdate},
};
use refunds_journal::{Entry, JournalError, JournaledRefunds, State};

use super::find;
use crate::{journal, report::Report};

/// Settles a refund by an event, if that was believed.
pub(in crate::commands) async fn settle(
    refunds: &JournaledRefunds,
    reference: &Reference,
    update: Result<RefundUpdate>,
) -> Result<Report> {
    let entry = find(refunds, reference).await?;
    let Some(record) = judged_against(&entry) else {
        return of_forgotten(refunds, &entry, update).await;
    };
    let is_accepted = entry.state.is_accepted();
    let is_in_doubt = matches!(entry.state, State::Sending | State::InDoubt);
    let not_in_doubt = || JournalError::NotInDoubt {
        provider: entry.provider,
        reference: entry.reference.clone(),
        state: entry.state,
    };
    let update = match update {
        Ok(update) => update,
        Err(error) if is_accepted => return Ok(unchanged(&entry, &format!("{error:#}"))),
        Err(error) if is_in_doubt => return Ok(Report::of_disbelief(&record, &error)),
        Err(_) => return Err(not_in_doubt().into()),
    };
    let judged = match refunds.refunds().reconcile_with_event(&record, &update) {
        Ok(judged) => judged,
        Err(error) if is_in_doubt => {
            return Ok(Report::of_failed_reconciliation(&record, &error));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(why) = ignored(&judged, &entry) {
        return match (is_accepted, is_in_doubt) {
            (true, _) => Ok(unchanged(&entry, &why)),
            (_, true) => Ok(about(&judged, &entry)),
            _ => Err(not_in_doubt().into()),
        };
    }
    // It is about this refund: what it says is put down under the reference that it repeats.
    let told = refunds
        .apply_to(reference, &update)
        .await
        .map_err(journal::plain)?;
    if !told.entry.state.is_accepted() {
        let error = anyhow!("the event settles nothing: {}", because(&told.change));
        return Ok(Report::of_disbelief(&record, &error));
    }
    let judged_status = judged.accepted().and_then(refunds::Receipt::status);
    let is_taken = told.entry.status.as_ref() == judged_status;
    Ok(match told.change {
        _ if !is_accepted && is_taken => about(&judged, &entry),
        Change::Applied if is_taken => Report::of_accepted_before(&told.entry),
        Change::Corrected { from, to } if is_taken => Report {
            why: Some(format!(
                "the event corrects what was told before: {from} then, {to} now; ask the provider how that came"
            )),
            ..Report::of_accepted_before(&told.entry)
        },
        change => unchanged(&told.entry, &because(&change)),
    })
}

/// The request was forgotten, and an event names the refund by its id.
async fn of_forgotten(
    refunds: &JournaledRefunds,
    entry: &Entry,
    update: Result<RefundUpdate>,
) -> Result<Report> {
    let told = refunds
        .apply_to(&entry.reference, &update?)
        .await
        .map_err(journal::plain)?;
    let has_changed = told.entry.state != entry.state || told.entry.status != entry.status;
    Ok(match has_changed && told.entry.state.is_accepted() {
        true => Report::of_accepted_before(&told.entry),
        false => unchanged(&told.entry, &because(&told.change)),
    })
}

/// What an event is judged against: what is on record, or the request.
fn judged_against(entry: &Entry) -> Option<InDoubt> {
    if let Some(record) = &entry.record {
        return Some(record.clone());
    }
    let action = entry.action.clone()?;
    let first = entry.first_sent_at.unwrap_or(entry.created_at);
    let record = InDoubt::interrupted(entry.provider, entry.reference.clone(), action, first);
    Some(record.with_quiet_since(SystemTime::now()))
}

/// Why an event does not count for this refund, if it does not.
fn ignored(judged: &Reconciled, entry: &Entry) -> Option<String> {
    let Some(receipt) = judged.accepted() else {
        return Some(match judged {
            Reconciled::StillUnknown(unknown) => unknown.why().to_owned(),
            _ => "it tells nothing of it".to_owned(),
        });
    };
    match (&entry.refund_id, receipt.refund_id()) {
        (Some(known), Some(told)) if known != told => Some(format!(
            "it carries the reference and is about {told}, while {known} is on record: a second refund may \
             have been made under it, so ask the provider"
        )),
        _ => None,
    }
}

/// What was judged of an event about a refund that was not known to have happened.
fn about(judged: &Reconciled, entry: &Entry) -> Report {
    Report {
        provider: Some(entry.provider),
        ..Report::of_reconciled(judged, &entry.reference)
    }
}

fn unchanged(entry: &Entry, why: &str) -> Report {
    Report {
        why: Some(format!(
            "it was accepted before, and the event changed nothing of that: {why}"
        )),
        ..Report::of_accepted_before(entry)
    }
}

fn because(change: &Change) -> String {
    match change {
        Change::Duplicate => "it was taken before".to_owned(),
        Change::Stale => "it is older than what is known".to_owned(),
        Change::Contradictory { .. } => "it contradicts itself".to_owned(),
        Change::OtherRefund => "it is about another refund".to_owned(),
        Change::NothingTold => "it says nothing of the status".to_owned(),
        _ => "it tells another status than the end that is on record, and which is the newer is not known: \
              fetch it to see"
            .to_owned(),
    }
}
