//! The events, by their names.

use provider_runtime::webhooks::{UnknownEvent, decode};
use serde::Serialize;

use crate::types::RefundEvent;

/// An event. The state of a refund is in its data; the name says which change it was that was reported.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Event {
    /// `refund.created`, which an older page names.
    RefundCreated(RefundEvent),
    /// `refund.pending`.
    RefundPending(RefundEvent),
    /// `refund.succeeded`.
    RefundSucceeded(RefundEvent),
    /// `refund.failed`.
    RefundFailed(RefundEvent),
    /// Any other event, and one that does not have its documented form.
    Unknown(UnknownEvent),
}

impl Event {
    /// The event's name as it came.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown(event) => event.name(),
            _ => self.refund().map_or("", |event| &event.type_),
        }
    }

    /// The event about a refund, whichever it is; `None` for an unknown one.
    pub fn refund(&self) -> Option<&RefundEvent> {
        match self {
            Self::RefundCreated(event)
            | Self::RefundPending(event)
            | Self::RefundSucceeded(event)
            | Self::RefundFailed(event) => Some(event),
            Self::Unknown(_) => None,
        }
    }

    pub(super) fn read(name: &str, body: &str) -> Self {
        let known: Option<fn(RefundEvent) -> Self> = match name {
            "refund.created" => Some(Self::RefundCreated),
            "refund.pending" => Some(Self::RefundPending),
            "refund.succeeded" => Some(Self::RefundSucceeded),
            "refund.failed" => Some(Self::RefundFailed),
            _ => None,
        };
        decode(name, body, known, Self::Unknown)
    }
}
