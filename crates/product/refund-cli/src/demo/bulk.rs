//! Twenty refunds of one file: planned, approved, and sent by two workers on a journal in memory.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use refunds::ProviderName;
use refunds_journal::{Approval, Batch, Journal, Place, PlanOptions, State, Worker};
use refunds_sandbox::{Fault, Provider, ScriptedFault};

use super::{Step, scene::Scene};
use crate::report::Word;

const LINES: u64 = 20;

/// Sends a file of twenty, of which one gets no connection at first.
pub(super) async fn twenty(scene: &Scene) -> Result<Step> {
    let journal = Journal::in_memory().await?;
    let folder = tempfile::tempdir().context("no folder for the demonstration's file")?;
    let path = folder.path().join("refunds.csv");
    std::fs::write(&path, file()).context("the demonstration's file cannot be written")?;
    let options = PlanOptions::new().with_place(ProviderName::Tazapay, Place::sandbox());
    let plan = Batch::plan(&journal, &path, &options).await?;
    let sums: Vec<_> = plan.sums.iter().map(ToString::to_string).collect();
    let approval = Approval::new("the demonstration", sums.clone());
    plan.batch.approve(&approval).await?;
    let limited = Fault::TooManyRequests { hint: None };
    scene
        .sandbox()
        .inject(ScriptedFault::at(Provider::Tazapay, limited))?;
    let client = journal.client(scene.client(Provider::Tazapay)?, Place::sandbox());
    let worker = Worker::new(&journal)
        .with_client(client, None)
        .of_batch(plan.batch.id());
    let (one, other) = tokio::join!(
        worker.drain(std::future::pending(), |_| ()),
        worker.drain(std::future::pending(), |_| ()),
    );
    one?;
    other?;
    let tally = plan.batch.tally().await?;
    let accepted = tally.count(State::Pending) + tally.count(State::Succeeded);
    let lines = plan.batch.page(0).await?;
    let again = lines.iter().filter(|line| line.attempts > 1).count();
    let most = (0..LINES)
        .map(|line| scene.payments(Provider::Tazapay, &reference(line)))
        .max();
    Ok(Step {
        provider: Provider::Tazapay.name(),
        asked: "a file of twenty, by two workers",
        outcome: if accepted == LINES {
            Word::Accepted
        } else {
            Word::Unknown
        },
        why: format!(
            "planned and approved: {}; {accepted} of {LINES} accepted, {again} at the second attempt",
            sums.join(", ")
        ),
        payments: most.unwrap_or_default(),
    })
}

fn file() -> String {
    let mut text = "reference,provider,payment,amount,currency,payment_total\n".to_owned();
    for line in 0..LINES {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{},tazapay,chk_phone,1.50,USD,40", reference(line));
    }
    text
}

fn reference(line: u64) -> String {
    format!("demo-bulk-{line}")
}
