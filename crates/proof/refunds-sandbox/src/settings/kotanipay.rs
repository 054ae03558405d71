use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Repeat, RetrySchedule};
use crate::serde_duration::seconds;

/// What Kotani Pay's documentation leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KotanipaySettings {
    /// The secret of an account that signs its requests; with one, each request
    /// must be signed. Documented; default none.
    pub signing_secret: Option<SigningSecret>,
    /// The documented limits, or none. Default: the documented ones.
    pub rate_limits: Option<RateLimits>,
    /// How often a refund may be retried; none is without limit. The
    /// documentation says 3, 4, 5 and 10. Default 10.
    pub retry_limit: Option<u32>,
    /// What a retry does while the one before it runs, or after it paid. Default:
    /// refused, as whatever has not failed.
    pub repeated_retry: Repeat,
    /// What another invoice does while the refund of the first runs, or after it
    /// paid. Default: refused, since none is awaited.
    pub repeated_invoice: Repeat,
    /// Whether a retry of a Lightning refund, failed or waiting for its invoice,
    /// asks for an invoice, with the same event as before. Default false: one that
    /// failed is paid again to the invoice it had, and one that waits is refused.
    pub retry_asks_for_invoice: bool,
    /// How long an accepted retry or invoice waits until it runs, in seconds.
    /// Until then the refund's status, `totalRetries` and `timestamp` stay as they
    /// were. Default 0.
    #[serde(with = "seconds")]
    pub retry_starts_after: Duration,
    /// How long a refund takes once it runs, in seconds. Default 30.
    #[serde(with = "seconds")]
    pub refund_takes: Duration,
    /// The `refundStatus` of a refund that runs. Default `PENDING`.
    pub pending_word: String,
    /// The `status` of a transaction that was refunded: `REFUNDED` on some
    /// pages, `REVERSED` on others. Default `REFUNDED`.
    pub refunded_word: String,
    /// The status of an accepted retry or invoice; no 2xx is documented.
    /// Default 200.
    pub accepted_status: u16,
    /// The body of an accepted retry or invoice. Default: the envelope of every
    /// success.
    pub accepted_body: AcceptedBody,
    /// How long after the failure of a transaction whose crypto arrived its
    /// automatic refund starts, in seconds. Documented as five minutes.
    #[serde(with = "seconds")]
    pub automatic_refund_after: Duration,
    /// When an event is delivered again that was not answered with a 2xx.
    /// Documented: for up to 24 hours; the pauses are the sandbox's.
    pub webhook_retries: RetrySchedule,
}

impl Default for KotanipaySettings {
    fn default() -> Self {
        Self {
            signing_secret: None,
            rate_limits: Some(RateLimits::default()),
            retry_limit: Some(10),
            repeated_retry: Repeat::Refused,
            repeated_invoice: Repeat::Refused,
            retry_asks_for_invoice: false,
            retry_starts_after: Duration::ZERO,
            refund_takes: Duration::from_secs(30),
            pending_word: "PENDING".to_owned(),
            refunded_word: "REFUNDED".to_owned(),
            accepted_status: 200,
            accepted_body: AcceptedBody::Envelope,
            automatic_refund_after: Duration::from_secs(300),
            webhook_retries: RetrySchedule::default(),
        }
    }
}

/// The body of an answer that is documented without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptedBody {
    /// `{"success": true, "message": …, "data": {}}`.
    Envelope,
    /// None.
    Empty,
}

/// Requests that an operation takes in a while, per operation.
///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Reads in five seconds. Documented: 100.
    pub reads: u32,
    /// Reads in a burst of five seconds, or none. Documented: 20 beside the limit
    /// of 100 in the same five seconds, of which one only can hold. Default none:
    /// the limit is the one that a client is told to stay below.
    pub reads_burst: Option<u32>,
    /// Requests that move money, in a minute. Documented: 60.
    pub money: u32,
    /// Requests that move money, in five seconds. Documented: 20.
    pub money_burst: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            reads: 100,
            reads_burst: None,
            money: 60,
            money_burst: 20,
        }
    }
}

/// The secret with which requests are signed. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// A secret of this text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}
