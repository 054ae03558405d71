//! What is kept of a refund.

use std::time::{Duration, SystemTime};

use refunds::{Action, InDoubt};
use serde::{Deserialize, Serialize};

/// What is kept of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// It was begun, and its outcome is not known.
    InDoubt {
        /// What reconciliation needs.
        record: Box<InDoubt>,
        /// Whether a reconciliation has sent something whose end was not recorded.
        reconciling: bool,
    },
    /// It was accepted.
    Accepted(Accepted),
}

/// A write that the provider accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    /// What was asked for: the same is not sent again, anything else is refused.
    pub(crate) action: Box<Action>,
    /// The provider's id of the refund.
    pub(crate) refund_id: Option<String>,
    /// When that was recorded.
    pub(crate) at: SystemTime,
}

impl Entry {
    /// A refund in doubt.
    pub(crate) fn in_doubt(record: InDoubt) -> Self {
        Self::InDoubt {
            record: Box::new(record),
            reconciling: false,
        }
    }

    /// An accepted refund.
    pub(crate) fn accepted(action: Action, refund_id: Option<&str>) -> Self {
        Self::Accepted(Accepted {
            action: Box::new(action),
            refund_id: refund_id.map(str::to_owned),
            at: SystemTime::now(),
        })
    }
}

impl Accepted {
    /// How long the provider can still be working at it, if it takes as long as this at most.
    pub(crate) fn settles_in(&self, settle_after: Duration) -> Duration {
        match SystemTime::now().duration_since(self.at) {
            Ok(age) => settle_after.saturating_sub(age),
            // The clock was set back: nothing is known of how long ago it was.
            Err(_) => settle_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_settles_once_its_time_is_over() {
        let minute = Duration::from_secs(60);
        let accepted = |at| Accepted {
            action: Box::new(Action::Retry),
            refund_id: None,
            at,
        };
        let now = SystemTime::now();
        assert!(accepted(now).settles_in(minute) > Duration::from_secs(50));
        assert!(accepted(now - minute).settles_in(minute).is_zero());
        assert_eq!(accepted(now + minute * 60).settles_in(minute), minute);
    }
}
