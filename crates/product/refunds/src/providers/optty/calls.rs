//! The calls of Optty.

use std::{borrow::Cow, sync::Arc};

use optty::{
    Error, ResponseValue,
    types::{OrderDetails, OrderRefund, OrderRefundAmount, OrderRefundDto, RefundResponse},
};
use provider_runtime::{CallSettings, GeneratedClient as _};

use super::{OpttyRefund, PROFILE, request::check_order};
#[cfg(feature = "webhooks")]
use crate::webhooks::ProviderEvent;
use crate::{
    Answer, CallError, Currency, Lookup, Money, Reference, RefundError, RefundStatus, Refunds,
    WordField,
    custom::{Created, Found, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact, error_members},
    request::Stored,
    retry::is_about,
};

/// Members that only errors have.
const ERRORS: &[&str] = &["statusCode", "error"];

/// Optty, behind the facade's door.
#[derive(Clone, Debug)]
pub struct Optty(Arc<optty::Client>);

/// Refunds at Optty, in full or in part.
pub type OpttyRefunds = RefundsAt<Optty>;

impl RefundsAt<Optty> {
    /// The provider crate's client, for what the facade does not cover.
    pub fn client(&self) -> &optty::Client {
        &self.provider().0
    }
}

impl From<optty::Client> for OpttyRefunds {
    fn from(client: optty::Client) -> Self {
        Self::new(Optty(Arc::new(client)))
    }
}

impl From<optty::Client> for Refunds {
    fn from(client: optty::Client) -> Self {
        OpttyRefunds::from(client).into()
    }
}

impl Provider for Optty {
    type Request = OpttyRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        Some(Self(Arc::new(self.0.with_call(call.clone()))))
    }

    fn check(&self, reference: &Reference, refund: &OpttyRefund) -> Result<(), RefundError> {
        Stored::check(refund, reference)
    }

    fn asked<'a>(&self, reference: &'a Reference, refund: &'a OpttyRefund) -> Asked<'a> {
        Asked {
            reference: Some(refund.sent_description(reference).into()),
            amount: Some(refund.amount.amount()),
            currency: Some(refund.amount.currency().code()),
            is_unnamed: !refund.reference_in_description,
            ..Asked::default()
        }
    }

    async fn create(
        &self,
        reference: &Reference,
        refund: &OpttyRefund,
    ) -> Result<Created, CallError> {
        let amount = refund.sent_amount();
        let amount = amount.map_err(|error| CallError::invalid_request(error.to_string()))?;
        let amount = OrderRefundAmount::builder()
            .amount(amount)
            .currency(refund.amount.currency().code());
        let mut body = OrderRefundDto::builder()
            .refund_amount(amount)
            .refund_description(refund.sent_description(reference))
            .refund_reference(reference.as_str());
        if let Some(activated) = refund.activated_via_oauth {
            body = body.is_activated_via_o_auth(activated);
        }
        let call = self.0.refund_order();
        let call = call
            .order_reference(refund.order_reference.as_str())
            .body(body);
        let answer = call.send().await.map_err(Error::into_untyped)?;
        let told = created(&answer, refund.amount.currency());
        Ok(Created::of(Answer::OpttyRefund(answer), told))
    }

    fn found_by(&self, _: &Reference, refund: &OpttyRefund) -> Option<String> {
        Some(refund.order_reference.clone())
    }

    fn check_name(&self, order: &str) -> Result<(), RefundError> {
        check_order(order)
    }

    async fn find(&self, order: &str) -> Option<Result<Found, CallError>> {
        let call = self.0.order_details().merchant_reference(order);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error.into_untyped())),
        };
        let told = listed(&answer);
        let is_asked_for = is_about(answer.merchant_reference.as_deref(), order);
        let found = Found::of(Answer::OpttyOrder(answer), told);
        Some(Ok(found.asked_for(is_asked_for)))
    }

    #[cfg(feature = "webhooks")]
    fn event(&self, event: &ProviderEvent, _: Option<(&Reference, &OpttyRefund)>) -> Option<Told> {
        let ProviderEvent::Optty(event) = event else {
            return None;
        };
        Some(super::events::told(event.event()))
    }

    fn lookup(
        &self,
        _: &Reference,
        refund: Option<&OpttyRefund>,
        _: Option<&str>,
    ) -> Option<Lookup> {
        Some(Lookup::OpttyOrder(refund?.order_reference.clone()))
    }

    fn name_of<'a>(&self, lookup: &'a Lookup) -> Option<Cow<'a, str>> {
        let Lookup::OpttyOrder(order) = lookup else {
            return None;
        };
        Some(order.into())
    }
}

fn created(answer: &ResponseValue<RefundResponse>, currency: &Currency) -> Told {
    let amount = answer.refunded_amount.decimal().ok();
    Told::new()
        .with(Fact::Error, error_members(answer.raw_body(), ERRORS))
        .with(Fact::Amount, Some(&answer.refunded_amount))
        .with(Fact::Id, Some(&answer.bnpl_refund_id))
        .with(Fact::Status, Some(&answer.refund_status))
        .with_amount(amount.map(|amount| Money::new(amount, currency.clone())))
        .with_status(Some(status(&answer.refund_status)))
}

/// What the refunds of an order tell, each beside an error of the whole answer.
fn listed(order: &ResponseValue<OrderDetails>) -> Vec<Told> {
    let error = error_members(order.raw_body(), ERRORS);
    let refunds = order.refunds.iter().flatten();
    refunds
        .map(|refund| told(refund, error.as_deref()))
        .collect()
}

fn told(refund: &OrderRefund, error: Option<&str>) -> Told {
    Told::new()
        .with(Fact::Error, error)
        .with(Fact::Id, refund.refund_id.as_ref())
        .with(Fact::Reference, refund.refund_reason.as_ref())
        .with(Fact::Amount, refund.amount.as_ref())
        .with(Fact::Currency, refund.currency.as_ref())
        .with(Fact::Status, refund.status.as_ref())
        .with(Fact::FailureReason, refund.refund_failure_reason.as_ref())
        .with(
            Fact::CreatedAt,
            refund.created_at.as_ref().map(|at| at.as_str()),
        )
        .with_amount(listed_amount(refund))
        .with_status(refund.status.as_ref().map(status))
}

fn listed_amount(refund: &OrderRefund) -> Option<Money> {
    let amount = refund.amount.as_ref()?.decimal().ok()?;
    let currency: Currency = refund.currency.as_deref()?.parse().ok()?;
    Some(Money::new(amount, currency))
}

pub(super) fn status(word: &impl ToString) -> RefundStatus {
    RefundStatus::from_word(WordField::Optty, &word.to_string())
}
