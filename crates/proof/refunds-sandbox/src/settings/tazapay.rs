use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Repeat, RetrySchedule};
use crate::serde_duration::seconds;

/// What Tazapay's documentation leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TazapaySettings {
    /// The status of a create's answer; 200 and 202 are documented. Default 202,
    /// the example's.
    pub create_status: u16,
    /// When a refund settles, in seconds. Documented as one or two minutes.
    /// Default 90.
    #[serde(with = "seconds")]
    pub settles_after: Duration,
    /// What a key that was used with another body does: `replayed` gives the
    /// stored answer, `refused` 409 with code 100, `pays_again` carries the new
    /// request out. Default: replayed.
    pub changed_request: Repeat,
    /// What a key does whose first request has not been answered yet. Default:
    /// runs again, since only answers are stored.
    pub running_key: RunningKey,
    /// Whether a success whose answer gets lost on its way, since the connection
    /// breaks or the client has left, counts as answered, so that its key is kept.
    /// Documented is only that a key keeps what ended in a 2xx. Default true:
    /// without it, no repetition after a lost answer is safe, and a key is of no
    /// use.
    pub lost_answer_keeps_key: bool,
    /// What a refund without an amount asks for once a part has been refunded.
    /// Default: the full amount, which is refused with 30012.
    pub omitted_amount: OmittedAmount,
    /// The code of a failed authentication; 108, 109 and 111 are documented,
    /// but not when. Default 108.
    pub unauthorized_code: i64,
    /// The code of a refund in another currency than the payin's. Default 104.
    pub currency_mismatch_code: i64,
    /// How times are written. Default: as in the REST samples.
    pub created_at: CreatedAt,
    /// Whether the account may refund; if not, 30017. Default true.
    pub account_may_refund: bool,
    /// Whether a request's `metadata` may be an object of texts, as answers have
    /// it, beside the JSON text of the schema; the encoding is unresolved. Default
    /// true.
    pub metadata_object: bool,
    /// How a payment attempt says whether it was `refunded`: a boolean in the
    /// table, a text in the sample. Default: a boolean.
    pub refunded_form: RefundedForm,
    /// Whether a payment attempt of which a part was refunded says that it was
    /// `refunded`, which is not documented. Default false.
    pub partly_refunded_is_refunded: bool,
    /// From when on a refund counts for `refunded`, which is not documented.
    /// Default: from its creation.
    pub refund_counts: RefundCounts,
    /// When an event is delivered again that was not answered with a 2xx.
    /// Documented: for about 24 hours, and 36 on an older page; the pauses are
    /// the sandbox's.
    pub webhook_retries: RetrySchedule,
}

impl Default for TazapaySettings {
    fn default() -> Self {
        Self {
            create_status: 202,
            settles_after: Duration::from_secs(90),
            changed_request: Repeat::Replayed,
            running_key: RunningKey::RunsAgain,
            lost_answer_keeps_key: true,
            omitted_amount: OmittedAmount::FullAmount,
            unauthorized_code: 108,
            currency_mismatch_code: 104,
            created_at: CreatedAt::Spaced,
            account_may_refund: true,
            metadata_object: true,
            refunded_form: RefundedForm::Boolean,
            partly_refunded_is_refunded: false,
            refund_counts: RefundCounts::WhenCreated,
            webhook_retries: RetrySchedule::default(),
        }
    }
}

/// What a refund without an amount asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmittedAmount {
    /// All that was paid, whatever was refunded before.
    FullAmount,
    /// What has not been refunded yet.
    WhatIsLeft,
}

/// What an idempotency key does whose first request has not been answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunningKey {
    /// The second request is carried out beside the first.
    RunsAgain,
    /// The second request is refused with 409 and code 100.
    Refused,
}

/// How a payment attempt says whether it was refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundedForm {
    /// `true` or `false`.
    Boolean,
    /// `"true"` or `"false"`.
    Text,
}

/// From when on a refund counts for a payment attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundCounts {
    /// As soon as it was created.
    WhenCreated,
    /// Once it succeeded.
    WhenSucceeded,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedAt {
    /// `2023-07-23 23:59:56`, in UTC.
    Spaced,
    /// `2023-07-23T23:59:56.000000Z`.
    Rfc3339,
}
