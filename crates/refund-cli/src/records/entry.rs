//! What is kept of a refund.

use std::time::SystemTime;

use refunds::{Action, InDoubt, Receipt, RefundRequest, RefundStatus, RetryMark};
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
    /// Whether the same was asked for. Where our reference travels changes nothing about the refund; and
    /// records from before it travelled at Tazapay have no place for it.
    pub(crate) fn is_of(&self, action: &Action) -> bool {
        *self.action == *action || bare(&self.action) == bare(action)
    }

    pub(super) fn by_word(action: Action) -> Self {
        Self {
            action: Box::new(action),
            refund_id: None,
            status: None,
            retry_mark: None,
            at: SystemTime::now(),
        }
    }
}

/// The action without the place of our reference.
fn bare(action: &Action) -> Action {
    match action {
        Action::Create(RefundRequest::Tazapay(refund)) => {
            let refund = refund.clone().without_reference_in_metadata();
            Action::Create(refund.into())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use refunds::TazapayRefund;

    use super::*;

    fn accepted(stored: &str) -> Accepted {
        match serde_json::from_str(stored).unwrap() {
            Entry::Accepted(accepted) => accepted,
            Entry::InDoubt { .. } => panic!("in doubt"),
        }
    }

    fn refund(amount: &str) -> TazapayRefund {
        TazapayRefund::of_payin("chk_1").with_amount(amount.parse().unwrap())
    }

    /// As it was written before the reference travelled in the metadata, and before the status was kept.
    const OLD: &str = r#"{"state":"accepted","action":{"create":{"tazapay":{"payin":"chk_1",
        "payment_attempt":null,"amount":"19.90 USD","reason":null,"metadata":{},"customer":null,
        "webhook_url":null}}},"refund_id":"rfd_1",
        "at":{"secs_since_epoch":1764000000,"nanos_since_epoch":0}}"#;

    #[test]
    fn the_same_request_is_known_again_from_a_record_without_the_place_of_its_reference() {
        let old = accepted(OLD);
        assert_eq!(old.refund_id.as_deref(), Some("rfd_1"));
        assert_eq!((&old.status, &old.retry_mark), (&None, &None));
        assert!(old.is_of(&Action::Create(refund("19.90 USD").into())));
        let elsewhere = refund("19.90 USD").with_reference_key("mine");
        assert!(old.is_of(&Action::Create(elsewhere.into())));
    }

    #[test]
    fn another_request_is_not_taken_for_the_one_that_was_accepted() {
        let old = accepted(OLD);
        assert!(!old.is_of(&Action::Create(refund("19.91 USD").into())));
        let with_metadata = refund("19.90 USD").with_metadata("order", "7");
        assert!(!old.is_of(&Action::Create(with_metadata.into())));
        assert!(!old.is_of(&Action::Retry));
    }
}
