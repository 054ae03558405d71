#![doc = include_str!("../../docs/custom.md")]

mod engine;
#[cfg(feature = "webhooks")]
mod events;
mod profile;
#[cfg(test)]
mod tests;
mod told;

use std::fmt;
use std::future::{Future, ready};

use provider_runtime::CallSettings;
use serde::{Serialize, de::DeserializeOwned};

pub use engine::RefundsAt;
#[cfg(feature = "webhooks")]
pub use events::OwnEvent;
pub use profile::{Profile, Repetition};
pub use told::{Created, Found, Told};

use crate::{CallError, Money, Reference, RefundError, RefundRequest, evidence::Asked};

/// A provider of your own: what is documented of it, and its calls. Everything else is [`RefundsAt`]'s.
///
/// Each function sends one request, once: it uses no retry of an HTTP stack, and follows no redirect. A client that
/// `cargo xtask add-provider` generates does neither.
pub trait Provider: Clone + fmt::Debug + Send + Sync + 'static {
    /// What a refund needs to know here.
    type Request: RequestOf;

    /// What is documented of the provider.
    fn profile(&self) -> &'static Profile;

    /// The same provider, whose calls have this beside what they have: a generated client makes such a copy of itself
    /// ([`GeneratedClient::with_call`](provider_runtime::GeneratedClient::with_call)). `None` where it cannot; then
    /// [`Refunds::with_header`](crate::Refunds::with_header) and
    /// [`with_timeout`](crate::Refunds::with_timeout) give a client whose calls are refused.
    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        let _ = call;
        None
    }

    /// Refuses what cannot be sent, before anything is recorded or sent.
    ///
    /// # Errors
    /// Such as [`RefundError::InvalidField`], by [`Profile::invalid`].
    fn check(&self, reference: &Reference, request: &Self::Request) -> Result<(), RefundError> {
        let _ = (reference, request);
        Ok(())
    }

    /// A request as it is stored and sent, of one that somebody else's type made.
    #[doc(hidden)]
    fn adopt(&self, request: RefundRequest) -> RefundRequest {
        request
    }

    /// What every answer, listed refund and event has to be about.
    fn asked<'a>(&self, reference: &'a Reference, request: &'a Self::Request) -> Asked<'a>;

    /// Asks for the refund, once.
    fn create(
        &self,
        reference: &Reference,
        request: &Self::Request,
    ) -> impl Future<Output = Result<Created, CallError>> + Send;

    /// By what [`find`](Self::find) finds the refunds among which that of a request is: a reference, a payment;
    /// `None` where none can be read.
    fn found_by(&self, reference: &Reference, request: &Self::Request) -> Option<String> {
        let _ = (reference, request);
        None
    }

    /// Reads refunds, all that there are under that name, on whatever number of pages, or [`Found::partial`]; `None` where none
    /// can be read.
    fn find(&self, by: &str) -> impl Future<Output = Option<Result<Found, CallError>>> + Send {
        let _ = by;
        ready(None)
    }
}

/// What a refund needs to know at a provider of your own. It is stored in JSON until its outcome is known.
pub trait RequestOf:
    Clone + fmt::Debug + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static
{
    /// What is refunded, by the provider's own name: refunds of one payment go one after the other.
    fn payment(&self) -> &str;

    /// How much of it; `None` for everything.
    fn amount(&self) -> Option<&Money>;
}
