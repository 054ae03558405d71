//! Optty: a status, and the transaction of the order; which refund it is about is not said.

use optty::webhooks::Event;
use provider_runtime::webhooks::{Unverified, Verified};

use super::{PROFILE, calls::status};
use crate::{
    custom::Told,
    evidence::Fact,
    webhooks::{self, ProviderEvent, RefundUpdate, UnverifiedEvent, UnverifiedUpdate},
};

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = webhooks::Told::of(&PROFILE, &told(event.event()), event.key());
        Self::new(told, ProviderEvent::Optty(Box::new(event)))
    }
}

impl From<Unverified<Event>> for UnverifiedUpdate {
    fn from(event: Unverified<Event>) -> Self {
        let told = webhooks::Told::of(&PROFILE, &told(event.claimed()), event.key());
        Self::new(told, UnverifiedEvent::Optty(Box::new(event)))
    }
}

pub(crate) fn told(event: &Event) -> Told {
    let Event::RefundCallback(event) = event else {
        return Told::new();
    };
    Told::new()
        .with(Fact::Payment, event.data.transaction_id.as_ref())
        .with_status(event.data.status.as_ref().map(status))
}
