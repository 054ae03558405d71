use serde::{Deserialize, Serialize};

use super::{Repeat, RetrySchedule};

/// What MCE's documentation leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MceSettings {
    /// How a success's `code` is written. Default: as text.
    pub success_code: SuccessCode,
    /// The `status` of a refund just created; the meanings of the numbers are
    /// not documented. Default 1, the sample's.
    pub status: i64,
    /// What a second create for the same payment does. Default: refused, since
    /// the first took up the pending refund.
    pub repeated_create: Repeat,
    /// The status of the refusal where there is no pending refund. Default 422.
    pub no_pending_status: u16,
    /// The `code` of that refusal. Default `PAY_NO_PENDING_REFUND`, which is the
    /// sandbox's own.
    pub no_pending_code: String,
    /// The `eventType` of a refund's event, which is not documented. Default
    /// `CRYPTO_REFUND`, which is the sandbox's own.
    pub webhook_event_type: String,
    /// When an event is delivered again that was not answered with a 2xx;
    /// nothing is documented. Default: never.
    pub webhook_retries: RetrySchedule,
}

impl Default for MceSettings {
    fn default() -> Self {
        Self {
            success_code: SuccessCode::Text,
            status: 1,
            repeated_create: Repeat::Refused,
            no_pending_status: 422,
            no_pending_code: "PAY_NO_PENDING_REFUND".to_owned(),
            webhook_event_type: "CRYPTO_REFUND".to_owned(),
            webhook_retries: RetrySchedule::NONE,
        }
    }
}

/// How a success's `code` is written; the page shows a text, newer pages a
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessCode {
    /// `"200"`.
    Text,
    /// `200`.
    Number,
}
