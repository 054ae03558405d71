//! What is known of each refund from its events.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use refunds::{
    ProviderName, RefundState, RefundStatus,
    webhooks::{Change, RefundKey, RefundProgress, RefundUpdate, UnverifiedUpdate},
};

/// What is known of the refunds.
#[derive(Default)]
pub(crate) struct Known(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    refunds: BTreeMap<RefundKey, RefundProgress>,
    /// What was proven, by what was refunded, for doubts that it settles.
    proven: BTreeMap<(ProviderName, String), Vec<RefundUpdate>>,
    hints: BTreeSet<(ProviderName, String)>,
    counts: Counts,
}

/// What became of the updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) applied: u64,
    pub(crate) duplicates: u64,
    pub(crate) stale: u64,
    pub(crate) undecided: u64,
    pub(crate) corrected: u64,
    pub(crate) hints: u64,
}

impl Known {
    pub(super) fn take(&self, update: &RefundUpdate) {
        let mut entries = self.entries();
        if let Some(subject) = subject(update) {
            let key = (update.provider(), subject.to_owned());
            entries.proven.entry(key).or_default().push(update.clone());
        }
        let Some(key) = update.refund() else { return };
        let progress = entries
            .refunds
            .entry(key.clone())
            .or_insert_with(|| RefundProgress::new(key.clone()));
        let change = progress.apply(update);
        entries.counts.add(&change);
    }

    pub(super) fn hint(&self, update: &UnverifiedUpdate) {
        let mut entries = self.entries();
        entries.counts.hints += 1;
        let transaction = update.claimed().transaction.clone();
        let hint = transaction.map(|transaction| (update.provider(), transaction));
        entries.hints.extend(hint);
    }

    pub(super) fn read_back(&self, key: &RefundKey, state: &RefundState) {
        let mut entries = self.entries();
        let progress = entries
            .refunds
            .entry(key.clone())
            .or_insert_with(|| RefundProgress::new(key.clone()));
        if let Change::Corrected { .. } = progress.read_back(state) {
            entries.counts.corrected += 1;
        }
    }

    pub(super) fn to_read_back(&self) -> Vec<RefundKey> {
        let entries = self.entries();
        let open = entries.refunds.values().filter(|it| it.needs_read_back());
        open.map(|progress| progress.refund().clone()).collect()
    }

    pub(super) fn hints(&self, provider: ProviderName) -> Vec<String> {
        let entries = self.entries();
        let of_provider = entries.hints.iter().filter(|(of, _)| *of == provider);
        of_provider.map(|(_, hint)| hint.clone()).collect()
    }

    /// What was proven about what was refunded, in the order in which it came.
    pub(super) fn proven(&self, provider: ProviderName, subject: &str) -> Vec<RefundUpdate> {
        let key = (provider, subject.to_owned());
        self.entries().proven.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn status(&self, key: &RefundKey) -> Option<RefundStatus> {
        self.entries().refunds.get(key)?.status().cloned()
    }

    pub(super) fn counts(&self) -> Counts {
        self.entries().counts
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was refunded, as the event names it: Tazapay's payin, Kotani Pay's off-ramp.
fn subject(update: &RefundUpdate) -> Option<&str> {
    let told = update.told();
    told.transaction.as_deref().or(told.reference.as_deref())
}

impl Counts {
    fn add(&mut self, change: &Change) {
        match change {
            Change::Applied => self.applied += 1,
            Change::Duplicate => self.duplicates += 1,
            Change::Stale => self.stale += 1,
            Change::Undecided { .. } | Change::Contradictory { .. } => self.undecided += 1,
            Change::Corrected { .. } => self.corrected += 1,
            _ => {}
        }
    }
}
