//! The refunds that the journal knows.

use std::fmt::Write as _;

use anyhow::Result;
use refunds::{Money, ProviderName, Reference};
use refunds_journal::{Entry, Filter, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::{desk::Desk, pages::Pages};
use crate::{
    arguments::List,
    exit::Exit,
    printed::Printed,
    terminal::{TIE, printable, table},
    time::written,
};

/// What is shown of a refund. As JSON, the fields are part of the command's interface; what does not apply is left
/// out.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    #[schemars(with = "String")]
    pub(super) provider: ProviderName,
    pub(super) place: String,
    #[schemars(with = "String")]
    pub(super) reference: Reference,
    pub(super) payment: String,
    /// `None` for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) amount: Option<Money>,
    #[schemars(with = "String")]
    pub(super) state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refund_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// The row of the evidence that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<String>,
    pub(super) attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_sent_at: Option<String>,
    /// Since when only a person or an event can go on with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) waits_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    pub(super) created_at: String,
    pub(super) changed_at: String,
    /// Whether its request was forgotten.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) forgotten: bool,
}

impl From<&Entry> for Shown {
    fn from(entry: &Entry) -> Self {
        Self {
            provider: entry.provider,
            place: entry.place.to_string(),
            reference: entry.reference.clone(),
            payment: entry.payment.clone(),
            amount: entry.amount.clone(),
            state: entry.state,
            status: entry.status.as_ref().map(ToString::to_string),
            refund_id: entry.refund_id.clone(),
            why: entry.why.clone(),
            row: entry.evidence.clone(),
            attempts: entry.attempts,
            first_sent_at: entry.first_sent_at.map(written),
            waits_since: entry.waits_since.map(written),
            batch: entry.batch.clone(),
            line: entry.line,
            created_at: written(entry.created_at),
            changed_at: written(entry.changed_at),
            forgotten: entry.action.is_none(),
        }
    }
}

/// Lists them.
pub(super) async fn run(list: &List, desk: &mut Desk<'_>) -> Result<Exit> {
    let filter = Filter {
        states: states(list),
        provider: list.provider(),
        since: list.since,
        limit: Some(list.limit),
        ..Filter::default()
    };
    let mut pages = Pages::new(desk.journal().await?, filter);
    let mut count = 0;
    // A table is as wide as its widest row; lines of JSON go out as they are read.
    let mut rows: Vec<Shown> = Vec::new();
    while let Some(page) = pages.next().await? {
        count += page.len();
        let shown = page.iter().map(Shown::from);
        if !desk.terminal.is_json() {
            rows.extend(shown);
            continue;
        }
        for refund in shown {
            desk.terminal.object(&Printed::Refund(&refund))?;
        }
    }
    if !rows.is_empty() {
        desk.terminal.text(&listing(&rows))?;
    } else if !desk.terminal.is_json() {
        desk.terminal.text("The journal has no such refund.\n")?;
    }
    let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
    if count >= limit {
        desk.terminal.warn(&format!(
            "there may be more than these {limit}: --limit shows more of them"
        ));
    }
    Ok(Exit::Done)
}

fn states(list: &List) -> Vec<State> {
    let chosen = [
        (list.in_doubt, &[State::InDoubt, State::Sending][..]),
        (list.failed, &[State::Failed, State::Rejected]),
        (list.pending, &[State::Pending]),
    ];
    chosen
        .into_iter()
        .filter(|(is_chosen, _)| *is_chosen)
        .flat_map(|(_, states)| states.iter().copied())
        .collect()
}

fn listing(shown: &[Shown]) -> String {
    // Where all are at one place, it is said once.
    let first = shown.first().map(|refund| refund.place.as_str());
    let several = shown
        .iter()
        .any(|refund| Some(refund.place.as_str()) != first);
    let row = |refund: &Shown| {
        let mut row = vec![
            refund.provider.to_string(),
            refund.reference.to_string(),
            refund.payment.clone(),
            refund.amount.as_ref().map_or_else(
                || "all".to_owned(),
                |amount| amount.to_string().replace(' ', TIE),
            ),
            refund.state.to_string(),
            refund.refund_id.clone().unwrap_or_default(),
            refund.changed_at.replace('T', " "),
        ];
        if several {
            row.push(refund.place.clone());
        }
        row
    };
    let rows: Vec<_> = shown.iter().map(row).collect();
    let mut heading = vec![
        "provider",
        "reference",
        "payment",
        "amount",
        "state",
        "refund",
        "changed",
    ];
    if several {
        heading.push("place");
    }
    let mut text = table(&heading, &rows);
    if let Some(place) = first.filter(|_| !several) {
        let _ = writeln!(text, "All at {}.", printable(place));
    }
    text
}
