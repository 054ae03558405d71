//! Events that were handled before.

use std::collections::{HashSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// Remembers which events were handled.
///
/// An event is remembered after it was handled and not before: a call that failed here is repeated by the
/// provider, and has to be taken then. A guard shared by several processes is one's own to write, over
/// whatever they share.
pub trait ReplayGuard: Send + Sync {
    /// Whether the event with this key was handled.
    fn knows(&self, key: &str) -> bool;

    /// Remembers that it was.
    fn remember(&self, key: &str);
}

/// The keys of the last events, in memory.
#[derive(Debug)]
pub struct RecentDeliveries {
    capacity: NonZeroUsize,
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    known: HashSet<String>,
    oldest_first: VecDeque<String>,
}

impl RecentDeliveries {
    /// Remembers `capacity` keys; the oldest is forgotten for one more.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            capacity,
            keys: Mutex::default(),
        }
    }
}

impl ReplayGuard for RecentDeliveries {
    fn knows(&self, key: &str) -> bool {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.known.contains(key)
    }

    fn remember(&self, key: &str) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.known.insert(key.to_owned()) {
            return;
        }
        keys.oldest_first.push_back(key.to_owned());
        if keys.oldest_first.len() > self.capacity.get()
            && let Some(oldest) = keys.oldest_first.pop_front()
        {
            keys.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_key_is_forgotten_for_one_more() {
        let guard = RecentDeliveries::new(NonZeroUsize::new(2).unwrap());
        for key in ["a", "b", "b", "a"] {
            guard.remember(key);
        }
        assert!(guard.knows("a") && guard.knows("b"));
        guard.remember("c");
        assert!(!guard.knows("a"));
        assert!(guard.knows("b") && guard.knows("c"));
    }
}
