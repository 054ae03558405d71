//! The calls of Tazapay.

use std::{borrow::Cow, sync::Arc};

use provider_runtime::{CallSettings, GeneratedClient as _};
use tazapay::{Error, types::PaymentAttemptRefunded};

use super::{PROFILE, TazapayRefund, prepared, state};
#[cfg(feature = "webhooks")]
use crate::webhooks::ProviderEvent;
use crate::{
    Answer, CallError, Decimal, Lookup, Reference, RefundError, Refunds,
    custom::{Created, Found, Hinted, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact},
    providers::lost_in_a_path,
    request::Stored,
    retry::is_about,
};

/// Tazapay, behind the facade's door.
#[derive(Clone, Debug)]
pub struct Tazapay(Arc<tazapay::Client>);

/// Refunds at Tazapay, in full or in part, under a key.
pub type TazapayRefunds = RefundsAt<Tazapay>;

impl RefundsAt<Tazapay> {
    /// The provider crate's client, for what the facade does not cover.
    pub fn client(&self) -> &tazapay::Client {
        &self.provider().0
    }
}

impl From<tazapay::Client> for TazapayRefunds {
    fn from(client: tazapay::Client) -> Self {
        Self::new(Tazapay(Arc::new(client)))
    }
}

impl From<tazapay::Client> for Refunds {
    fn from(client: tazapay::Client) -> Self {
        TazapayRefunds::from(client).into()
    }
}

impl Provider for Tazapay {
    type Request = TazapayRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        Some(Self(Arc::new(self.0.with_call(call.clone()))))
    }

    fn check(&self, reference: &Reference, refund: &TazapayRefund) -> Result<(), RefundError> {
        Stored::check(refund, reference)
    }

    fn asked<'a>(&self, reference: &'a Reference, refund: &'a TazapayRefund) -> Asked<'a> {
        let is_named = refund.sent_reference_key(reference).is_some();
        let hundredths = refund.hundredths().ok().flatten();
        Asked {
            reference: is_named.then(|| reference.as_str().into()),
            is_unnamed: !is_named,
            payment: refund.payin.as_deref(),
            payment_attempt: refund.payment_attempt.as_deref(),
            amount: hundredths.map(Decimal::from),
            currency: refund
                .amount
                .as_ref()
                .map(|amount| amount.currency().code()),
            ..Asked::default()
        }
    }

    async fn create(
        &self,
        reference: &Reference,
        refund: &TazapayRefund,
    ) -> Result<Created, CallError> {
        let body = prepared::body(reference, refund)?;
        let call = self.0.create_refund().idempotency_key(reference.as_str());
        let answer = call.body(body).send().await.map_err(Error::into_untyped)?;
        let told = state::told(&answer, refund.sent_reference_key(reference));
        Ok(Created::of(Answer::TazapayRefund(answer), told))
    }

    fn read_by(&self, created: &Told) -> Option<String> {
        created.facts.get(Fact::Id).map(str::to_owned)
    }

    fn check_name(&self, id: &str) -> Result<(), RefundError> {
        let lost = lost_in_a_path(id);
        lost.map_or(Ok(()), |why| Err(PROFILE.invalid("refund's id", why)))
    }

    fn asked_by<'a>(&self, id: &'a str) -> Asked<'a> {
        Asked {
            id: Some(id),
            ..Asked::default()
        }
    }

    async fn find(&self, id: &str) -> Option<Result<Found, CallError>> {
        let answer = match self.0.refund().id(id).send().await {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error.into_untyped())),
        };
        let told = state::told(&answer, None);
        let is_asked_for = is_about(told.facts.get(Fact::Id), id);
        let found = Found::of(Answer::TazapayRefund(answer), [told]).by_name();
        Some(Ok(found.asked_for(is_asked_for)))
    }

    fn told(&self, answer: &Answer, reference: &Reference, refund: &TazapayRefund) -> Option<Told> {
        let Answer::TazapayRefund(answer) = answer else {
            return None;
        };
        Some(state::told(answer, refund.sent_reference_key(reference)))
    }

    /// What the payment attempt says, where the request named one: it does not say which refund, and after a
    /// refund of a part it is not documented what it says.
    fn hint(
        &self,
        refund: &TazapayRefund,
    ) -> Option<impl Future<Output = Result<Hinted, CallError>> + Send> {
        let id = refund.payment_attempt.as_deref()?;
        Some(self.hinted(id))
    }

    #[cfg(feature = "webhooks")]
    fn event(
        &self,
        event: &ProviderEvent,
        asked: Option<(&Reference, &TazapayRefund)>,
    ) -> Option<Told> {
        let ProviderEvent::Tazapay(event) = event else {
            return None;
        };
        let key = asked.and_then(|(reference, refund)| refund.sent_reference_key(reference));
        Some(super::events::told(event.event(), event.occurred_at(), key))
    }

    fn lookup(&self, _: &Reference, _: Option<&TazapayRefund>, id: Option<&str>) -> Option<Lookup> {
        Some(Lookup::TazapayRefund(id?.to_owned()))
    }

    fn name_of<'a>(&self, lookup: &'a Lookup) -> Option<Cow<'a, str>> {
        let Lookup::TazapayRefund(id) = lookup else {
            return None;
        };
        Some(id.into())
    }
}

impl Tazapay {
    async fn hinted(&self, id: &str) -> Result<Hinted, CallError> {
        let answer = self.0.payment_attempt().id(id).send().await;
        let answer = answer.map_err(Error::into_untyped)?;
        let data = answer.data.as_ref();
        let why = match data
            .and_then(|data| data.refunded.as_ref())
            .and_then(refunded)
        {
            Some(true) => Some(
                "its payment attempt says that it was refunded: a hint that it happened, and no \
                 proof, since it does not say by which refund",
            ),
            Some(false) => Some(
                "its payment attempt says that it was not refunded: a hint that it did not happen, \
                 and no proof, since it is not documented what it says after a refund of a part",
            ),
            None => None,
        };
        let is_asked_for = is_about(data.and_then(|data| data.id.as_deref()), id);
        let hinted = Hinted::of(Answer::TazapayAttempt(answer), why);
        Ok(hinted.asked_for(is_asked_for))
    }
}

/// The page's table says that it is a boolean, its sample has a text.
fn refunded(told: &PaymentAttemptRefunded) -> Option<bool> {
    match told {
        PaymentAttemptRefunded::Boolean(told) => Some(*told),
        PaymentAttemptRefunded::String(told) => told.parse().ok(),
        _ => None,
    }
}
