//! Puts a write on record before it is sent.

use std::{error::Error, sync::Arc};

use refunds::{Action, Attempt, InDoubt, Observer};

use super::{Entry, Slot};

/// Puts a write on record before it is sent.
pub(crate) struct Recorder {
    slot: Arc<Slot>,
    begins: Begins,
}

enum Begins {
    Write(Box<Action>),
    Reconciliation(Box<InDoubt>),
}

impl Recorder {
    /// For a write that begins.
    pub(crate) fn of_write(slot: Arc<Slot>, action: Action) -> Arc<Self> {
        let begins = Begins::Write(Box::new(action));
        Arc::new(Self { slot, begins })
    }

    /// For the reconciliation of a record.
    pub(crate) fn of_reconciliation(slot: Arc<Slot>, record: InDoubt) -> Arc<Self> {
        let begins = Begins::Reconciliation(Box::new(record));
        Arc::new(Self { slot, begins })
    }
}

impl Observer for Recorder {
    fn before_send(&self, attempt: &Attempt) -> Result<(), Box<dyn Error + Send + Sync>> {
        // The first attempt's record covers those that follow.
        if attempt.number > 1 {
            return Ok(());
        }
        let entry = match &self.begins {
            Begins::Write(action) => Entry::in_doubt(InDoubt::interrupted(
                attempt.provider,
                attempt.reference.clone(),
                Action::clone(action),
                attempt.at,
            )),
            Begins::Reconciliation(record) => Entry::InDoubt {
                record: record.clone(),
                reconciling: true,
            },
        };
        Ok(self.slot.keep(&entry)?)
    }
}
