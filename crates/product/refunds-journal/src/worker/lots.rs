//! Refunds that the journal hands out to a worker in lots, since each asking is a write. The next lot is asked for
//! while the refunds of the one before are in the air, so that no place in the air stays empty meanwhile; and for each
//! provider by itself, so that one whose limit lets few begin keeps no other waiting.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use refunds::ProviderName;
use tokio::task::JoinSet;

use super::{IDLE, Limit, Worker};
use crate::{
    Journal, JournalError, JournaledRefunds, Place, StoreError,
    due::{HANDED_MS, Queued},
    store::Row,
};

/// For so many seconds' worth of steps a worker asks where it is limited.
const A_WHILE: usize = 10;

/// What was handed out and what is asked for.
pub(super) struct Lots {
    journal: Journal,
    batch: Option<String>,
    in_the_air: usize,
    of: Vec<Of>,
    /// Of which provider the last refund was begun.
    turn: usize,
    answers: JoinSet<(usize, Result<Vec<Row>, JournalError>)>,
}

/// What was handed out of one provider and place.
struct Of {
    client: JournaledRefunds,
    limit: Option<Limit>,
    /// As many may be begun in a while, and wait for that at most.
    in_a_while: usize,
    /// Handed out, and not begun.
    ready: VecDeque<Handed>,
    /// One is held by each that was begun and has not ended.
    running: Arc<()>,
    /// When it was asked, while it is, and for how many.
    asked: Option<(Instant, usize)>,
    answered: Option<Instant>,
    /// Whether there may be more than when it was asked last.
    may_ask: bool,
}

/// A refund, and since when it is handed out.
struct Handed {
    row: Row,
    since: Instant,
}

impl Handed {
    /// Whether another worker may be handed it by now.
    fn is_old(&self) -> bool {
        self.since.elapsed() * 5 > Duration::from_millis(HANDED_MS.unsigned_abs()) * 4
    }
}

/// A refund that may be begun.
pub(super) struct Next {
    pub(super) row: Row,
    pub(super) client: JournaledRefunds,
    /// Which provider and place it is of.
    pub(super) of: usize,
    /// Held until its step has ended.
    pub(super) running: Arc<()>,
}

impl Lots {
    pub(super) fn new(worker: &Worker) -> Self {
        let in_the_air = worker.in_the_air;
        let of = worker.clients.values().map(|(client, limit)| {
            // Nothing that is handed out waits for long.
            let in_a_while = limit
                .as_ref()
                .and_then(|limit| usize::try_from(limit.per_second.get()).ok())
                .map_or(usize::MAX, |limit| limit.saturating_mul(A_WHILE));
            Of {
                client: client.clone(),
                limit: limit.clone(),
                in_a_while,
                ready: VecDeque::new(),
                running: Arc::default(),
                asked: None,
                answered: None,
                may_ask: true,
            }
        });
        Self {
            journal: worker.journal.clone(),
            batch: worker.batch.clone(),
            in_the_air,
            of: of.collect(),
            turn: 0,
            answers: JoinSet::new(),
        }
    }

    /// The next refund that may be begun, of each provider in turn. Where a limit keeps one, `permitted` tells for how
    /// long it does.
    pub(super) fn next(&mut self, permitted: &mut Option<Duration>) -> Option<Next> {
        for _ in 0..self.of.len() {
            self.turn = (self.turn + 1).checked_rem(self.of.len())?;
            let of = self.of.get_mut(self.turn)?;
            of.ready.retain(|handed| !handed.is_old());
            if of.ready.is_empty() {
                continue;
            }
            if let Some(wait) = of.limit.as_ref().and_then(Limit::wait) {
                *permitted = Some(permitted.map_or(wait, |other| other.min(wait)));
                continue;
            }
            return of.ready.pop_front().map(|handed| Next {
                row: handed.row,
                client: of.client.clone(),
                of: self.turn,
                running: Arc::clone(&of.running),
            });
        }
        None
    }

    /// Asks for as many as fill the air twice, where so many are missing that they fill it once; of a limited one for as
    /// many as may begin in a while, so that a call that takes long keeps no other waiting.
    pub(super) fn ask(&mut self) {
        for (index, of) in self.of.iter_mut().enumerate() {
            let running = Arc::strong_count(&of.running) - 1;
            let (ready, twice) = (of.ready.len(), self.in_the_air.saturating_mul(2));
            let missing = twice.saturating_sub(running + ready);
            let limit = missing.min(of.in_a_while.saturating_sub(ready));
            let few = self.in_the_air.min(of.in_a_while.div_ceil(2));
            // Others put refunds down too.
            let may_ask = of.may_ask || of.answered.is_some_and(|last| last.elapsed() >= IDLE);
            if of.asked.is_some() || !may_ask || limit < few {
                continue;
            }
            of.may_ask = false;
            of.asked = Some((Instant::now(), limit));
            let (journal, batch) = (self.journal.clone(), self.batch.clone());
            let (provider, place) = of.key();
            self.answers.spawn(async move {
                let queued = batch.as_deref().map_or(Queued::All, Queued::OfBatch);
                let most = u32::try_from(limit).unwrap_or(u32::MAX);
                (index, journal.due(provider, &place, most, queued).await)
            });
        }
    }

    /// Whether something that was handed out waits for a limit.
    pub(super) fn has_ready(&self) -> bool {
        self.of.iter().any(|of| !of.ready.is_empty())
    }

    pub(super) fn is_asked(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Says that a step has ended, so that there may be more than when it was asked last.
    pub(super) fn has_ended(&mut self, of: usize) {
        if let Some(of) = self.of.get_mut(of) {
            of.may_ask = true;
        }
    }

    /// Waits for a lot that was asked for, if one was. It may be dropped in the middle.
    pub(super) async fn lot(&mut self) -> Result<(), JournalError> {
        let Some(answer) = self.answers.join_next().await else {
            return std::future::pending().await;
        };
        let Ok((index, rows)) = answer else {
            for of in &mut self.of {
                of.asked = None;
            }
            return Err(StoreError::from(sqlx::Error::WorkerCrashed).into());
        };
        let Some(of) = self.of.get_mut(index) else {
            return Ok(());
        };
        of.answered = Some(Instant::now());
        let Some((since, limit)) = of.asked.take() else {
            return Ok(());
        };
        let rows = rows?;
        of.may_ask |= rows.len() >= limit;
        let handed = rows.into_iter().map(|row| Handed { row, since });
        of.ready.extend(handed);
        Ok(())
    }

    /// Whether something is left to send, now or later.
    pub(super) async fn has_queued(&self) -> Result<bool, JournalError> {
        for of in &self.of {
            let (provider, place) = of.key();
            let batch = self.batch.as_deref();
            if self.journal.has_queued(provider, &place, batch).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives back what was handed out and not begun, so that the next worker need not wait for it.
    pub(super) async fn give_back(&mut self) {
        while self.is_asked() {
            // Where nothing was handed out, nothing is given back.
            let _ = self.lot().await;
        }
        let ready = self.of.iter_mut().flat_map(|of| of.ready.drain(..));
        let rows: Vec<_> = ready.map(|handed| handed.row).collect();
        if let Err(error) = self.journal.hand_back(&rows).await {
            tracing::debug!(error = %error, "refunds that were not begun are handed out again only in half a minute");
        }
    }
}

impl Drop for Lots {
    fn drop(&mut self) {
        // What is asked for is let come to its end, rather than cut off in the middle of a statement.
        self.answers.detach_all();
    }
}

impl Of {
    fn key(&self) -> (ProviderName, Place) {
        (
            self.client.refunds().provider(),
            self.client.place().clone(),
        )
    }
}
