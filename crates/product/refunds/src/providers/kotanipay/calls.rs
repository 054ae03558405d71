//! The calls of Kotani Pay.

use std::{borrow::Cow, sync::Arc};

use kotanipay::{
    Error, RawBody, ResponseValue,
    types::{OfframpAnswer, RefundInvoiceRequest, RefundStatusAnswer},
};
use provider_runtime::{CallSettings, GeneratedClient as _};

use super::{PROFILE, body};
#[cfg(feature = "webhooks")]
use crate::webhooks::ProviderEvent;
use crate::{
    Answer, CallError, Currency, LightningInvoice, Lookup, Money, Reference, RefundError,
    RefundStatus, Refunds,
    custom::{Created, Found, NoRequest, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact, error_members},
    providers::lost_in_a_path,
    retry::is_about,
};

/// What stands before the reference of an off-ramp, where that itself is read. No reference has a blank.
const OFFRAMP: &str = "offramp ";

/// Kotani Pay, behind the facade's door.
#[derive(Clone, Debug)]
pub struct Kotanipay(Arc<kotanipay::Client>);

/// Refunds of off-ramps at Kotani Pay. A reference here is that of the off-ramp.
pub type KotanipayRefunds = RefundsAt<Kotanipay>;

impl RefundsAt<Kotanipay> {
    /// The provider crate's client, for what the facade does not cover.
    pub fn client(&self) -> &kotanipay::Client {
        &self.provider().0
    }
}

impl From<kotanipay::Client> for KotanipayRefunds {
    fn from(client: kotanipay::Client) -> Self {
        Self::new(Kotanipay(Arc::new(client)))
    }
}

impl From<kotanipay::Client> for Refunds {
    fn from(client: kotanipay::Client) -> Self {
        KotanipayRefunds::from(client).into()
    }
}

impl Provider for Kotanipay {
    type Request = NoRequest;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        Some(Self(Arc::new(self.0.with_call(call.clone()))))
    }

    fn asked<'a>(&self, _: &'a Reference, request: &'a NoRequest) -> Asked<'a> {
        match *request {}
    }

    async fn create(&self, _: &Reference, request: &NoRequest) -> Result<Created, CallError> {
        match *request {}
    }

    async fn retry(&self, reference: &Reference) -> Option<Result<Created, CallError>> {
        let call = self.0.retry_refund();
        let answer = call.reference_id(reference.as_str()).send().await;
        Some(answer.map(accepted).map_err(Error::into_untyped))
    }

    async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: &LightningInvoice,
    ) -> Option<Result<Created, CallError>> {
        let body = RefundInvoiceRequest::builder().invoice(invoice.as_str());
        let call = self.0.submit_refund_invoice();
        let call = call.reference_id(reference.as_str()).body(body);
        let answer = call.send().await;
        Some(answer.map(accepted).map_err(Error::into_untyped))
    }

    fn check_name(&self, by: &str) -> Result<(), RefundError> {
        let reference = by.strip_prefix(OFFRAMP).unwrap_or(by);
        let lost = lost_in_a_path(reference);
        lost.map_or(Ok(()), |why| {
            Err(PROFILE.invalid("off-ramp's reference", why))
        })
    }

    fn read_operation(&self, by: &str) -> &'static str {
        match by.starts_with(OFFRAMP) {
            true => "offramp",
            false => PROFILE.read_operation,
        }
    }

    fn asked_by<'a>(&self, reference: &'a str) -> Asked<'a> {
        Asked {
            reference: Some(reference.into()),
            ..Asked::default()
        }
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        if let Some(reference) = by.strip_prefix(OFFRAMP) {
            let call = self.0.offramp().reference_id(reference).send().await;
            let found = call.map(|answer| offramp(answer, reference));
            return Some(found.map_err(Error::into_untyped));
        }
        let call = self.0.refund_status().reference_id(by).send().await;
        let found = call.map(|answer| refund(answer, by));
        Some(found.map_err(Error::into_untyped))
    }

    #[cfg(feature = "webhooks")]
    fn event(&self, event: &ProviderEvent, _: Option<(&Reference, &NoRequest)>) -> Option<Told> {
        let ProviderEvent::Kotanipay(event) = event else {
            return None;
        };
        Some(super::events::told(event.event(), event.occurred_at()))
    }

    fn lookup(
        &self,
        reference: &Reference,
        _: Option<&NoRequest>,
        _: Option<&str>,
    ) -> Option<Lookup> {
        Some(Lookup::KotanipayRefund(reference.clone()))
    }

    fn name_of<'a>(&self, lookup: &'a Lookup) -> Option<Cow<'a, str>> {
        if let Lookup::KotanipayOfframp(reference) = lookup {
            return Some(format!("{OFFRAMP}{reference}").into());
        }
        let Lookup::KotanipayRefund(reference) = lookup else {
            return None;
        };
        Some(reference.as_str().into())
    }
}

/// No success is documented, so that a 2xx is one unless something in its body speaks against it.
fn accepted(answer: ResponseValue<RawBody>) -> Created {
    let told = body::told(answer.raw_body());
    Created::of(Answer::KotanipayWrite(answer), told)
}

fn refund(answer: ResponseValue<RefundStatusAnswer>, asked: &str) -> Found {
    let told = told(&answer);
    let is_asked_for = is_about(told.facts.get(Fact::Reference), asked);
    let found = Found::of(Answer::KotanipayRefund(answer), [told]).by_name();
    found.asked_for(is_asked_for)
}

fn told(answer: &ResponseValue<RefundStatusAnswer>) -> Told {
    let errors = |members| error_members(answer.raw_body(), members);
    let told = Told::new()
        .with(Fact::Envelope, answer.success.as_ref())
        .with(Fact::Code, errors(&["statusCode", "error_code"]))
        .with(Fact::Error, errors(&["error", "errors"]));
    let Some(data) = &answer.data else {
        return told.with_status(None).with_tries(None, None);
    };
    let word = data.refund_status.as_ref().map(ToString::to_string);
    let status = RefundStatus::from_refund_status(word.as_deref(), data.status.as_deref());
    told.with(Fact::Reference, data.reference_id.as_ref())
        .with(Fact::Amount, data.refund_amount.as_ref())
        .with(Fact::Status, word)
        .with(Fact::PaymentStatus, data.status.as_ref())
        .with(Fact::FailureReason, data.error.as_ref())
        .with(Fact::TransactionHash, data.refund_transaction_hash.as_ref())
        .with(Fact::Initiated, data.refund_initiated.as_ref())
        .with(
            Fact::ManualIntervention,
            data.requires_manual_intervention.as_ref(),
        )
        .with_amount(money(data.refund_amount.as_ref(), data.token.as_deref()))
        .with_status(status)
        .with_tries(data.total_retries, data.timestamp.as_ref())
}

/// The currency is that of the off-ramp; the amount is of the token.
pub(super) fn money(amount: Option<&kotanipay::Amount>, token: Option<&str>) -> Option<Money> {
    let token: Currency = token?.parse().ok()?;
    Some(Money::new(amount?.decimal().ok()?, token))
}

/// What the off-ramp says of its refund settles nothing.
fn offramp(answer: ResponseValue<OfframpAnswer>, asked: &str) -> Found {
    let data = answer.data.as_ref();
    let status = data.map(|data| {
        let onchain = data.onchain_status.as_ref().map(ToString::to_string);
        RefundStatus::from_offramp(&data.status.to_string(), onchain.as_deref())
    });
    let is_asked_for = is_about(data.map(|data| data.reference_id.as_str()), asked);
    let told = Told::new().with_status(status);
    Found::of(Answer::KotanipayOfframp(answer), [told]).asked_for(is_asked_for)
}
