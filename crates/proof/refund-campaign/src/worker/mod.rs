//! A worker process: it brings its refunds to an end, wherever its predecessor was killed.

mod clients;
mod conclude;
mod note;

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

pub(crate) use clients::Clients;
use conclude::{Task, conclude};

use crate::{
    Assignment, CampaignError,
    case::Case,
    journal::Journal,
    standing::{Standing, standings},
};

/// How many refunds are under way at a time in a worker at most …
const CONCURRENCY: usize = 64;
/// … and the part of all its refunds, so that a kill in a small campaign does not hit all at once.
const SHARE: usize = 10;

/// Brings the refunds of an assignment to an end.
///
/// # Errors
/// The assignment or its journal cannot be used. Trouble with providers is none: it is what the worker is
/// for.
pub fn work(assignment: &Path) -> Result<(), CampaignError> {
    let assignment = Assignment::read(assignment)?;
    let (journal, lines) =
        Journal::open(&assignment.journal).map_err(CampaignError::file(&assignment.journal))?;
    let mut standings = standings(&lines);
    let tasks: VecDeque<_> = (assignment.first..assignment.end)
        .map(|number| (number, standings.remove(&number).unwrap_or_default()))
        .filter(|(_, standing)| !matches!(standing, Standing::Done(_)))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CampaignError::Process)?;
    runtime.block_on(all(&assignment, journal, tasks))
}

async fn all(
    assignment: &Assignment,
    journal: Journal,
    tasks: VecDeque<(u64, Standing)>,
) -> Result<(), CampaignError> {
    let clients = Arc::new(Clients::new(assignment)?);
    let journal = Arc::new(journal);
    let tasks = Arc::new(Mutex::new(tasks));
    let sabotage = assignment.sabotage;
    let all = usize::try_from(assignment.end - assignment.first).unwrap_or(usize::MAX);
    let concurrency = (all / SHARE).clamp(1, CONCURRENCY);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..concurrency {
        let (clients, journal, tasks) = (clients.clone(), journal.clone(), tasks.clone());
        running.spawn(async move {
            loop {
                let next = tasks
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop_front();
                let Some((number, standing)) = next else {
                    return Ok(());
                };
                let case = Case::of(number);
                let task = Task {
                    beginning: clients.beginning(&case),
                    client: clients.of(case.provider),
                    journal: &journal,
                    sabotage,
                    case,
                };
                conclude(&task, &standing).await?;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        let ended = ended.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        ended.map_err(CampaignError::file(&assignment.journal))?;
    }
    Ok(())
}
