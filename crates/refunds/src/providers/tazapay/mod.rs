//! Tazapay: refunds under a key, which can be read back by their id.

mod reconcile;
mod request;
mod state;

use request::PreparedRefund;
use state::state;
use tazapay::{ResponseValue, types::RefundEnvelope};

use crate::{
    Action, Answer, DoubtCause, Fetched, InDoubt, Lookup, NextStep, Outcome, ProviderName, Receipt,
    Reconciled, Reference, RefundError, RefundRequest,
    adapter::{Adapter, outcome},
    capabilities::TAZAPAY_KEY_KEPT,
    providers::{adapter_type, check_segment, common_methods},
    retry::{Deadline, RateLimit, Setback, WriteRules, is_about, read, write},
};

adapter_type! {
    /// Refunds at Tazapay, in full or in part, under a key.
    TazapayRefunds, tazapay::Client
}

const NAME: ProviderName = ProviderName::Tazapay;

const RATE_LIMIT: RateLimit = RateLimit { pointer: None };

static RULES: WriteRules = WriteRules {
    rate_limit: RATE_LIMIT,
    key_kept: Some(TAZAPAY_KEY_KEPT),
    // The attempt has not succeeded, so that there is nothing to refund.
    conflict_codes: &["30009"],
    // Fully refunded; more than what is left.
    already_refunded_codes: &["30010", "30012"],
};

impl Adapter for TazapayRefunds {
    common_methods!(NAME);

    async fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        let RefundRequest::Tazapay(refund) = request else {
            return Err(self.wrong_input("a `TazapayRefund`"));
        };
        let prepared = PreparedRefund::new(&refund)?;
        let job = self
            .settings
            .write(NAME, "create_refund", reference, &RULES);
        let written = write(job, || self.send(reference, &prepared)).await;
        outcome(
            NAME,
            reference,
            || Action::Create(refund.into()),
            next_step,
            written,
            |answer, attempts| receipt(reference, answer, attempts),
        )
    }

    async fn retry(&self, _reference: &Reference) -> Result<Outcome, RefundError> {
        Err(self.unsupported(
            "try a refund again",
            "once it has failed for good, create another one under another reference",
        ))
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        let Lookup::TazapayRefund(id) = lookup else {
            return Err(self.wrong_input("a `Lookup::TazapayRefund`"));
        };
        check_segment(NAME, "refund's id", id)?;
        let answer = self.read(id, self.settings.deadline()).await?;
        Ok(Fetched {
            refunds: vec![state(&answer)],
            answer: Box::new(Answer::TazapayRefund(answer)),
        })
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        let Action::Create(RefundRequest::Tazapay(refund)) = record.action() else {
            return Err(self.wrong_input("a record of a `TazapayRefund`"));
        };
        reconcile::reconcile(self, record, refund).await
    }
}

impl TazapayRefunds {
    async fn send(
        &self,
        reference: &Reference,
        refund: &PreparedRefund<'_>,
    ) -> Result<ResponseValue<RefundEnvelope>, Setback> {
        let answer = self
            .client
            .create_refund()
            .idempotency_key(reference.as_str())
            .body(refund.body())
            .send()
            .await?;
        match refund.doubt(&answer) {
            None => Ok(answer),
            Some(cause) => {
                let answer = Box::new(Answer::TazapayRefund(answer));
                Err(Setback::Unproven(cause, answer))
            }
        }
    }

    async fn read(
        &self,
        id: &str,
        deadline: Deadline,
    ) -> Result<ResponseValue<RefundEnvelope>, RefundError> {
        let job = self.settings.read(NAME, "refund", RATE_LIMIT, deadline);
        let is_asked_for = |answer: &ResponseValue<RefundEnvelope>| {
            let told = answer.data.as_ref().and_then(|data| data.id.as_deref());
            is_about(told, id)
        };
        read(job, || self.client.refund().id(id).send(), is_asked_for).await
    }
}

/// After a 5xx, and after what neither confirms nor refuses, the key is of no use.
fn next_step(cause: DoubtCause) -> NextStep {
    match cause {
        DoubtCause::ServerError | DoubtCause::UnclearAnswer => NextStep::AskTheProvider,
        _ => NextStep::Reconcile,
    }
}

fn receipt(reference: &Reference, answer: ResponseValue<RefundEnvelope>, attempts: u32) -> Receipt {
    Receipt {
        provider: NAME,
        reference: reference.clone(),
        state: state(&answer),
        attempts,
        answer: Box::new(Answer::TazapayRefund(answer)),
    }
}
