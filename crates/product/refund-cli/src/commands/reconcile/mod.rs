//! Settling unknown outcomes: by the provider's API, by an event, or by what a person found out.

mod all;
mod event;

pub(super) use event::settle as by_event;

use anyhow::{Context, Result};
use refunds::{ProviderName, Reconciled, Reference, RefundStatus};
use refunds_journal::{JournalError, JournaledRefunds, Settled as Asked};

use super::{desk::Desk, session::Session, webhook};
use crate::{
    advice::{Advice, Next},
    arguments::{Reconcile, Settled, Settling},
    exit::Exit,
    hint, journal,
    report::{Report, Word},
};

/// Settles an unknown outcome, or all of them.
pub(super) async fn run(reconcile: Reconcile, desk: &mut Desk<'_>) -> Result<Exit> {
    if reconcile.all {
        return all::run(desk).await;
    }
    let provider = reconcile
        .provider
        .context("name the provider and the reference, or --all")?
        .into();
    let reference = reconcile
        .reference
        .clone()
        .context("name the reference after the provider")?;
    let report = match reconcile.settling() {
        Settling::Word(settled) => by_word(settled, provider, &reference, desk).await?,
        Settling::Event(given) => {
            let session = Session::open(provider, desk.options)?;
            // What is wrong with the event's options is told before the journal is looked at.
            let update = webhook::update(provider, &given).await?;
            let refunds = desk.journaled(&session).await?;
            by_event(&refunds, &reference, update).await?
        }
        Settling::Asking => {
            let session = Session::open(provider, desk.options)?;
            let refunds = desk.journaled(&session).await?;
            desk.terminal.progress(&format!(
                "settling it with {provider}, which may take a minute"
            ));
            ask(&refunds, &reference).await?
        }
    };
    Ok(desk.terminal.conclude(&report, Ok(())))
}

/// Asks the provider.
async fn ask(refunds: &JournaledRefunds, reference: &Reference) -> Result<Report> {
    let reconciled = match refunds.reconcile(reference).await {
        Ok(Asked::Now(reconciled)) => reconciled,
        Ok(Asked::Before(entry)) => return Ok(Report::of_accepted_before(&entry)),
        Ok(Asked::NotSent(entry)) if entry.state.is_accepted() => {
            return Ok(Report::of_accepted_before(&entry));
        }
        Ok(Asked::NotSent(entry)) => {
            return Ok(Report {
                outcome: Word::Refused,
                why: Some(
                    "nothing of it had happened when its sender ended, so that it is not in doubt"
                        .to_owned(),
                ),
                retryable: false,
                advice: Some(Advice::new(
                    Next::CallAgain,
                    "call again what was called: it is sent then",
                )),
                ..Report::about(&entry)
            });
        }
        // Whatever kept it from being settled, the refund is in doubt as before.
        Err(JournalError::Refund(error)) => {
            let known = find(refunds, reference).await?;
            return match known.record {
                Some(record) => Ok(Report::of_failed_reconciliation(&record, &error)),
                None => Err(error.into()),
            };
        }
        Err(error) => return Err(error.into()),
    };
    let provider = refunds.refunds().provider();
    let mut report = Report::of_reconciled(&reconciled, reference)
        .advised_by(refunds)
        .await;
    report.provider = Some(provider);
    if let Reconciled::Shown(fetched) = &*reconciled {
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        if status.is_some_and(RefundStatus::is_final) {
            report.retryable = false;
            report.advice = Some(Advice::settle_as_rejected(provider, reference.as_str()));
        }
    }
    Ok(report)
}

/// Puts down what a person found out.
async fn by_word(
    settled: Settled,
    provider: ProviderName,
    reference: &Reference,
    desk: &mut Desk<'_>,
) -> Result<Report> {
    hint::carry_word(match settled {
        Settled::Accepted => "accepted",
        Settled::Rejected => "rejected",
    });
    let session = Session::without_calls(provider, desk.options)?;
    let refunds = desk.journaled(&session).await?;
    let before = find(&refunds, reference).await?;
    let (outcome, entry) = match settled {
        Settled::Accepted if before.state.is_accepted() => {
            // Of one beside which another was accepted it says that somebody has seen to that.
            let entry = refunds.settle_as_accepted(reference).await;
            return Ok(Report::of_accepted_before(&entry.map_err(journal::plain)?));
        }
        Settled::Accepted => (Word::Accepted, refunds.settle_as_accepted(reference).await),
        Settled::Rejected => (Word::Rejected, refunds.settle_as_rejected(reference).await),
    };
    let entry = entry.map_err(journal::plain)?;
    Ok(Report {
        outcome,
        why: Some("recorded as you say; the provider was not asked".to_owned()),
        ..Report::about(&entry)
    })
}

/// What the journal knows of a refund.
async fn find(refunds: &JournaledRefunds, reference: &Reference) -> Result<refunds_journal::Entry> {
    super::show::find(
        refunds.journal(),
        refunds.refunds().provider(),
        refunds.place(),
        reference,
    )
    .await
}
