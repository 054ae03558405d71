//! The events, by their names.

use provider_runtime::webhooks::{UnknownEvent, decode};
use serde::Serialize;

use crate::types::{
    OfframpStatusUpdatedEvent, RefundCompletedEvent, RefundFailedEvent, RefundInvoiceNeededEvent,
};

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Event {
    /// `refund.completed`.
    RefundCompleted(RefundCompletedEvent),
    /// `refund.failed`.
    RefundFailed(RefundFailedEvent),
    /// `refund.lightning.invoice_needed`: the refund waits for an invoice.
    RefundInvoiceNeeded(RefundInvoiceNeededEvent),
    /// `transaction.offramp.status.updated`: the parent of a refund.
    OfframpStatusUpdated(OfframpStatusUpdatedEvent),
    /// Any other event, and one that does not have its documented form.
    Unknown(UnknownEvent),
}

impl Event {
    /// The event's name as it came.
    pub fn name(&self) -> &str {
        match self {
            Self::RefundCompleted(event) => &event.event,
            Self::RefundFailed(event) => &event.event,
            Self::RefundInvoiceNeeded(event) => &event.event,
            Self::OfframpStatusUpdated(event) => &event.event,
            Self::Unknown(event) => event.name(),
        }
    }

    /// The integrator's reference of the off-ramp transaction; `None` for an unknown event.
    pub fn reference_id(&self) -> Option<&str> {
        match self {
            Self::RefundCompleted(event) => Some(&event.data.reference_id),
            Self::RefundFailed(event) => Some(&event.data.reference_id),
            Self::RefundInvoiceNeeded(event) => Some(&event.data.reference_id),
            Self::OfframpStatusUpdated(event) => Some(&event.data.reference_id),
            Self::Unknown(_) => None,
        }
    }

    pub(super) fn read(name: &str, body: &str) -> Self {
        match name {
            "refund.completed" => {
                decode(name, body, Some(Self::RefundCompleted as _), Self::Unknown)
            }
            "refund.failed" => decode(name, body, Some(Self::RefundFailed as _), Self::Unknown),
            "refund.lightning.invoice_needed" => decode(
                name,
                body,
                Some(Self::RefundInvoiceNeeded as _),
                Self::Unknown,
            ),
            "transaction.offramp.status.updated" => decode(
                name,
                body,
                Some(Self::OfframpStatusUpdated as _),
                Self::Unknown,
            ),
            _ => decode::<RefundCompletedEvent, _>(name, body, None, Self::Unknown),
        }
    }
}
