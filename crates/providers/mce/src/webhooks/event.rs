//! The event.

use provider_runtime::webhooks::{Delivery, Format, Malformed, UnknownEvent, decode, members};
use serde::Serialize;

use crate::types::CryptoRefundNotification;

/// How MCE's webhook is read.
#[derive(Debug, Clone, Copy)]
pub struct Mce;

/// An event, as somebody claims.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Event {
    /// A notification about a refund.
    CryptoRefund(Box<CryptoRefundNotification>),
    /// Any other.
    Unknown(UnknownEvent),
}

impl Event {
    /// The event's name as it came; empty if it has none.
    pub fn name(&self) -> &str {
        match self {
            Self::CryptoRefund(notification) => {
                notification.event_type.as_deref().unwrap_or_default()
            }
            Self::Unknown(event) => event.name(),
        }
    }
}

/// The text of the member `name` of `body`.
fn text(body: &str, name: &str) -> Result<Option<String>, Malformed> {
    let members = members(body)?;
    let member = members.iter().find(|member| member.name == name.as_bytes());
    Ok(member.and_then(|member| member.text()))
}

impl Format for Mce {
    type Event = Event;

    fn delivery(body: &str) -> Result<Delivery, Malformed> {
        let id = text(body, "notificationId")?.filter(|id| !id.is_empty());
        Ok(match id {
            Some(id) => Delivery::with_id(id, None),
            None => Delivery::by_content(body.as_bytes(), None),
        })
    }

    fn event(body: &str) -> Event {
        let name = text(body, "eventType").ok().flatten().unwrap_or_default();
        let refund = |notification| Event::CryptoRefund(Box::new(notification));
        match decode(&name, body, Some(refund), Event::Unknown) {
            // The id of the refund is what tells it from notifications about something else.
            Event::CryptoRefund(notification) if notification.data.crypto_refund_id.is_none() => {
                decode::<CryptoRefundNotification, _>(&name, body, None, Event::Unknown)
            }
            event => event,
        }
    }
}
