//! The events, by their names.

use provider_runtime::webhooks::{Delivery, Format, Malformed, UnknownEvent, decode, members};
use serde::Serialize;

use crate::types::RefundCallback;

/// How Optty's callbacks are read.
#[derive(Debug, Clone, Copy)]
pub struct Optty;

/// An event, as somebody claims.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Event {
    /// `REFUND_CALLBACK`: a refund changed its status.
    RefundCallback(RefundCallback),
    /// Any other event, and one that does not have its documented form.
    Unknown(UnknownEvent),
}

impl Event {
    /// The event's name as it came.
    pub fn name(&self) -> &str {
        match self {
            Self::RefundCallback(callback) => &callback.event,
            Self::Unknown(event) => event.name(),
        }
    }
}

impl Format for Optty {
    type Event = Event;

    fn delivery(body: &str) -> Result<Delivery, Malformed> {
        members(body)?;
        Ok(Delivery::by_content(body.as_bytes(), None))
    }

    fn event(body: &str) -> Event {
        let members = members(body).unwrap_or_default();
        let name = members.iter().find(|member| member.name == b"event");
        let name = name.and_then(|member| member.text()).unwrap_or_default();
        let known = (name == "REFUND_CALLBACK").then_some(Event::RefundCallback as _);
        decode::<RefundCallback, _>(&name, body, known, Event::Unknown)
    }
}
