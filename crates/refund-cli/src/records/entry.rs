//! What is kept of a refund.

use std::time::SystemTime;

use refunds::InDoubt;
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
    Accepted {
        /// The provider's id of the refund.
        refund_id: Option<String>,
        /// When that was recorded.
        at: SystemTime,
    },
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
    pub(crate) fn accepted(refund_id: Option<&str>) -> Self {
        Self::Accepted {
            refund_id: refund_id.map(str::to_owned),
            at: SystemTime::now(),
        }
    }
}
