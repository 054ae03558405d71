//! Makes the steps of many refunds, on one machine or many.

mod lots;

use std::{
    collections::HashMap, future::Future, num::NonZeroU32, pin::pin, sync::Arc, time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock as _};
use refunds::ProviderName;
use tokio::task::JoinSet;

use crate::{Journal, JournalError, JournaledRefunds, Place, client::Step};
use lots::Lots;

/// How many refunds are in the air at once, unless something else is said.
const IN_THE_AIR: usize = 16;
/// How often a worker that has nothing to do looks again.
const IDLE: Duration = Duration::from_millis(500);
/// After so many failures in a row a drain ends.
const FAILURES_IN_A_ROW: u32 = 20;
/// The longest pause of a worker whose journal fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Makes the steps of refunds that are queued, in doubt or pending: any number of workers, on any machines.
///
/// What is handed out to a worker is a hint. That no two of them send one refund is decided in the journal, when a
/// refund is taken on.
#[derive(Clone)]
pub struct Worker {
    journal: Journal,
    clients: HashMap<(ProviderName, Place), Limited>,
    in_the_air: usize,
    batch: Option<String>,
}

/// A client, and how often it may be used.
type Limited = (JournaledRefunds, Option<Limit>);

/// How many steps begin in a second.
#[derive(Clone)]
struct Limit {
    per_second: NonZeroU32,
    limiter: Arc<DefaultDirectRateLimiter>,
}

impl Limit {
    /// How long it is until a step may begin; where one may now, it is counted.
    fn wait(&self) -> Option<Duration> {
        let not_until = self.limiter.check().err()?;
        Some(not_until.wait_time_from(self.limiter.clock().now()))
    }
}

/// What a worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ran {
    /// Steps that were made.
    pub steps: u64,
    /// Refunds that came to an end, or were accepted.
    pub ended: u64,
    /// Steps that failed, and are made again later.
    pub failed: u64,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("places", &self.clients.keys())
            .field("in_the_air", &self.in_the_air)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker without clients, which does nothing yet.
    pub fn new(journal: &Journal) -> Self {
        Self {
            journal: journal.clone(),
            clients: HashMap::new(),
            in_the_air: IN_THE_AIR,
            batch: None,
        }
    }

    /// Works for the client's provider and place as well; at most `per_second` steps begin in a second, if that is
    /// given.
    #[must_use]
    pub fn with_client(mut self, client: JournaledRefunds, per_second: Option<NonZeroU32>) -> Self {
        let key = (client.refunds().provider(), client.place().clone());
        let limit = per_second.map(|per_second| Limit {
            per_second,
            limiter: Arc::new(RateLimiter::direct(Quota::per_second(per_second))),
        });
        self.clients.insert(key, (client, limit));
        self
    }

    /// How many refunds are in the air at once.
    #[must_use]
    pub fn with_in_the_air(mut self, count: usize) -> Self {
        self.in_the_air = count.max(1);
        self
    }

    /// Sends only what is queued of this batch, and looks after all that was sent.
    #[must_use]
    pub fn of_batch(mut self, batch: impl Into<String>) -> Self {
        self.batch = Some(batch.into());
        self
    }

    /// Works until it is told to stop, and then finishes what is in the air and no more. `progress` is told of each
    /// step.
    ///
    /// # Errors
    /// The journal's first answer was an error; later ones are waited out.
    pub async fn run(
        &self,
        stop: impl Future<Output = ()>,
        progress: impl FnMut(&Ran),
    ) -> Result<Ran, JournalError> {
        self.work(stop, progress, false).await
    }

    /// The same until nothing that may be sent is left: what is in doubt or pending may still be.
    ///
    /// # Errors
    /// As for [`run`](Self::run); or many steps have failed in a row and none ended, such as with credentials that
    /// are refused. What was not sent stays queued.
    pub async fn drain(
        &self,
        stop: impl Future<Output = ()>,
        progress: impl FnMut(&Ran),
    ) -> Result<Ran, JournalError> {
        self.work(stop, progress, true).await
    }

    async fn work(
        &self,
        stop: impl Future<Output = ()>,
        mut progress: impl FnMut(&Ran),
        drains: bool,
    ) -> Result<Ran, JournalError> {
        let mut stop = pin!(stop);
        let mut ran = Ran::default();
        let mut steps = Steps::new();
        let mut lots = Lots::new(self);
        let mut has_answered = false;
        let mut failures = 0_u32;
        let mut in_vain = InVain::default();
        let mut told_at = tokio::time::Instant::now();
        loop {
            let mut permitted = None;
            // While the journal does not answer, steps would fail.
            while failures == 0 && steps.len() < self.in_the_air {
                let Some(next) = lots.next(&mut permitted) else {
                    break;
                };
                steps.spawn(async move {
                    let step = next.client.step(&next.row, true).await;
                    drop(next.running);
                    (next.of, step)
                });
            }
            lots.ask();
            let is_idle = steps.is_empty() && !lots.is_asked();
            if is_idle && drains && failures == 0 && !lots.has_ready() {
                match lots.has_queued().await {
                    Ok(true) => {}
                    Ok(false) => return Ok(ran),
                    Err(error) => {
                        failures += 1;
                        tracing::warn!(error = %error, "the journal does not answer: the worker waits");
                    }
                }
            }
            let pause = match is_idle {
                true => IDLE.saturating_mul(1 << failures.min(6)).min(LONGEST_PAUSE),
                // A step that waits for long does not keep the others from being handed out.
                false => IDLE,
            };
            let pause = permitted.map_or(pause, |permitted| pause.min(permitted));
            tokio::select! {
                () = &mut stop => {
                    let finished = finish(&mut steps, &mut ran, &mut progress);
                    tokio::join!(lots.give_back(), finished);
                    return Ok(ran);
                }
                lot = lots.lot() => match lot {
                    Ok(()) => {
                        has_answered = true;
                        failures = 0;
                    }
                    Err(error) if !has_answered && failures == 0 => return Err(error),
                    Err(error) => {
                        failures += 1;
                        tracing::warn!(error = %error, "the journal does not answer: the worker waits");
                    }
                },
                Some(step) = steps.join_next() => {
                    if let Ok((of, _)) = &step {
                        lots.has_ended(*of);
                    }
                    let error = note(&mut ran, step);
                    progress(&ran);
                    if let Some(error) = in_vain.after(&ran, error).filter(|_| drains) {
                        let finished = finish(&mut steps, &mut ran, &mut progress);
                        tokio::join!(lots.give_back(), finished);
                        return Err(error);
                    }
                }
                () = tokio::time::sleep(pause) => {}
            }
            if told_at.elapsed() > Duration::from_secs(60) {
                told_at = tokio::time::Instant::now();
                let _ = self.journal.tell_waiting().await;
            }
        }
    }
}

/// Steps in the air, each with the provider and place that it is of.
type Steps = JoinSet<(usize, Result<Step, JournalError>)>;

/// Counts failures in a row, between which nothing has ended.
#[derive(Default)]
struct InVain {
    count: u32,
    ended: u64,
}

impl InVain {
    /// The error, if it is one too many.
    fn after(&mut self, ran: &Ran, error: Option<JournalError>) -> Option<JournalError> {
        if ran.ended > self.ended {
            *self = Self {
                count: 0,
                ended: ran.ended,
            };
        }
        self.count += u32::from(error.is_some());
        error.filter(|_| self.count >= FAILURES_IN_A_ROW)
    }
}

/// Waits for what is in the air.
async fn finish(steps: &mut Steps, ran: &mut Ran, progress: &mut impl FnMut(&Ran)) {
    while let Some(step) = steps.join_next().await {
        note(ran, step);
        progress(ran);
    }
}

/// Counts a step, and gives back why it failed.
fn note(
    ran: &mut Ran,
    step: Result<(usize, Result<Step, JournalError>), tokio::task::JoinError>,
) -> Option<JournalError> {
    ran.steps += 1;
    match step {
        Ok((_, Ok(Step::Ended))) => ran.ended += 1,
        Ok((_, Ok(_))) => {}
        Ok((_, Err(error))) => {
            ran.failed += 1;
            tracing::warn!(error = %error, "a refund's step failed: it is made again later");
            return Some(error);
        }
        Err(error) => {
            ran.failed += 1;
            tracing::error!(error = %error, "a refund's step ended in mid-flight");
        }
    }
    None
}
