//! MCE: the refund as the answer to its creation shows it.

use mce::webhooks::Event;
use provider_runtime::webhooks::{Unverified, Verified};

use crate::{
    Currency, Money, ProviderName, RefundStatus, WordField,
    webhooks::{ProviderEvent, RefundKey, RefundUpdate, Told, UnverifiedEvent, UnverifiedUpdate},
};

const NAME: ProviderName = ProviderName::Mce;

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = told(event.event(), event.key());
        Self::new(told, ProviderEvent::Mce(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = told(event.claimed(), event.key());
        Self::new(told, UnverifiedEvent::Mce(Box::new(event)))
    }
}

fn told(event: &Event, key: &str) -> Told {
    let data = match event {
        Event::CryptoRefund(event) => Some(&event.data),
        _ => None,
    };
    let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let status = data.and_then(|data| data.status);
    let amount = || {
        let amount = data?.amount.as_ref()?.decimal().ok()?;
        let currency: Currency = data?.currency.as_deref()?.parse().ok()?;
        Some(Money::new(amount, currency))
    };
    Told {
        provider: NAME,
        refund: data
            .and_then(|data| named(&data.crypto_refund_id))
            .map(|id| RefundKey::new(NAME, id)),
        reference: data.and_then(|data| named(&data.client_reference)),
        transaction: data.and_then(|data| named(&data.original_transaction_id)),
        status: status.map(|number| RefundStatus::from_word(WordField::Mce, &number.to_string())),
        contradicted_by: None,
        amount: amount(),
        occurred_at: None,
        key: key.to_owned(),
    }
}
