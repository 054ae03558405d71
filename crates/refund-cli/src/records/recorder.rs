//! Puts a write on record before it is sent.

use std::{
    error::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use refunds::{Action, Attempt, AttemptEnd, InDoubt, Observer, ObserverFuture};

use super::{Accepted, Entry, Slot};

/// Puts a write on record before it is sent, and takes it off again where nothing has happened.
pub(crate) struct Recorder {
    slot: Arc<Slot>,
    begins: Begins,
    /// Whether an attempt's record stands, which covers the attempts that follow.
    is_recorded: AtomicBool,
    /// When the first attempt began that may have happened.
    first_at: Mutex<Option<SystemTime>>,
}

enum Begins {
    Write {
        action: Box<Action>,
        /// What the record replaces, and what takes its place again.
        before: Option<Accepted>,
    },
    Reconciliation(Box<InDoubt>),
}

impl Recorder {
    /// For a write that begins, with what was accepted before it.
    pub(crate) fn of_write(slot: Arc<Slot>, action: Action, before: Option<Accepted>) -> Arc<Self> {
        let action = Box::new(action);
        Self::new(slot, Begins::Write { action, before })
    }

    /// For the reconciliation of a record.
    pub(crate) fn of_reconciliation(slot: Arc<Slot>, record: InDoubt) -> Arc<Self> {
        Self::new(slot, Begins::Reconciliation(Box::new(record)))
    }

    fn new(slot: Arc<Slot>, begins: Begins) -> Arc<Self> {
        Arc::new(Self {
            slot,
            begins,
            is_recorded: AtomicBool::new(false),
            first_at: Mutex::new(None),
        })
    }
}

impl Observer for Recorder {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            // A reconciliation is on record by its first attempt. Of a write each one is: that there are several, and
            // since when none of them is under way, counts after a kill.
            let is_recorded = self.is_recorded.load(Ordering::Relaxed);
            if is_recorded && matches!(self.begins, Begins::Reconciliation(_)) {
                return Ok(());
            }
            let entry = match &self.begins {
                Begins::Write { action, .. } => {
                    let mut first_at =
                        self.first_at.lock().map_err(|_| "the recorder is broken")?;
                    let is_repetition = first_at.is_some();
                    let record = InDoubt::interrupted(
                        attempt.provider,
                        attempt.reference.clone(),
                        Action::clone(action),
                        *first_at.get_or_insert(attempt.at),
                    );
                    Entry::in_doubt(if is_repetition {
                        record.with_repetitions()
                    } else {
                        record
                    })
                }
                Begins::Reconciliation(record) => Entry::InDoubt {
                    record: record.clone(),
                    reconciling: true,
                },
            };
            self.slot.keep(&entry)?;
            self.is_recorded.store(true, Ordering::Relaxed);
            Ok(())
        })
    }

    fn ended<'a>(&'a self, _attempt: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        Box::pin(async move {
            if let (AttemptEnd::NothingHappened, Begins::Write { before, .. }) = (end, &self.begins)
            {
                // If this fails the refund stays in doubt, and whoever ends the call tells of it.
                let _ = self.slot.restore(before.as_ref());
                self.is_recorded.store(false, Ordering::Relaxed);
                if let Ok(mut first_at) = self.first_at.lock() {
                    *first_at = None;
                }
            }
        })
    }
}
