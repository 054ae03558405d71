use std::collections::HashMap;

use super::refund::Refund;

/// The refunds that were made, found by their id and by their payin.
#[derive(Clone, Default)]
pub(super) struct Refunds {
    /// How many ids were given away; an id that was shown is never another refund's.
    issued: usize,
    by_id: HashMap<String, Refund>,
    ids_by_payin: HashMap<String, Vec<String>>,
}

impl Refunds {
    pub(super) fn next_id(&self) -> String {
        format!("rfd_{:020}", self.issued + 1)
    }

    /// As they were before, but for the ids that were given away.
    pub(super) fn back_to(&mut self, before: Self) {
        *self = Self {
            issued: self.issued,
            ..before
        };
    }

    pub(super) fn find(&self, id: &str) -> Option<&Refund> {
        self.by_id.get(id)
    }

    pub(super) fn of_payin(&self, payin: &str) -> impl Iterator<Item = &Refund> {
        let ids = self.ids_by_payin.get(payin);
        ids.into_iter().flatten().filter_map(|id| self.find(id))
    }

    pub(super) fn push(&mut self, refund: Refund) {
        let ids = self.ids_by_payin.entry(refund.payin.clone()).or_default();
        ids.push(refund.id.clone());
        self.issued += 1;
        self.by_id.insert(refund.id.clone(), refund);
    }
}
