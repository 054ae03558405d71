//! The calls of MCE.

use std::sync::Arc;

use provider_runtime::{AmountText, CallSettings, GeneratedClient as _};

use mce::{
    Error, ResponseValue,
    types::{CryptoRefundAnswer, CryptoRefundRequest},
};

use super::{MceRefund, PROFILE};
#[cfg(feature = "webhooks")]
use crate::webhooks::ProviderEvent;
use crate::{
    Answer, CallError, Currency, Money, Reference, RefundError, RefundStatus, Refunds, WordField,
    custom::{Created, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact, error_members},
};

/// MCE, behind the facade's door.
#[derive(Clone, Debug)]
pub struct Mce(Arc<mce::Client>);

/// Refunds at MCE, of everything and without a way to read them back.
pub type MceRefunds = RefundsAt<Mce>;

impl RefundsAt<Mce> {
    /// The provider crate's client, for what the facade does not cover.
    pub fn client(&self) -> &mce::Client {
        &self.provider().0
    }
}

impl From<mce::Client> for MceRefunds {
    fn from(client: mce::Client) -> Self {
        Self::new(Mce(Arc::new(client)))
    }
}

impl From<mce::Client> for Refunds {
    fn from(client: mce::Client) -> Self {
        MceRefunds::from(client).into()
    }
}

impl Provider for Mce {
    type Request = MceRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        Some(Self(Arc::new(self.0.with_call(call.clone()))))
    }

    fn check(&self, _: &Reference, refund: &MceRefund) -> Result<(), RefundError> {
        refund.check()
    }

    fn asked<'a>(&self, reference: &'a Reference, refund: &'a MceRefund) -> Asked<'a> {
        Asked {
            reference: Some(reference.as_str().into()),
            payment: Some(&refund.original_transaction_id),
            payment_type: Some(refund.original_transaction_type.to_string()),
            ..Asked::default()
        }
    }

    async fn create(
        &self,
        reference: &Reference,
        refund: &MceRefund,
    ) -> Result<Created, CallError> {
        let body = CryptoRefundRequest::builder()
            .client_reference(reference.as_str())
            .original_transaction_id(refund.original_transaction_id.as_str())
            .original_transaction_type(refund.original_transaction_type);
        let call = self.0.create_crypto_refund().body(body);
        let answer = call.send().await.map_err(Error::into_untyped)?;
        let told = told(&answer);
        Ok(Created::of(Answer::MceRefund(answer), told))
    }

    #[cfg(feature = "webhooks")]
    fn event(&self, event: &ProviderEvent, _: Option<(&Reference, &MceRefund)>) -> Option<Told> {
        let ProviderEvent::Mce(event) = event else {
            return None;
        };
        Some(super::events::told(event.event()))
    }
}

fn told(answer: &ResponseValue<CryptoRefundAnswer>) -> Told {
    let problem = error_members(
        answer.raw_body(),
        &["type", "title", "status", "detail", "instance", "logId"],
    );
    let told = Told::new()
        .with(Fact::Code, answer.code.as_ref())
        .with(Fact::Error, problem);
    let Some(data) = &answer.data else {
        return told;
    };
    told.with(Fact::Id, data.crypto_refund_id.as_ref())
        .with(Fact::Reference, data.client_reference.as_ref())
        .with(Fact::Payment, data.original_transaction_id.as_ref())
        .with(Fact::PaymentType, data.original_transaction_type)
        .with(Fact::Amount, data.amount.as_ref())
        .with_amount(money(data.amount.as_ref(), data.currency.as_deref()))
        .with_status(data.status.map(status))
}

/// Its numbers are documented nowhere.
pub(super) fn status(number: i64) -> RefundStatus {
    RefundStatus::from_word(WordField::Mce, &number.to_string())
}

pub(super) fn money(amount: Option<&AmountText>, currency: Option<&str>) -> Option<Money> {
    let currency: Currency = currency?.parse().ok()?;
    Some(Money::new(amount?.decimal().ok()?, currency))
}
