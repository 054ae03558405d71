//! Many refunds from a file: planned, approved, sent, reported.

mod approve;
mod plan;
mod report;
mod run;

use anyhow::Result;
pub(crate) use approve::ApprovalError;
use refunds_journal::{Batch, State, Tally};
pub(crate) use report::Line;
use schemars::JsonSchema;
use serde::Serialize;

use super::desk::Desk;
use crate::{
    arguments::batch::{Batch as Command, Work},
    exit::Exit,
    hint,
    printed::Printed,
    report::{commands as command, line},
    terminal::{printable, unread},
};

/// Does what was asked for.
pub(super) async fn run(command: Command, desk: &mut Desk<'_>) -> Result<Exit> {
    match command {
        Command::Plan {
            file,
            second_person_above,
            places,
        } => plan::run(&file, second_person_above, &places, desk).await,
        Command::Approve {
            batch,
            sum,
            by,
            cancel_window,
        } => approve::run(&batch, sum, by, cancel_window, desk).await,
        Command::Run { batch, work } => run::batch(&batch, &work, desk).await,
        Command::Status { batch } => {
            let journal = desk.journal().await?;
            let tally = Batch::find(&journal, &batch).await?.tally().await?;
            told(&tally, &batch, desk)
        }
        Command::Report { batch, form } => report::run(&batch, form, desk).await,
        Command::Cancel { batch } => {
            let journal = desk.journal().await?;
            let found = Batch::find(&journal, &batch).await?;
            found.cancel().await?;
            told(&found.tally().await?, &batch, desk)
        }
    }
}

/// Works at all that is queued, in doubt or pending, until it is interrupted.
pub(super) async fn worker(work: &Work, desk: &mut Desk<'_>) -> Result<Exit> {
    run::worker(work, desk).await
}

/// How a batch stands, as it is shown.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Standing<'a> {
    batch: &'a str,
    name: &'a str,
    #[schemars(with = "String")]
    state: refunds_journal::BatchState,
    lines: u64,
    sums: Vec<String>,
    counts: &'a std::collections::BTreeMap<&'static str, u64>,
    waiting: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<String>,
}

/// Shows how a batch stands; the exit code tells the gravest of it.
fn told(tally: &Tally, batch: &str, desk: &mut Desk<'_>) -> Result<Exit> {
    let shown = Standing {
        batch,
        name: &tally.name,
        state: tally.state,
        lines: tally.lines,
        sums: tally.sums.iter().map(ToString::to_string).collect(),
        counts: &tally.counts,
        waiting: tally.waiting,
        journal: desk.terminal.journal().map(str::to_owned),
    };
    if desk.terminal.is_json() {
        unread(desk.terminal.object(&Printed::Batch(&shown)))?;
    } else {
        let mut text = format!(
            "{} {batch} ({}, {} lines)\n",
            tally.state,
            printable(&tally.name),
            tally.lines
        );
        for sum in &shown.sums {
            line(&mut text, "sum", Some(sum));
        }
        for (state, count) in &tally.counts {
            line(&mut text, state, Some(count));
        }
        if tally.waiting > 0 {
            let why = format!(
                "{} for a person or an event: the report says for what",
                tally.waiting
            );
            line(&mut text, "waiting", Some(why));
            command(&mut text, [hint::command(["batch", "report", batch])]);
        }
        line(&mut text, "journal", desk.terminal.journal());
        unread(desk.terminal.text(&text))?;
    }
    Ok(exit(tally))
}

/// The gravest of a batch's ends: a doubt, a refund that has failed, a line that was rejected.
fn exit(tally: &Tally) -> Exit {
    let any = |states: &[State]| states.iter().any(|state| tally.count(*state) > 0);
    if any(&[State::InDoubt, State::Sending]) {
        Exit::Unknown
    } else if any(&[State::Failed]) {
        Exit::RefundFailed
    } else if any(&[State::Rejected]) {
        Exit::Rejected
    } else {
        Exit::Done
    }
}
