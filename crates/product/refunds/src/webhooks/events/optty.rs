//! Optty: a status, and the transaction of the order; which refund it is about is not said.

use optty::webhooks::Event;
use provider_runtime::webhooks::{Unverified, Verified};

use crate::{
    ProviderName, RefundStatus, WordField,
    webhooks::{ProviderEvent, RefundUpdate, Told, UnverifiedEvent, UnverifiedUpdate},
};

const NAME: ProviderName = ProviderName::Optty;

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = told(event.event(), event.key());
        Self::new(told, ProviderEvent::Optty(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = told(event.claimed(), event.key());
        Self::new(told, UnverifiedEvent::Optty(Box::new(event)))
    }
}

fn told(event: &Event, key: &str) -> Told {
    let data = match event {
        Event::RefundCallback(event) => Some(&event.data),
        _ => None,
    };
    let transaction = data.and_then(|data| data.transaction_id.clone());
    let status = data.and_then(|data| data.status.as_ref());
    Told {
        provider: NAME,
        refund: None,
        reference: None,
        transaction: transaction.filter(|id| !id.is_empty()),
        status: status.map(|word| RefundStatus::from_word(WordField::Optty, &word.to_string())),
        contradicted_by: None,
        amount: None,
        occurred_at: None,
        key: key.to_owned(),
    }
}
