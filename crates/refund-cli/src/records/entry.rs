//! What is kept of a refund.

use std::time::SystemTime;

use refunds::{Action, InDoubt, Receipt, RefundStatus, RetryMark};
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
    /// What the provider last told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<RefundStatus>,
    /// What it showed before a retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_mark: Option<RetryMark>,
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

    /// A refund that the provider has taken on.
    pub(crate) fn of_receipt(action: Action, receipt: &Receipt) -> Self {
        Self::Accepted(Accepted {
            refund_id: receipt.refund_id().map(str::to_owned),
            status: receipt.status().cloned(),
            retry_mark: receipt.retry_mark().cloned(),
            ..Accepted::by_word(action)
        })
    }

    /// A refund that the provider has, as somebody says.
    pub(crate) fn by_word(action: Action) -> Self {
        Self::Accepted(Accepted::by_word(action))
    }
}

impl Accepted {
    fn by_word(action: Action) -> Self {
        Self {
            action: Box::new(action),
            refund_id: None,
            status: None,
            retry_mark: None,
            at: SystemTime::now(),
        }
    }
}
