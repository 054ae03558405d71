//! What is known of each refund. Yours is a database: take an update and store what came of it in one
//! transaction, and answer the provider after that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use refunds::{
    Receipt, RefundState, RefundStatus,
    webhooks::{Change, RefundKey, RefundProgress, RefundUpdate, UnverifiedUpdate},
};

/// As many unproven hints are kept, and of that length.
const MOST_HINTS: usize = 1000;
const LONGEST_HINT: usize = 200;

#[derive(Default)]
pub(crate) struct Book {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    refunds: BTreeMap<RefundKey, RefundProgress>,
    /// The transactions that somebody says have news.
    hints: BTreeSet<String>,
    corrections: Vec<String>,
}

impl Book {
    /// Keeps what the answer to a creation says. An event may have come before it.
    pub(crate) fn begin(&self, receipt: &Receipt) {
        if let Some(key) = RefundKey::of(receipt) {
            let begun = || RefundProgress::new(key.clone()).with_state(receipt.state());
            self.entries()
                .refunds
                .entry(key.clone())
                .or_insert_with(begun);
        }
    }

    /// Takes what a provider says.
    pub(crate) fn take(&self, update: &RefundUpdate) {
        let mut entries = self.entries();
        let Some(key) = update.refund() else { return };
        let progress = entries
            .refunds
            .entry(key.clone())
            .or_insert_with(|| RefundProgress::new(key.clone()));
        let change = progress.apply(update);
        entries.note(key, change);
    }

    /// Takes what somebody says: a reason to ask, and nothing else.
    pub(crate) fn hint(&self, update: &UnverifiedUpdate) {
        let transaction = update.claimed().transaction.clone();
        let hints = &mut self.entries().hints;
        // Whoever sends more than that gets no more memory for it.
        if hints.len() < MOST_HINTS {
            hints.extend(transaction.filter(|name| name.len() <= LONGEST_HINT));
        }
    }

    /// Takes what the provider answered when it was asked.
    pub(crate) fn read_back(&self, key: &RefundKey, state: &RefundState) {
        let mut entries = self.entries();
        if let Some(progress) = entries.refunds.get_mut(key) {
            let change = progress.read_back(state);
            entries.note(key, change);
        }
    }

    /// Begins anew after a retry.
    pub(crate) fn retried(&self, key: &RefundKey) {
        if let Some(progress) = self.entries().refunds.get_mut(key) {
            progress.retried();
        }
    }

    pub(crate) fn status(&self, key: &RefundKey) -> Option<RefundStatus> {
        self.entries().refunds.get(key)?.status().cloned()
    }

    /// The refunds of which it has to be asked how they stand.
    pub(crate) fn to_read_back(&self) -> Vec<RefundKey> {
        let entries = self.entries();
        let open = entries.refunds.values().filter(|it| it.needs_read_back());
        open.map(|progress| progress.refund().clone()).collect()
    }

    /// The transactions that somebody says have news, each once.
    pub(crate) fn take_hints(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.entries().hints)
    }

    pub(crate) fn corrections(&self) -> Vec<String> {
        self.entries().corrections.clone()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn note(&mut self, key: &RefundKey, change: Change) {
        if let Change::Corrected { from, to } = change {
            self.corrections.push(format!("{key}: {from}, then {to}"));
        }
    }
}
