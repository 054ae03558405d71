//! A worker process: it brings its refunds to an end, wherever its predecessor was killed.

use std::{
    collections::VecDeque,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use refunds::RefundError;
use tokio::task::JoinSet;

use super::{
    CampaignError,
    conclude::{Hand, Task, conclude, reconcile},
    journal::Journal,
    refund::Refund,
    standing::{Standing, open, standings},
};

/// How many refunds are under way at a time in a worker at most …
const CONCURRENCY: usize = 64;
/// … and the part of all its refunds, so that a kill in a small campaign does not hit all at once.
const SHARE: usize = 10;

/// Brings refunds to an end, from wherever the journal has them. Trouble with providers is no error: it is what a worker
/// is for.
///
/// # Errors
/// The journal cannot be used.
pub fn work(
    journal: &Path,
    refunds: Vec<Refund>,
    hand: impl Fn(&Refund) -> Hand,
) -> Result<(), CampaignError> {
    let (opened, lines) = Journal::open(journal).map_err(CampaignError::file(journal))?;
    let opened = Arc::new(opened);
    let mut standings = standings(&lines);
    let jobs = refunds.into_iter().filter_map(|refund| {
        let standing = standings.remove(&refund.number).unwrap_or_default();
        let is_done = matches!(standing, Standing::Done(_));
        (!is_done).then(|| (task(refund, &opened, &hand), Job::Conclude(standing)))
    });
    run(journal, jobs.collect())
}

/// Looks once more at what is in doubt to the last, when nothing goes wrong any more.
///
/// # Errors
/// The journal cannot be used.
pub fn look_again(
    journal: &Path,
    refunds: Vec<Refund>,
    hand: impl Fn(&Refund) -> Hand,
) -> Result<(), CampaignError> {
    let (opened, lines) = Journal::open(journal).map_err(CampaignError::file(journal))?;
    let opened = Arc::new(opened);
    let mut open = open(&lines);
    let jobs = refunds.into_iter().filter_map(|refund| {
        let record = open.remove(&refund.number)?;
        Some((
            task(refund, &opened, &hand),
            Job::Reconcile(Box::new(record)),
        ))
    });
    run(journal, jobs.collect())
}

enum Job {
    Conclude(Standing),
    Reconcile(Box<refunds::InDoubt>),
}

fn task(refund: Refund, journal: &Arc<Journal>, hand: &impl Fn(&Refund) -> Hand) -> Task {
    Task {
        hand: hand(&refund),
        journal: Arc::clone(journal),
        refund,
    }
}

fn run(journal: &Path, jobs: VecDeque<(Task, Job)>) -> Result<(), CampaignError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CampaignError::Process)?;
    runtime.block_on(all(jobs)).map_err(|error| {
        // What the facade refuses to begin with is the matter of whoever made the refunds.
        let inner = error.get_ref();
        match inner.is_some_and(|inner| inner.is::<RefundError>()) {
            true => CampaignError::Client(error.to_string()),
            false => CampaignError::file(journal)(error),
        }
    })
}

async fn all(jobs: VecDeque<(Task, Job)>) -> io::Result<()> {
    let concurrency = (jobs.len() / SHARE).clamp(1, CONCURRENCY);
    let jobs = Arc::new(Mutex::new(jobs));
    let next = |jobs: &Mutex<VecDeque<_>>| {
        let mut left = jobs.lock().unwrap_or_else(PoisonError::into_inner);
        left.pop_front()
    };
    let mut running = JoinSet::new();
    for _ in 0..concurrency {
        let jobs = Arc::clone(&jobs);
        running.spawn(async move {
            loop {
                match next(&jobs) {
                    None => return Ok(()),
                    Some((task, Job::Conclude(standing))) => conclude(&task, &standing).await?,
                    Some((task, Job::Reconcile(record))) => reconcile(&task, *record).await?,
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap_or_else(|error| Err(io::Error::other(error)))?;
    }
    Ok(())
}
