//! Kotani Pay: `refundStatus` of the refund, or `status` of its off-ramp.

use kotanipay::{Timestamp, webhooks::Event};
use provider_runtime::webhooks::{Unverified, Verified};

use super::{PROFILE, calls::money};
use crate::{
    RefundStatus, WordField,
    custom::Told,
    evidence::Fact,
    webhooks::{self, ProviderEvent, RefundUpdate, UnverifiedEvent, UnverifiedUpdate},
};

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = told(event.event(), event.occurred_at());
        let told = webhooks::Told::of(&PROFILE, &told, event.key());
        Self::new(told, ProviderEvent::Kotanipay(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = told(event.claimed(), event.occurred_at());
        let told = webhooks::Told::of(&PROFILE, &told, event.key());
        Self::new(told, UnverifiedEvent::Kotanipay(Box::new(event)))
    }
}

pub(crate) fn told(event: &Event, occurred_at: Option<&Timestamp>) -> Told {
    let told = Told::new()
        .with(Fact::Envelope, Some(event.name()))
        .with(Fact::Reference, event.reference_id())
        .with_time(occurred_at.cloned());
    match event {
        Event::RefundCompleted(event) => {
            let data = &event.data;
            let word = data.refund_status.as_ref();
            told.with(Fact::Status, word)
                .with(Fact::PaymentStatus, data.status.as_ref())
                .with(Fact::Amount, data.refund_amount.as_ref())
                .with_amount(money(data.refund_amount.as_ref(), data.token.as_deref()))
                .with_status(Some(refund_status(word, RefundStatus::Succeeded)))
        }
        Event::RefundFailed(event) => {
            let data = &event.data;
            let word = data.refund_status.as_ref();
            told.with(Fact::Status, word)
                .with(Fact::Amount, data.refund_amount.as_ref())
                .with_amount(money(data.refund_amount.as_ref(), data.token.as_deref()))
                .with_status(Some(refund_status(word, RefundStatus::Failed)))
        }
        // Its amount names no token, and its unit is not documented.
        Event::RefundInvoiceNeeded(event) => {
            let word = event.data.refund_status.as_ref();
            told.with(Fact::Status, word)
                .with_status(Some(refund_status(word, RefundStatus::ActionRequired)))
        }
        Event::OfframpStatusUpdated(event) => {
            let word = event.data.status.as_ref().map(ToString::to_string);
            told.with(Fact::PaymentStatus, word.as_ref())
                .with_status(word.and_then(|word| offramp_word(&word)))
        }
        _ => told.with_status(None),
    }
}

/// The status that the event tells, or else what its name means.
fn refund_status(word: Option<&impl ToString>, meaning: RefundStatus) -> RefundStatus {
    word.map_or(meaning, |word| {
        RefundStatus::from_word(WordField::KotanipayRefund, &word.to_string())
    })
}

/// What the status of the off-ramp says of its refund, if it says anything.
fn offramp_word(word: &str) -> Option<RefundStatus> {
    match RefundStatus::from_offramp(word, None) {
        RefundStatus::Unknown(_) => None,
        status => Some(status),
    }
}
