//! MCE: the refund as the answer to its creation shows it.

use mce::webhooks::Event;
use provider_runtime::webhooks::{Unverified, Verified};

use super::{
    PROFILE,
    calls::{money, status},
};
use crate::{
    custom::Told,
    evidence::Fact,
    webhooks::{self, ProviderEvent, RefundUpdate, UnverifiedEvent, UnverifiedUpdate},
};

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = webhooks::Told::of(&PROFILE, &told(event.event()), event.key());
        Self::new(told, ProviderEvent::Mce(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = webhooks::Told::of(&PROFILE, &told(event.claimed()), event.key());
        Self::new(told, UnverifiedEvent::Mce(Box::new(event)))
    }
}

pub(crate) fn told(event: &Event) -> Told {
    let Event::CryptoRefund(event) = event else {
        return Told::new();
    };
    let data = &event.data;
    Told::new()
        .with(Fact::Id, data.crypto_refund_id.as_ref())
        .with(Fact::Reference, data.client_reference.as_ref())
        .with(Fact::Payment, data.original_transaction_id.as_ref())
        .with(Fact::PaymentType, data.original_transaction_type.as_ref())
        .with(Fact::Amount, data.amount.as_ref())
        .with(Fact::Code, event.code.as_ref())
        .with_amount(money(data.amount.as_ref(), data.currency.as_deref()))
        .with_status(data.status.map(status))
}
