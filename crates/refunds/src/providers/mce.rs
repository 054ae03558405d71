//! MCE: refunds can be created, and nothing else is documented.

use mce::{
    ResponseValue,
    types::{CryptoRefundAnswer, CryptoRefundRequest},
};

use crate::{
    Action, Answer, Currency, DoubtCause, Fetched, InDoubt, Lookup, MceRefund, Money, NextStep,
    Outcome, ProviderName, Receipt, Reconciled, Reference, RefundError, RefundRequest, RefundState,
    RefundStatus, WordField,
    adapter::{Adapter, outcome},
    providers::{adapter_type, common_methods},
    retry::{RateLimit, Setback, WriteRules, write},
};

adapter_type! {
    /// Refunds at MCE, of everything and without a way to read them back.
    MceRefunds, mce::Client
}

const NAME: ProviderName = ProviderName::Mce;

static RULES: WriteRules = WriteRules {
    rate_limit: RateLimit { pointer: None },
    key_kept: None,
    conflict_codes: &[],
    already_refunded_codes: &[],
};

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
        if refund.original_transaction_id.is_empty() {
            return Err(RefundError::InvalidField {
                provider: NAME,
                field: "original transaction id",
                reason: "it is empty; give the id that MCE's webhook told",
            });
        }
        let job = self
            .settings
            .write(NAME, "create_crypto_refund", reference, &RULES);
        let written = write(job, || self.send(reference, &refund)).await;
        outcome(
            NAME,
            reference,
            || Action::Create(refund.into()),
            |_| NextStep::AskTheProvider,
            written,
            |answer, attempts| Receipt {
                provider: NAME,
                reference: reference.clone(),
                state: state(&answer),
                attempts,
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

    async fn reconcile(&self, _record: &InDoubt) -> Result<Reconciled, RefundError> {
        Err(self.unsupported(
            "tell whether a refund was made",
            "ask MetaComp's support with the reference and the original transaction's id; a webhook \
             about it is a hint, because it cannot be verified",
        ))
    }
}

impl MceRefunds {
    async fn send(
        &self,
        reference: &Reference,
        refund: &MceRefund,
    ) -> Result<ResponseValue<CryptoRefundAnswer>, Setback> {
        let body = CryptoRefundRequest::builder()
            .client_reference(Some(reference.as_str().to_owned()))
            .original_transaction_id(refund.original_transaction_id.as_str())
            .original_transaction_type(refund.original_transaction_type);
        let answer = self.client.create_crypto_refund().body(body).send().await?;
        match doubt(&answer, reference, refund) {
            None => Ok(answer),
            Some(cause) => Err(Setback::Unproven(
                cause,
                Box::new(Answer::MceRefund(answer)),
            )),
        }
    }
}

/// Why a 2xx does not prove that this refund was accepted.
fn doubt(
    answer: &CryptoRefundAnswer,
    reference: &Reference,
    refund: &MceRefund,
) -> Option<DoubtCause> {
    let Some(data) = &answer.data else {
        return Some(DoubtCause::IncompleteSuccess);
    };
    let differs = |told: &Option<String>, asked: &str| {
        told.as_deref()
            .is_some_and(|told| !told.is_empty() && told != asked)
    };
    if differs(&data.client_reference, reference.as_str())
        || differs(
            &data.original_transaction_id,
            &refund.original_transaction_id,
        )
    {
        return Some(DoubtCause::AnswerDiffers);
    }
    let names_it = data
        .crypto_refund_id
        .as_deref()
        .is_some_and(|id| !id.is_empty());
    (!names_it).then_some(DoubtCause::IncompleteSuccess)
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
