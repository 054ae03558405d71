//! Under which keys refunds were asked for: a provider takes two under one key for one.

use std::collections::{BTreeMap, btree_map};

use super::reference;

/// The keys that came, each with the number of the refund that came first under it.
#[derive(Debug, Default)]
pub(super) struct KeysUsed(BTreeMap<String, usize>);

impl KeysUsed {
    /// Notes that a refund came under a key; tells it if the key is another refund's.
    pub(super) fn used(&mut self, key: String, number: usize) -> Option<String> {
        let name = |number: usize| reference(number as u64);
        match self.0.entry(key) {
            btree_map::Entry::Vacant(new) => {
                new.insert(number);
                None
            }
            btree_map::Entry::Occupied(first) if *first.get() == number => None,
            btree_map::Entry::Occupied(first) => Some(format!(
                "{} under {:?}, as {}",
                name(number),
                first.key(),
                name(*first.get())
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_refunds_however_often_it_comes() {
        let mut keys = KeysUsed::default();
        assert_eq!(keys.used("k".to_owned(), 3), None);
        assert_eq!(keys.used("k".to_owned(), 3), None);
        assert_eq!(keys.used("other".to_owned(), 4), None);
        let shared = keys.used("k".to_owned(), 5);
        assert_eq!(shared.as_deref(), Some("r-5 under \"k\", as r-3"));
    }
}
