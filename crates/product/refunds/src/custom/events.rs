//! Events of a provider of one's own.

use std::sync::Arc;

use provider_runtime::webhooks::{Unverified, Verified};

use super::{Provider, RefundsAt, Told};
use crate::webhooks::{self, ProviderEvent, RefundUpdate, UnverifiedEvent, UnverifiedUpdate};

/// An event of a provider of your own: its body, and what its author says that it tells.
/// `Debug` shows no body.
#[derive(Clone)]
pub struct OwnEvent {
    body: String,
    has_proof: bool,
    told: Arc<Told>,
}

impl std::fmt::Debug for OwnEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnEvent")
            .field("has_proof", &self.has_proof)
            .finish_non_exhaustive()
    }
}

impl OwnEvent {
    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    pub(crate) fn has_proof(&self) -> bool {
        self.has_proof
    }

    pub(crate) fn told(&self) -> &Told {
        &self.told
    }
}

impl<P: Provider> RefundsAt<P> {
    /// What a signature proved, as an update of a refund. `told` says what the event tells; its [`Fact::Id`](crate::evidence::Fact::Id) names the
    /// refund.
    pub fn update<E>(&self, event: &Verified<E>, told: Told) -> RefundUpdate {
        let own = OwnEvent {
            body: event.body().to_owned(),
            has_proof: event.has_proof(),
            told: Arc::new(told),
        };
        let told = webhooks::Told::of(self.provider().profile(), &own.told, event.key());
        RefundUpdate::new(told, ProviderEvent::Own(Box::new(own)))
    }

    /// What anybody may have sent, as a hint.
    pub fn unverified_update<E>(&self, event: &Unverified<E>, told: Told) -> UnverifiedUpdate {
        let own = OwnEvent {
            body: event.body().to_owned(),
            has_proof: false,
            told: Arc::new(told),
        };
        let told = webhooks::Told::of(self.provider().profile(), &own.told, event.key());
        UnverifiedUpdate::new(told, UnverifiedEvent::Own(Box::new(own)))
    }
}
