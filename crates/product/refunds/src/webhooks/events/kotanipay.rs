//! Kotani Pay: `refundStatus` of the refund, or `status` of its off-ramp.

use kotanipay::{Amount, Timestamp, webhooks::Event};
use provider_runtime::webhooks::{Unverified, Verified};

use crate::{
    Currency, Money, ProviderName, RefundStatus, WordField,
    evidence::Table,
    providers::kotanipay::event_facts,
    webhooks::{
        ProviderEvent, RefundKey, RefundUpdate, Told, UnverifiedEvent, UnverifiedUpdate,
        told::judged,
    },
};

const NAME: ProviderName = ProviderName::Kotanipay;

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = told(
            event.event(),
            event.key(),
            event.occurred_at(),
            Table::of(NAME),
        );
        Self::new(told, ProviderEvent::Kotanipay(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = told(
            event.claimed(),
            event.key(),
            event.occurred_at(),
            Table::of(NAME),
        );
        Self::new(told, UnverifiedEvent::Kotanipay(Box::new(event)))
    }
}

pub(super) fn told(
    event: &Event,
    key: &str,
    occurred_at: Option<&Timestamp>,
    table: Table,
) -> Told {
    let (status, amount) = match event {
        Event::RefundCompleted(event) => {
            let data = &event.data;
            let status = refund_status(data.refund_status.as_ref(), RefundStatus::Succeeded);
            let amount = money(data.refund_amount.as_ref(), data.token.as_deref());
            (Some(status), amount)
        }
        Event::RefundFailed(event) => {
            let data = &event.data;
            let status = refund_status(data.refund_status.as_ref(), RefundStatus::Failed);
            let amount = money(data.refund_amount.as_ref(), data.token.as_deref());
            (Some(status), amount)
        }
        // Its amount names no token, and its unit is not documented.
        Event::RefundInvoiceNeeded(event) => {
            let word = event.data.refund_status.as_ref();
            let status = refund_status(word, RefundStatus::ActionRequired);
            (Some(status), None)
        }
        Event::OfframpStatusUpdated(event) => {
            let word = event.data.status.as_ref().map(ToString::to_string);
            (word.and_then(|word| offramp_word(&word)), None)
        }
        _ => (None, None),
    };
    let (status, contradicted_by) = judged(table, &event_facts(event), status);
    let reference = event.reference_id();
    Told {
        provider: NAME,
        refund: reference.map(|reference| RefundKey::new(NAME, reference)),
        reference: reference.map(str::to_owned),
        transaction: None,
        status,
        contradicted_by,
        amount,
        occurred_at: occurred_at.cloned(),
        key: key.to_owned(),
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

fn money(amount: Option<&Amount>, token: Option<&str>) -> Option<Money> {
    let token: Currency = token?.parse().ok()?;
    Some(Money::new(amount?.decimal().ok()?, token))
}
