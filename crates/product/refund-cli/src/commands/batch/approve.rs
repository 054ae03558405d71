//! Approving a batch: whoever does has seen its sums.

use std::{
    env,
    io::{self, BufRead, IsTerminal},
    time::Duration,
};

use anyhow::{Context, Result};
use refunds_journal::{Approval, Batch};

use super::told;
use crate::{commands::desk::Desk, exit::Exit};

/// Nobody says who approves, or what.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApprovalError {
    /// Nobody is named.
    #[error("nobody is named who approves the batch: name them with --by")]
    NobodyNamed,
    /// There is nobody to ask.
    #[error(
        "the sums of the batch are not given: give each with --sum, as `refund batch status` shows them"
    )]
    NoSums,
}

pub(super) async fn run(
    id: &str,
    mut sums: Vec<String>,
    by: Option<String>,
    cancel_window: Option<Duration>,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let person = by
        .or_else(|| env::var("USER").ok())
        .or_else(|| env::var("LOGNAME").ok())
        .filter(|name| !name.trim().is_empty())
        .ok_or(ApprovalError::NobodyNamed)?;
    let journal = desk.journal().await?;
    let batch = Batch::find(&journal, id).await?;
    if sums.is_empty() {
        if desk.terminal.is_json() || !io::stdin().is_terminal() {
            return Err(ApprovalError::NoSums.into());
        }
        let tally = batch.tally().await?;
        for sum in &tally.sums {
            desk.terminal
                .text(&format!("{sum}\ntype it to approve it: "))?;
            // By a thread of its own, so that a signal ends the wait for it.
            let typed = tokio::task::spawn_blocking(|| {
                let mut typed = String::new();
                io::stdin().lock().read_line(&mut typed).map(|_| typed)
            });
            let typed = typed.await?.context("the sum could not be read")?;
            sums.push(typed.trim().to_owned());
        }
    }
    let mut approval = Approval::new(person, sums);
    if let Some(window) = cancel_window {
        approval = approval.with_cancel_window(window);
    }
    let is_approved = batch.approve(&approval).await?;
    let exit = told(&batch.tally().await?, id, desk)?;
    if !is_approved {
        desk.terminal
            .warn("a second person has to approve it before it is sent");
    }
    Ok(exit)
}
