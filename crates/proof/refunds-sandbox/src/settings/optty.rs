use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Repeat, RetrySchedule};
use crate::serde_duration::seconds;

/// What Optty's documentation leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpttySettings {
    /// How long an access token lives, in seconds. Documented as 86400.
    #[serde(with = "seconds")]
    pub token_life: Duration,
    /// What a `refundReference` that was used before does; it must be unique
    /// per merchant. Default: refused with 400.
    pub repeated_reference: Repeat,
    /// The status of a refund's answer: 200 on the page, 201 in the provider's
    /// own plugin. Default 200.
    pub refund_status: u16,
    /// The status of the details' answer. Default 200.
    pub details_status: u16,
    /// Merchants of which this account is the parent, so that it may name them
    /// in `merchantId`. Default none.
    pub child_merchants: Vec<String>,
    /// Refunds that stay pending for a while. Default none: each is
    /// `SUCCESSFUL` at once, the only word that is printed.
    pub pending: Option<PendingRefunds>,
    /// When a callback is delivered again that was not answered with a 2xx;
    /// nothing is documented. Default: never.
    pub webhook_retries: RetrySchedule,
}

impl Default for OpttySettings {
    fn default() -> Self {
        Self {
            token_life: Duration::from_secs(86_400),
            repeated_reference: Repeat::Refused,
            refund_status: 200,
            details_status: 200,
            child_merchants: Vec::new(),
            pending: None,
            webhook_retries: RetrySchedule::NONE,
        }
    }
}

/// Refunds that stay pending for a while, and how they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingRefunds {
    /// The status word meanwhile; none is documented.
    pub word: String,
    /// For how long, in seconds.
    #[serde(with = "seconds")]
    pub lasting: Duration,
    /// The status word of refunds that fail in the end, as then all of them do;
    /// none is documented. What failed is left to refund again, which is the
    /// sandbox's reading. Default none: they succeed.
    #[serde(default)]
    pub failed_word: Option<String>,
}
