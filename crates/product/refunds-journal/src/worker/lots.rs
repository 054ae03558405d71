//! Refunds that the journal hands out to a worker in lots, since each asking is a write. The next lot is asked for
//! while the refunds of the one before are in the air, so that no place in the air stays empty meanwhile.

use std::collections::VecDeque;

use refunds::ProviderName;
use tokio::task::JoinHandle;

use super::Worker;
use crate::{Journal, JournalError, Place, StoreError, journal::Queued, store::Row};

/// What was handed out and what is asked for.
pub(super) struct Lots {
    journal: Journal,
    pub(super) places: Vec<(ProviderName, Place)>,
    batch: Option<String>,
    in_the_air: usize,
    /// Handed out, and not begun.
    ready: VecDeque<Row>,
    asked: Option<Asked>,
    /// Whether there may be more than when it was asked last.
    may_ask: bool,
}

struct Asked {
    limit: usize,
    answer: JoinHandle<Result<Vec<Row>, JournalError>>,
}

impl Lots {
    pub(super) fn new(worker: &Worker) -> Self {
        Self {
            journal: worker.journal.clone(),
            places: worker.clients.keys().cloned().collect(),
            batch: worker.batch.clone(),
            in_the_air: worker.in_the_air,
            ready: VecDeque::new(),
            asked: None,
            may_ask: true,
        }
    }

    /// The next refund to look at.
    pub(super) fn next(&mut self) -> Option<Row> {
        self.ready.pop_front()
    }

    /// Asks for as many as fill the air and half of it again, where half of it or more is missing.
    pub(super) fn ask(&mut self, running: usize) {
        let half = self.in_the_air / 2;
        let limit = (self.in_the_air + half).saturating_sub(running + self.ready.len());
        if self.asked.is_some() || !self.may_ask || limit < half.max(1) {
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
        self.asked = Some(Asked { limit, answer });
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Says that there may be more than when it was asked last.
    pub(super) fn may_ask(&mut self) {
        self.may_ask = true;
    }

    /// Waits for the lot that was asked for, if one was. It may be dropped in the middle.
    pub(super) async fn lot(&mut self) -> Result<(), JournalError> {
        let Some(asked) = &mut self.asked else {
            return std::future::pending().await;
        };
        let answer = (&mut asked.answer).await;
        let limit = asked.limit;
        self.asked = None;
        let rows = match answer {
            Ok(rows) => rows?,
            Err(_) => return Err(StoreError::from(sqlx::Error::WorkerCrashed).into()),
        };
        self.may_ask |= rows.len() >= limit;
        self.ready.extend(rows);
        Ok(())
    }

    /// Gives back what was handed out and not begun, so that the next worker need not wait for it.
    pub(super) async fn give_back(&mut self) {
        if self.is_asked() {
            // Where nothing was handed out, nothing is given back.
            let _ = self.lot().await;
        }
        let rows = Vec::from(std::mem::take(&mut self.ready));
        if let Err(error) = self.journal.hand_back(&rows).await {
            tracing::debug!(error = %error, "refunds that were not begun are handed out again only in half a minute");
        }
    }
}
