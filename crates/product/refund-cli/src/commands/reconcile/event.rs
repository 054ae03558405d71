//! Settling by an event.

use std::time::SystemTime;

use anyhow::{Result, anyhow};
use refunds::{
    InDoubt, Reconciled, Reference,
    webhooks::{Change, RefundUpdate},
};
use refunds_journal::{Entry, JournalError, JournaledRefunds, State};

use super::find;
use crate::{advice::Advice, journal, report::Report};

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
    if let Some(why) = ignored(&judged) {
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
    let receipt = judged.accepted();
    let told_id = receipt.and_then(refunds::Receipt::refund_id);
    if let Some(why) = of_a_second(&told.entry, told_id) {
        return Ok(contradicted(&told.entry, &why));
    }
    let judged_status = receipt.and_then(refunds::Receipt::status);
    let is_taken = told.entry.status.as_ref() == judged_status;
    Ok(match told.change {
        _ if !is_accepted && is_taken => about(&judged, &entry).advised_by(refunds).await,
        Change::Applied if is_taken => Report::of_accepted_before(&told.entry),
        Change::Corrected { from, to } if is_taken => Report {
            why: Some(format!(
                "the event corrects what was told before: {from} then, {to} now; ask the provider how that came"
            )),
            advice: is_failed(&told.entry).then(Advice::failed_and_more),
            ..Report::of_accepted_before(&told.entry)
        },
        Change::Undecided { .. } if is_taken => Report {
            why: told.entry.why.clone(),
            ..Report::of_accepted_before(&told.entry)
        },
        change => contradicted(&told.entry, &because(&change)),
    })
}

/// Why an event is about another refund than the one that is on record, if it is.
fn of_a_second(entry: &Entry, told: Option<&str>) -> Option<String> {
    let (known, told) = (entry.refund_id.as_deref()?, told?);
    (known != told).then(|| {
        format!(
            "it carries the reference and is about {told}, while {known} is on record: a second refund may \
             have been made under it, so ask the provider"
        )
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
    let is_accepted = entry.state.is_accepted();
    let first = match entry.first_sent_at {
        Some(first) => first,
        // Of what was accepted elsewhere it is not known.
        None if is_accepted => SystemTime::UNIX_EPOCH,
        None => entry.created_at,
    };
    let record = InDoubt::interrupted(entry.provider, entry.reference.clone(), action, first);
    let record = record.with_quiet_since(SystemTime::now());
    // Of a refund that is known by its id, what is told is its own.
    Some(match is_accepted && entry.refund_id.is_some() {
        true => record.of_one_refund(),
        false => record,
    })
}

/// Why an event does not count for this refund, if it does not.
fn ignored(judged: &Reconciled) -> Option<String> {
    match judged {
        _ if judged.accepted().is_some() => None,
        Reconciled::StillUnknown(unknown) => Some(unknown.why().to_owned()),
        _ => Some("it tells nothing of it".to_owned()),
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

/// The same where the event says something else of a refund than the end that is known.
fn contradicted(entry: &Entry, why: &str) -> Report {
    let unchanged = unchanged(entry, why);
    Report {
        advice: is_failed(entry)
            .then(Advice::failed_and_more)
            .or(unchanged.advice),
        ..unchanged
    }
}

fn is_failed(entry: &Entry) -> bool {
    entry.state == State::Failed
}

fn because(change: &Change) -> String {
    match change {
        Change::Duplicate => "it was taken before".to_owned(),
        Change::Stale => "it is older than what is known".to_owned(),
        Change::Contradictory { .. } => "it contradicts itself".to_owned(),
        Change::OtherRefund => "it is about another refund".to_owned(),
        Change::NothingTold => "it says nothing of the status".to_owned(),
        Change::Applied | Change::Corrected { .. } => {
            "it is about one of several attempts, or about a refund of another reference".to_owned()
        }
        _ => "it tells another status than the end that is on record, and which is the newer is not known: \
              fetch it to see"
            .to_owned(),
    }
}
