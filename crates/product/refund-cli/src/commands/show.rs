//! What the journal knows of one refund.

use std::fmt::Write as _;

use anyhow::Result;
use refunds::{Money, ProviderName, Reference};
use refunds_journal::{Entry, Fact, Journal, JournalError, Place};
use schemars::JsonSchema;
use serde::Serialize;

use super::{desk::Desk, list::Shown};
use crate::{
    advice::Advice,
    connection,
    exit::Exit,
    printed::Printed,
    report::{advice, line},
    terminal::{look, printable, wrapped},
    time::written,
};

/// A refund with its history, and what would settle it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Detail {
    #[serde(flatten)]
    refund: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    settling_event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    /// What to do next, where something is to be done.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    advice: Option<Advice>,
    history: Vec<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<String>,
}

/// One thing that was learnt of it.
#[derive(Serialize, JsonSchema)]
struct Told {
    at: String,
    source: String,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<Fact> for Told {
    fn from(fact: Fact) -> Self {
        Self {
            at: written(fact.at),
            source: fact.source,
            what: fact.what,
            detail: fact.detail,
        }
    }
}

/// Shows it.
pub(super) async fn run(
    provider: ProviderName,
    reference: &Reference,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let place = connection::Place::of(provider, desk.options)?.name(provider);
    let journal = desk.journal().await?;
    let entry = find(&journal, provider, &place, reference).await?;
    let history = journal.history(provider, &place, reference).await?;
    let settled_by = entry.settled_by();
    let detail = Detail {
        refund: Shown::from(&entry),
        settling_event: settled_by.as_ref().and_then(|by| by.event.clone()),
        question: settled_by.map(|by| by.question),
        advice: Advice::of_entry(&entry),
        history: history.into_iter().map(Told::from).collect(),
        journal: desk.terminal.journal().map(str::to_owned),
    };
    if desk.terminal.is_json() {
        desk.terminal.object(&Printed::RefundHistory(&detail))?;
    } else {
        desk.terminal.text(&detail.to_text())?;
    }
    Ok(Exit::Done)
}

/// What the journal knows of a refund.
///
/// # Errors
/// It knows nothing of it.
pub(super) async fn find(
    journal: &Journal,
    provider: ProviderName,
    place: &Place,
    reference: &Reference,
) -> Result<Entry> {
    let entry = journal.find(provider, place, reference).await?;
    let not_known = || JournalError::NotKnown {
        provider,
        reference: reference.clone(),
        place: place.to_string(),
    };
    Ok(entry.ok_or_else(not_known)?)
}

impl Detail {
    fn to_text(&self) -> String {
        let refund = &self.refund;
        let mut text = format!(
            "{} {}, {}\n",
            refund.provider, refund.reference, refund.state
        );
        line(&mut text, "place", Some(&refund.place));
        line(&mut text, "payment", Some(&refund.payment));
        let amount = refund.amount.as_ref().map(Money::to_string);
        line(
            &mut text,
            "amount",
            Some(amount.unwrap_or_else(|| "everything".to_owned())),
        );
        line(&mut text, "id", refund.refund_id.as_ref());
        line(&mut text, "status", refund.status.as_ref());
        line(&mut text, "why", refund.why.as_ref());
        line(&mut text, "row", refund.row.as_ref());
        line(&mut text, "attempts", Some(refund.attempts));
        line(&mut text, "waits", refund.waits_since.as_ref());
        line(&mut text, "event", self.settling_event.as_ref());
        line(&mut text, "ask", self.question.as_ref());
        let forgotten = refund.forgotten.then_some("forgotten");
        line(&mut text, "request", forgotten);
        advice(&mut text, self.advice.as_ref());
        line(&mut text, "journal", self.journal.as_ref());
        text.push('\n');
        for told in &self.history {
            let mut entry = format!(
                "{}  {:<14}  {}",
                told.at,
                printable(&told.source),
                printable(&told.what)
            );
            if let Some(detail) = &told.detail {
                let _ = write!(entry, ": {}", printable(detail));
            }
            let _ = writeln!(text, "  {}", wrapped(&entry, look().width, 4));
        }
        text
    }
}
