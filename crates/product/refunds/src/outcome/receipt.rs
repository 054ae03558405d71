//! What a provider says of a refund that it knows.

use std::fmt;

use super::{Answer, RetryMark};
use crate::{Money, ProviderName, Reference, RefundStatus, evidence::Row};

/// The state of a refund as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundState {
    /// The provider's id of the refund, where it has one.
    pub refund_id: Option<String>,
    /// The status; `None` where the answer has none.
    pub status: Option<RefundStatus>,
    /// The refunded amount, where the answer tells it with its currency.
    pub amount: Option<Money>,
}

impl RefundState {
    pub(crate) fn new(
        refund_id: Option<String>,
        status: Option<RefundStatus>,
        amount: Option<Money>,
    ) -> Self {
        // Providers send empty texts for what they do not know, and blanks name nothing.
        let refund_id = refund_id.filter(|id| id.chars().any(char::is_alphanumeric));
        Self {
            refund_id,
            status,
            amount,
        }
    }
}

impl RefundState {
    /// Something that was told beside the status contradicts it, so that it is not final.
    pub(crate) fn contradict(&mut self, row: &'static Row) {
        if let Some(status) = &self.status {
            let beside = format!("{status}, not confirmed by {}", row.looks_at);
            self.status = Some(RefundStatus::Unknown(beside));
        }
    }
}

/// A write that the provider has taken on.
pub struct Receipt {
    pub(crate) provider: ProviderName,
    pub(crate) reference: Reference,
    pub(crate) state: RefundState,
    pub(crate) attempts: u32,
    pub(crate) retry_mark: Option<Box<RetryMark>>,
    pub(crate) answer: Box<Answer>,
}

impl Receipt {
    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.provider
    }

    /// The user's own reference of the refund.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The provider's id of the refund; Kotani Pay and Optty's orders have none.
    pub fn refund_id(&self) -> Option<&str> {
        self.state.refund_id.as_deref()
    }

    /// The status; `None` where the answer has none.
    pub fn status(&self) -> Option<&RefundStatus> {
        self.state.status.as_ref()
    }

    /// The refunded amount, where the answer tells it.
    pub fn amount(&self) -> Option<&Money> {
        self.state.amount.as_ref()
    }

    /// The state of the refund as the answer tells it.
    pub fn state(&self) -> &RefundState {
        &self.state
    }

    /// How many requests were made; reads of a reconciliation are not counted.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Of a retry or an invoice at Kotani Pay: what the refund showed before it. Store it: without it the refund cannot be
    /// tried once more, because nothing would tell that this try has run.
    pub fn retry_mark(&self) -> Option<&RetryMark> {
        self.retry_mark.as_deref()
    }

    /// The provider's own answer.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The provider's own answer, itself.
    pub fn into_answer(self) -> Answer {
        *self.answer
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("provider", &self.provider)
            .field("reference", &self.reference)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What a read found.
#[derive(Debug)]
pub struct Fetched {
    pub(crate) refunds: Vec<RefundState>,
    pub(crate) retry_mark: Option<RetryMark>,
    pub(crate) answer: Box<Answer>,
}

impl Fetched {
    /// The refunds: one, or for Optty as many as the order has.
    pub fn refunds(&self) -> &[RefundState] {
        &self.refunds
    }

    /// Of a refund at Kotani Pay: what it shows, to be compared with what it showed before a retry.
    pub fn retry_mark(&self) -> Option<RetryMark> {
        self.retry_mark.clone()
    }

    /// The refund, if it is a single one.
    pub fn single(&self) -> Option<&RefundState> {
        match self.refunds.as_slice() {
            [refund] => Some(refund),
            _ => None,
        }
    }

    /// The provider's own answer.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The provider's own answer, itself.
    pub fn into_answer(self) -> Answer {
        *self.answer
    }
}
