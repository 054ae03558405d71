use std::collections::HashMap;

use super::refund::Refund;

/// The refunds that were made, found by their id and by their payin.
#[derive(Default)]
pub(super) struct Refunds {
    by_id: HashMap<String, Refund>,
    ids_by_payin: HashMap<String, Vec<String>>,
}

impl Refunds {
    pub(super) fn next_id(&self) -> String {
        format!("rfd_{:020}", self.by_id.len() + 1)
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
        self.by_id.insert(refund.id.clone(), refund);
    }
}
