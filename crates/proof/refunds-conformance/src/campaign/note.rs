//! Writes attempts down before they are sent.

use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use refunds::{Attempt, Observer, ObserverFuture};

use super::journal::{Event, Journal};

/// Writes the attempts of one call down before they are sent.
pub struct Note {
    journal: Arc<Journal>,
    refund: u64,
    reconciles: bool,
    first: OnceLock<SystemTime>,
}

impl Note {
    pub fn new(journal: &Arc<Journal>, refund: u64, reconciles: bool) -> Arc<Self> {
        Arc::new(Self {
            journal: journal.clone(),
            refund,
            reconciles,
            first: OnceLock::new(),
        })
    }

    /// When the first attempt began, if one did.
    pub fn first(&self) -> Option<SystemTime> {
        self.first.get().copied()
    }
}

impl Observer for Note {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            let at = *self.first.get_or_init(|| attempt.at);
            let event = if self.reconciles {
                Event::Repeating
            } else {
                Event::Started { at }
            };
            Ok(self.journal.append(self.refund, event)?)
        })
    }
}
