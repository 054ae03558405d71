//! MCE: refunds can be created, and nothing else is documented.

use mce::{
    ResponseValue,
    types::{CryptoRefundAnswer, CryptoRefundRequest},
};

use crate::{
    Action, Answer, Currency, Fetched, InDoubt, Lookup, MceRefund, Money, NextStep, Outcome,
    ProviderName, Receipt, Reconciled, Reference, RefundError, RefundRequest, RefundState,
    RefundStatus, StillUnknown, WordField,
    adapter::{Adapter, outcome},
    evidence::{About, Asked, Fact, Facts, error_members, objection, shown},
    providers::{adapter_type, common_methods},
    retry::{RateLimit, Repeats, Setback, write},
    settings::Writing,
};
#[cfg(feature = "webhooks")]
use crate::{
    providers::settled_by_event,
    webhooks::{ProviderEvent, RefundUpdate},
};

adapter_type! {
    /// Refunds at MCE, of everything and without a way to read them back.
    MceRefunds, mce::Client
}

const NAME: ProviderName = ProviderName::Mce;

const RATE_LIMIT: RateLimit = RateLimit { pointer: None };

impl Adapter for MceRefunds {
    common_methods!(NAME);

    async fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        let RefundRequest::Mce(refund) = request else {
            return Err(self.wrong_input("a `MceRefund`"));
        };
        check(&refund)?;
        let action = || Action::Create(refund.clone().into());
        let job = self.settings.write(Writing {
            operation: "create_crypto_refund",
            reference,
            action: &action,
            rate_limit: RATE_LIMIT,
            repeats: Repeats::Never,
        });
        let written = write(job, || self.send(reference, &refund)).await;
        outcome(
            NAME,
            reference,
            action,
            |_| NextStep::AskTheProvider,
            written,
            |answer, attempts| Receipt {
                provider: NAME,
                reference: reference.clone(),
                state: state(&answer),
                attempts,
                retry_mark: None,
                answer: Box::new(Answer::MceRefund(answer)),
            },
        )
    }

    async fn retry(&self, _reference: &Reference) -> Result<Outcome, RefundError> {
        Err(self.unsupported(
            "try a refund again",
            "ask MetaComp's support what became of it, with the refund's id",
        ))
    }

    async fn fetch(&self, _lookup: &Lookup) -> Result<Fetched, RefundError> {
        Err(self.unsupported(
            "read a refund back",
            "keep the answer of the creation, and ask MetaComp's support for later states",
        ))
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        let _ = asked_for(self, record)?;
        Ok(Reconciled::StillUnknown(Box::new(StillUnknown::new(
            record,
            "MCE's API tells nothing of a refund once it was asked for",
            NextStep::AskTheProvider,
        ))))
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        let refund = asked_for(self, record)?;
        let ProviderEvent::Mce(event) = update.event() else {
            return Err(self.wrong_input("an event of its own"));
        };
        let asked = asked(record.reference(), refund);
        let told = mce_event(event.event());
        let objection = objection(self.settings.table, About::Event, &asked, &told);
        Ok(settled_by_event(record, update, objection))
    }
}

/// Whether it can be sent.
pub(crate) fn check(refund: &MceRefund) -> Result<(), RefundError> {
    if refund.original_transaction_id.is_empty() {
        return Err(RefundError::InvalidField {
            provider: NAME,
            field: "original transaction id",
            reason: "it is empty; give the id that MCE's webhook told",
        });
    }
    Ok(())
}

impl MceRefunds {
    async fn send(
        &self,
        reference: &Reference,
        refund: &MceRefund,
    ) -> Result<ResponseValue<CryptoRefundAnswer>, Setback> {
        let body = CryptoRefundRequest::builder()
            .client_reference(reference.as_str())
            .original_transaction_id(refund.original_transaction_id.as_str())
            .original_transaction_type(refund.original_transaction_type);
        let answer = self.client.create_crypto_refund().body(body).send().await?;
        let (asked, told) = (asked(reference, refund), told(&answer));
        match objection(self.settings.table, About::Answer, &asked, &told) {
            None => {
                drop(told);
                Ok(answer)
            }
            Some(objection) => {
                drop(told);
                let answer = Box::new(Answer::MceRefund(answer));
                Err(Setback::Unproven(objection, answer))
            }
        }
    }
}

fn asked_for<'a>(refunds: &MceRefunds, record: &'a InDoubt) -> Result<&'a MceRefund, RefundError> {
    match record.action() {
        Action::Create(RefundRequest::Mce(refund)) => Ok(refund),
        _ => Err(refunds.wrong_input("a record of an `MceRefund`")),
    }
}

fn asked<'a>(reference: &'a Reference, refund: &'a MceRefund) -> Asked<'a> {
    Asked {
        reference: Some(reference.as_str().into()),
        payment: Some(&refund.original_transaction_id),
        payment_type: Some(refund.original_transaction_type.to_string()),
        ..Asked::default()
    }
}

fn told(answer: &ResponseValue<CryptoRefundAnswer>) -> Facts<'_> {
    let mut told = Facts::new();
    told.put(Fact::Code, shown(answer.code.as_ref())).put(
        Fact::Error,
        error_members(
            answer.raw_body(),
            &["type", "title", "status", "detail", "instance", "logId"],
        ),
    );
    if let Some(data) = &answer.data {
        told.put(Fact::Id, data.crypto_refund_id.as_deref())
            .put(Fact::Reference, data.client_reference.as_deref())
            .put(Fact::Payment, data.original_transaction_id.as_deref())
            .put(
                Fact::PaymentType,
                shown(data.original_transaction_type.as_ref()),
            )
            .put(Fact::Amount, shown(data.amount.as_ref()));
    }
    told
}

#[cfg(feature = "webhooks")]
fn mce_event(event: &mce::webhooks::Event) -> Facts<'_> {
    let mut told = Facts::new();
    if let mce::webhooks::Event::CryptoRefund(event) = event {
        told.put(Fact::Id, event.data.crypto_refund_id.as_deref())
            .put(Fact::Reference, event.data.client_reference.as_deref())
            .put(Fact::Payment, event.data.original_transaction_id.as_deref())
            .put(
                Fact::PaymentType,
                shown(event.data.original_transaction_type.as_ref()),
            )
            .put(Fact::Amount, shown(event.data.amount.as_ref()))
            .put(Fact::Code, shown(event.code.as_ref()));
    }
    told
}

fn state(answer: &CryptoRefundAnswer) -> RefundState {
    let Some(data) = &answer.data else {
        return RefundState::new(None, None, None);
    };
    let status = data
        .status
        .map(|number| RefundStatus::from_word(WordField::Mce, &number.to_string()));
    let amount = || {
        let amount = data.amount.as_ref()?.decimal().ok()?;
        let currency: Currency = data.currency.as_deref()?.parse().ok()?;
        Some(Money::new(amount, currency))
    };
    RefundState::new(data.crypto_refund_id.clone(), status, amount())
}
