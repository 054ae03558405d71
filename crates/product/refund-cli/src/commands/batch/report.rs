//! What became of each line of a batch.

use anyhow::{Context, Result};
use refunds_journal::{Batch, Entry};
use schemars::JsonSchema;
use serde::Serialize;

use super::exit;
use crate::{
    arguments::batch::ReportForm, commands::desk::Desk, exit::Exit, printed::Printed,
    terminal::unread,
};

/// A line of the report. Its fields are part of the command's interface.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Line {
    line: Option<u64>,
    reference: String,
    provider: &'static str,
    payment: String,
    amount: Option<String>,
    currency: Option<String>,
    state: &'static str,
    status: Option<String>,
    refund_id: Option<String>,
    why: Option<String>,
    /// Which event would settle it.
    settling_event: Option<String>,
    /// What to ask the provider's support.
    question: Option<String>,
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Self {
        let settled_by = entry.settled_by();
        let amount = entry.amount.as_ref();
        Self {
            line: entry.line,
            reference: entry.reference.to_string(),
            provider: entry.provider.as_str(),
            payment: entry.payment.clone(),
            amount: amount.map(|amount| amount.amount().to_string()),
            currency: amount.map(|amount| amount.currency().to_string()),
            state: entry.state.as_str(),
            status: entry.status.as_ref().map(ToString::to_string),
            refund_id: entry.refund_id.clone(),
            why: entry.why.clone(),
            settling_event: settled_by
                .as_ref()
                .and_then(|settled_by| settled_by.event.clone()),
            question: settled_by.map(|settled_by| settled_by.question),
        }
    }
}

pub(super) async fn run(id: &str, form: ReportForm, desk: &mut Desk<'_>) -> Result<Exit> {
    let journal = desk.journal().await?;
    let batch = Batch::find(&journal, id).await?;
    let is_json = form == ReportForm::Json || desk.terminal.is_json();
    let mut after = 0;
    let mut is_first = true;
    let mut written = Ok(());
    // Whoever reads no further, such as `head`, has what they want: how the batch stands is told by the code all the same.
    while written.is_ok() {
        let page = batch.page(after).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = last.line.unwrap_or(u64::MAX);
        let lines: Vec<_> = page.iter().map(Line::from).collect();
        if is_json {
            written = lines
                .iter()
                .try_for_each(|line| desk.terminal.object(&Printed::BatchLine(line)));
        } else {
            let mut writer = csv::WriterBuilder::new()
                .has_headers(is_first)
                .from_writer(Vec::new());
            for line in &lines {
                writer
                    .serialize(line)
                    .context("a line could not be written as CSV")?;
            }
            let text = writer
                .into_inner()
                .context("a page could not be written as CSV")?;
            written = desk.terminal.lines(&String::from_utf8_lossy(&text));
        }
        is_first = false;
    }
    unread(written)?;
    Ok(exit(&batch.tally().await?))
}
