#![doc = include_str!("../../docs/custom.md")]

mod engine;
#[cfg(feature = "webhooks")]
mod events;
mod profile;
#[cfg(test)]
mod tests;
mod told;

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, Ready, ready};

use provider_runtime::CallSettings;
use serde::{Serialize, de::DeserializeOwned};

pub use engine::RefundsAt;
#[cfg(feature = "webhooks")]
pub use events::OwnEvent;
pub use profile::{Instead, Profile, Repetition};
pub use told::{Created, Found, Hinted, Told};

#[cfg(feature = "webhooks")]
use crate::webhooks::ProviderEvent;
use crate::{
    Answer, CallError, LightningInvoice, Lookup, Money, ProviderName, Reference, RefundError,
    RefundRequest, evidence::Asked, providers::lost_in_a_path, request::OwnRefund,
};

/// A provider: what is documented of it, and its calls. Everything else is [`RefundsAt`]'s. The built-in ones are such as
/// well.
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

    /// By what [`find`](Self::find) finds the one refund that has this id, [by its name](Found::by_name): the id, or a text
    /// that [`find`](Self::find) tells from what [`found_by`](Self::found_by) gives. The journal reads by it what is pending.
    fn found_by_id(&self, id: &str) -> Option<String> {
        let _ = id;
        None
    }

    /// Refuses what cannot be read or tried by, before anything is sent: by itself, what a path would lose.
    ///
    /// # Errors
    /// Such as [`RefundError::InvalidField`], by [`Profile::invalid`].
    fn check_name(&self, by: &str) -> Result<(), RefundError> {
        match lost_in_a_path(by) {
            Some(reason) => Err(self.profile().invalid("reference", reason)),
            None => Ok(()),
        }
    }

    /// Reads refunds, all that there are under that name, on whatever number of pages, or [`Found::partial`]; `None` where none
    /// can be read.
    fn find(&self, by: &str) -> impl Future<Output = Option<Result<Found, CallError>>> + Send {
        let _ = by;
        ready(None)
    }

    /// The operation that [`find`](Self::find) calls for this name, where it is not
    /// [always the same](Profile::with_read).
    fn read_operation(&self, by: &str) -> &'static str {
        let _ = by;
        self.profile().read_operation
    }

    /// What a refund that was [read by its name](Found::by_name) has to be about.
    fn asked_by<'a>(&self, by: &'a str) -> Asked<'a> {
        let _ = by;
        Asked::default()
    }

    /// By what [`find`](Self::find) reads the refund that an answer to [`create`](Self::create) names. A repetition gets the
    /// first answer again, which may be old; the refund itself tells today's state.
    fn read_by(&self, created: &Told) -> Option<String> {
        let _ = created;
        None
    }

    /// What an answer to such a read tells of the refund that was asked for, where that takes the request to know, such as the
    /// name under which the reference was sent.
    fn told(
        &self,
        answer: &Answer,
        reference: &Reference,
        request: &Self::Request,
    ) -> Option<Told> {
        let _ = (answer, reference, request);
        None
    }

    /// Reads what proves nothing and is a hint, where a doubt is left; see [`Profile::with_hints`]. `None` where there is
    /// nothing to ask for: then nobody is asked.
    fn hint(
        &self,
        request: &Self::Request,
    ) -> Option<impl Future<Output = Result<Hinted, CallError>> + Send> {
        let _ = request;
        None::<Ready<Result<Hinted, CallError>>>
    }

    /// Tries a failed refund again, once, for a provider whose refunds begin by themselves
    /// ([`Capabilities::retries`](crate::Capabilities)). The reference is then that of what is refunded. What the refund
    /// shows before is read by [`find`](Self::find), by the reference, as one that is read [by its name](Found::by_name) with its
    /// [tries](Told::with_tries).
    fn retry(
        &self,
        reference: &Reference,
    ) -> impl Future<Output = Option<Result<Created, CallError>>> + Send {
        let _ = reference;
        ready(None)
    }

    /// Gives a refund over Lightning its invoice, once
    /// ([`Capabilities::takes_invoices`](crate::Capabilities)).
    fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: &LightningInvoice,
    ) -> impl Future<Output = Option<Result<Created, CallError>>> + Send {
        let _ = (reference, invoice);
        ready(None)
    }

    /// What an event tells of the refund that was asked for, where that takes the request to know: under which name the
    /// reference was sent. `None` for an event of another provider.
    #[cfg(feature = "webhooks")]
    fn event(
        &self,
        event: &ProviderEvent,
        asked: Option<(&Reference, &Self::Request)>,
    ) -> Option<Told> {
        let _ = asked;
        let ProviderEvent::Own(event) = event else {
            return None;
        };
        Some(event.told().clone())
    }

    /// By what a refund is read of which this is known.
    #[doc(hidden)]
    fn lookup(
        &self,
        reference: &Reference,
        request: Option<&Self::Request>,
        id: Option<&str>,
    ) -> Option<Lookup> {
        let by_id = id.and_then(|id| self.found_by_id(id));
        let by = by_id.or_else(|| self.found_by(reference, request?))?;
        let provider = self.profile().capabilities.provider;
        Some(Lookup::Own { provider, by })
    }

    /// By what [`find`](Self::find) reads what a lookup names. The built-in providers have lookups with names of their own.
    #[doc(hidden)]
    fn name_of<'a>(&self, lookup: &'a Lookup) -> Option<Cow<'a, str>> {
        let Lookup::Own { provider, by } = lookup else {
            return None;
        };
        (*provider == self.profile().capabilities.provider).then(|| by.into())
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

    /// The request of this type in what was stored. Those of the built-in providers are stored under names of their own.
    #[doc(hidden)]
    fn of(request: &RefundRequest, provider: ProviderName) -> Option<Cow<'_, Self>> {
        let RefundRequest::Own(refund) = request else {
            return None;
        };
        if refund.provider != provider {
            return None;
        }
        let request: Self = refund.read().ok()?;
        // What was stored, and what the journal has reserved, is what is sent.
        let again = OwnRefund::new(provider, &request).ok()?;
        (again == *refund).then_some(Cow::Owned(request))
    }
}

/// What a refund needs to know where none can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub enum NoRequest {}

impl RequestOf for NoRequest {
    fn payment(&self) -> &str {
        match *self {}
    }

    fn amount(&self) -> Option<&Money> {
        match *self {}
    }
}
