//! Events that arrived: proven to be the provider's, or not.

use std::fmt;

use super::{Delivery, Format, Malformed};
use crate::Timestamp;

/// What both kinds of events have.
#[derive(Clone, PartialEq)]
struct Received<E> {
    event: E,
    delivery: Delivery,
    body: Box<str>,
}

impl<E> Received<E> {
    fn read<F: Format<Event = E>>(body: &str) -> Result<Self, Malformed> {
        Ok(Self {
            delivery: F::delivery(body)?,
            event: F::event(body),
            body: body.into(),
        })
    }
}

/// An event that is the provider's: its signature was verified, or somebody decided to trust it.
///
/// `Debug` shows no body.
#[derive(Clone, PartialEq)]
pub struct Verified<E> {
    received: Received<E>,
    has_proof: bool,
}

impl<E> Verified<E> {
    /// Only a verifier comes here, after the signature did fit.
    pub(super) fn after_proof<F: Format<Event = E>>(body: &str, delivery: Delivery) -> Self {
        Self {
            received: Received {
                event: F::event(body),
                delivery,
                body: body.into(),
            },
            has_proof: true,
        }
    }

    /// Whether a signature proved it; `false` after [`Unverified::trust_without_proof`].
    pub fn has_proof(&self) -> bool {
        self.has_proof
    }

    /// The event.
    pub fn event(&self) -> &E {
        &self.received.event
    }

    /// The event, taken out.
    pub fn into_event(self) -> E {
        self.received.event
    }

    /// De-duplication key: the same for every delivery of this event by this provider.
    pub fn key(&self) -> &str {
        &self.received.delivery.key
    }

    /// When the event happened, where the provider says so.
    pub fn occurred_at(&self) -> Option<&Timestamp> {
        self.received.delivery.occurred_at.as_ref()
    }

    /// The body as it came, with all that the event's type does not know.
    pub fn body(&self) -> &str {
        &self.received.body
    }
}

impl<E: fmt::Debug> fmt::Debug for Verified<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verified")
            .field("event", &self.received.event)
            .field("delivery", &self.received.delivery)
            .field("has_proof", &self.has_proof)
            .finish_non_exhaustive()
    }
}

/// An event that anybody could have sent: nothing proves that it is the provider's.
///
/// Take it as a hint, and ask the provider. It is no [`Verified`] event until somebody says so:
///
/// ```compile_fail,E0308
/// use provider_runtime::webhooks::{Unverified, Verified};
///
/// fn pay_out(event: Verified<String>) {}
/// fn receive(event: Unverified<String>) {
///     pay_out(event);
/// }
/// ```
///
/// ```
/// use provider_runtime::webhooks::{Unverified, Verified};
///
/// fn pay_out(event: Verified<String>) {}
/// fn receive(event: Unverified<String>) {
///     pay_out(event.trust_without_proof());
/// }
/// ```
///
/// `Debug` shows no body.
#[derive(Clone, PartialEq)]
pub struct Unverified<E> {
    received: Received<E>,
}

impl<E> Unverified<E> {
    pub(super) fn read<F: Format<Event = E>>(body: &str) -> Result<Self, Malformed> {
        let received = Received::read::<F>(body)?;
        Ok(Self { received })
    }

    /// What the sender claims.
    pub fn claimed(&self) -> &E {
        &self.received.event
    }

    /// De-duplication key, as claimed.
    pub fn key(&self) -> &str {
        &self.received.delivery.key
    }

    /// When it is said to have happened.
    pub fn occurred_at(&self) -> Option<&Timestamp> {
        self.received.delivery.occurred_at.as_ref()
    }

    /// The body as it came.
    pub fn body(&self) -> &str {
        &self.received.body
    }

    /// Takes it for the provider's all the same: because the provider confirmed it when asked, or because
    /// something else proves it, such as a mutually authenticated connection.
    pub fn trust_without_proof(self) -> Verified<E> {
        Verified {
            received: self.received,
            has_proof: false,
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Unverified<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Unverified")
            .field("claimed", &self.received.event)
            .field("delivery", &self.received.delivery)
            .finish_non_exhaustive()
    }
}
