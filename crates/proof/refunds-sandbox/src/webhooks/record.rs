use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Provider;

/// A delivery of an event, or what somebody else sent in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRecord {
    /// Its number, from 1, over all providers.
    pub number: u64,
    /// Number of the event, from 1, over all providers; all deliveries of an
    /// event have the same one.
    pub event: u64,
    /// Whose event it is, or is said to be.
    pub provider: Provider,
    /// The event's name, such as `refund.succeeded`.
    pub name: String,
    /// What the event is about: `refund_id` of the ledger's entry, and at Kotani
    /// Pay its `subject`.
    pub subject: String,
    /// What kind of delivery it is.
    pub kind: DeliveryKind,
    /// Which attempt of the event it is, from 1.
    pub attempt: u32,
    /// When it was sent, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The status that the receiver answered; none where there was no answer, or
    /// not yet.
    pub answered: Option<u16>,
    /// The headers, without those of the connection.
    pub headers: BTreeMap<String, String>,
    /// The body, as it was sent.
    pub body: String,
}

/// What kind of delivery something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// The provider's, as documented.
    Genuine,
    /// The provider's, once more at the same time.
    Duplicate,
    /// The same bytes as an earlier one, sent again later.
    Replayed,
    /// The provider's, under a signature of another secret.
    BadlySigned,
    /// Somebody else's, under a signature of another secret.
    Forged,
    /// The provider's, with its body changed on the way.
    Altered,
    /// An event of the provider's own whose name and data contradict each other.
    Contradicting,
}

impl DeliveryKind {
    /// Whether it says what the provider says, be that a contradiction. Where events are signed, its
    /// signature is the provider's too, unless it is badly signed.
    pub const fn is_true(self) -> bool {
        !matches!(self, Self::Forged | Self::Altered)
    }
}
