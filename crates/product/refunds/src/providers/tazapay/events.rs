//! Tazapay: the refund as its calls show it, under the event's id and time.

use provider_runtime::webhooks::Verified;
use tazapay::{Timestamp, webhooks::Event};

use super::{
    PROFILE,
    request::REFERENCE_KEY,
    state::{status, tell},
};
use crate::{
    RefundStatus,
    custom::Told,
    evidence::Fact,
    webhooks::{self, ProviderEvent, RefundUpdate},
};

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        // Ours, if it travelled under the default key.
        let told = told(event.event(), event.occurred_at(), Some(REFERENCE_KEY));
        let told = webhooks::Told::of(&PROFILE, &told, event.key());
        Self::new(told, ProviderEvent::Tazapay(Box::new(event)))
    }
}

/// What an event tells; our reference is under `key` of the metadata, if it was sent.
pub(crate) fn told(event: &Event, occurred_at: Option<&Timestamp>, key: Option<&str>) -> Told {
    let told = Told::new().with_time(occurred_at.cloned());
    let Some(refund) = event.refund() else {
        return told;
    };
    // Without a status, what the event's name means; `refund.created` means none.
    let meaning = match event {
        Event::RefundPending(_) => Some(RefundStatus::Pending),
        Event::RefundSucceeded(_) => Some(RefundStatus::Succeeded),
        Event::RefundFailed(_) => Some(RefundStatus::Failed),
        _ => None,
    };
    let told = told
        .with(Fact::Envelope, Some(&refund.type_))
        .with(Fact::Body, refund.object.as_ref());
    let word = refund.data.status.as_ref().map(ToString::to_string);
    let word = word.filter(|word| !word.is_empty());
    tell(told, &refund.data, key).with_status(word.as_ref().map(status).or(meaning))
}
