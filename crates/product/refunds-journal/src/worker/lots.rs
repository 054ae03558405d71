//! Refunds that the journal hands out to a worker in lots, since each asking is a write. The next lot is asked for
//! while the refunds of the one before are in the air, so that no place in the air stays empty meanwhile.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use refunds::ProviderName;
use tokio::task::JoinHandle;

use super::Worker;
use crate::{
    Journal, JournalError, Place, StoreError,
    journal::{HANDED_MS, Queued},
    store::Row,
};

/// What was handed out and what is asked for.
pub(super) struct Lots {
    journal: Journal,
    pub(super) places: Vec<(ProviderName, Place)>,
    batch: Option<String>,
    in_the_air: usize,
    /// As many are handed out and not ended at most.
    most: usize,
    /// Handed out, and not begun.
    ready: VecDeque<Handed>,
    asked: Option<Asked>,
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

struct Asked {
    limit: usize,
    since: Instant,
    answer: JoinHandle<Result<Vec<Row>, JournalError>>,
}

impl Lots {
    pub(super) fn new(worker: &Worker) -> Self {
        Self {
            journal: worker.journal.clone(),
            places: worker.clients.keys().cloned().collect(),
            batch: worker.batch.clone(),
            in_the_air: worker.in_the_air,
            most: worker
                .most_in_a_while()
                .min(worker.in_the_air.saturating_mul(2)),
            ready: VecDeque::new(),
            asked: None,
            may_ask: true,
        }
    }

    /// The first refund that may be begun.
    pub(super) fn next(&mut self, mut may_begin: impl FnMut(&Row) -> bool) -> Option<Row> {
        self.ready.retain(|handed| !handed.is_old());
        let first = self
            .ready
            .iter()
            .position(|handed| may_begin(&handed.row))?;
        self.ready.remove(first).map(|handed| handed.row)
    }

    /// Asks for as many as fill the air twice, where so many are missing that they fill it once.
    pub(super) fn ask(&mut self, running: usize) {
        let limit = self.most.saturating_sub(running + self.ready.len());
        let few = self.in_the_air.min(self.most).max(1);
        if self.asked.is_some() || !self.may_ask || limit < few {
            return;
        }
        self.may_ask = false;
        let (journal, places, batch) = (
            self.journal.clone(),
            self.places.clone(),
            self.batch.clone(),
        );
        // By itself: what was handed out to a call that is dropped would wait for nobody.
        let answer = tokio::spawn(async move {
            let queued = batch.as_deref().map_or(Queued::All, Queued::OfBatch);
            let most = u32::try_from(limit).unwrap_or(u32::MAX);
            journal.due(&places, most, queued).await
        });
        self.asked = Some(Asked {
            limit,
            since: Instant::now(),
            answer,
        });
    }

    /// Whether something that was handed out waits for a limit.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Says that there may be more than when it was asked last.
    pub(super) fn may_ask(&mut self) {
        self.may_ask = true;
    }

    /// Says that time has passed: what is asked for now is new enough.
    pub(super) fn may_ask_again(&mut self) {
        self.may_ask |= !self.is_asked();
    }

    /// Waits for the lot that was asked for, if one was. It may be dropped in the middle.
    pub(super) async fn lot(&mut self) -> Result<(), JournalError> {
        let Some(asked) = &mut self.asked else {
            return std::future::pending().await;
        };
        let answer = (&mut asked.answer).await;
        let (limit, since) = (asked.limit, asked.since);
        self.asked = None;
        let rows = match answer {
            Ok(rows) => rows?,
            Err(_) => return Err(StoreError::from(sqlx::Error::WorkerCrashed).into()),
        };
        self.may_ask |= rows.len() >= limit;
        let handed = rows.into_iter().map(|row| Handed { row, since });
        self.ready.extend(handed);
        Ok(())
    }

    /// Gives back what was handed out and not begun, so that the next worker need not wait for it.
    pub(super) async fn give_back(&mut self) {
        if self.is_asked() {
            // Where nothing was handed out, nothing is given back.
            let _ = self.lot().await;
        }
        let rows = self.ready.drain(..).map(|handed| handed.row);
        let rows: Vec<_> = rows.collect();
        if let Err(error) = self.journal.hand_back(&rows).await {
            tracing::debug!(error = %error, "refunds that were not begun are handed out again only in half a minute");
        }
    }
}
