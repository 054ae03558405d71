//! Kotani Pay: refunds start by themselves; failed ones can be tried again.

use kotanipay::{
    RawBody, ResponseValue,
    types::{OfframpAnswer, RefundInvoiceRequest, RefundStatusAnswer},
};

use crate::{
    Action, Answer, CallError, Currency, Evidence, Fetched, InDoubt, LightningInvoice, Lookup,
    Money, NextStep, Outcome, ProviderName, Receipt, Reconciled, Reference, RefundError,
    RefundRequest, RefundState, RefundStatus, StillUnknown,
    adapter::{Adapter, outcome},
    providers::{adapter_type, check_segment, common_methods},
    retry::{Deadline, RateLimit, Setback, WriteRules, Written, is_about, read, write},
};

adapter_type! {
    /// Refunds of off-ramps at Kotani Pay. A reference here is that of the off-ramp.
    KotanipayRefunds, kotanipay::Client
}

const NAME: ProviderName = ProviderName::Kotanipay;

const RATE_LIMIT: RateLimit = RateLimit {
    pointer: Some("/data/retryAfter"),
};

static RULES: WriteRules = WriteRules {
    rate_limit: RATE_LIMIT,
    key_kept: None,
    conflict_codes: &[],
    already_refunded_codes: &[],
};

impl Adapter for KotanipayRefunds {
    common_methods!(NAME);

    async fn create(
        &self,
        _reference: &Reference,
        _request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        Err(self.unsupported(
            "create a refund",
            "it refunds failed off-ramps by itself; retry a refund that has failed",
        ))
    }

    async fn retry(&self, reference: &Reference) -> Result<Outcome, RefundError> {
        check_offramp(reference)?;
        let job = self.settings.write(NAME, "retry_refund", reference, &RULES);
        let written = write(job, || async {
            let call = self.client.retry_refund();
            accepted(call.reference_id(reference.as_str()).send().await)
        })
        .await;
        self.written(reference, || Action::Retry, written)
    }

    async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        check_offramp(reference)?;
        let job = self
            .settings
            .write(NAME, "submit_refund_invoice", reference, &RULES);
        let written = write(job, || async {
            let body = RefundInvoiceRequest::builder().invoice(invoice.as_str());
            let call = self.client.submit_refund_invoice();
            let call = call.reference_id(reference.as_str()).body(body);
            accepted(call.send().await)
        })
        .await;
        self.written(reference, || Action::SubmitInvoice(invoice), written)
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        match lookup {
            Lookup::KotanipayRefund(reference) => {
                self.refund(reference, self.settings.deadline()).await
            }
            Lookup::KotanipayOfframp(reference) => self.offramp(reference).await,
            _ => Err(self.wrong_input("a `Lookup::KotanipayRefund` or `Lookup::KotanipayOfframp`")),
        }
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        if matches!(record.action(), Action::Create(_)) {
            return Err(self.wrong_input("a record of a retry or of an invoice"));
        }
        let policy = &self.settings.policy;
        let deadline = self.settings.deadline();
        let settles_in = record.settles_in(policy.settle_after());
        let has_time = settles_in.is_zero() || deadline.leaves(settles_in, policy.least_attempt());
        if has_time {
            tokio::time::sleep(settles_in).await;
        }
        let fetched = self.refund(record.reference(), deadline).await?;
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        match (fetched.single(), status) {
            (Some(state), Some(RefundStatus::Succeeded)) => Ok(Reconciled::Accepted(Receipt {
                provider: NAME,
                reference: record.reference().clone(),
                state: state.clone(),
                attempts: 0,
                answer: fetched.answer,
            })),
            (_, Some(_)) if has_time => Ok(Reconciled::Shown(fetched)),
            (_, Some(_)) => Ok(unsettled(
                record,
                fetched,
                "the call may still be under way at the provider, which may change what it shows",
            )),
            (_, None) => Ok(unsettled(
                record,
                fetched,
                "refund-status answered without a status",
            )),
        }
    }
}

impl KotanipayRefunds {
    fn written(
        &self,
        reference: &Reference,
        action: impl FnOnce() -> Action,
        written: Written<Answer>,
    ) -> Result<Outcome, RefundError> {
        outcome(
            NAME,
            reference,
            action,
            |_| NextStep::Reconcile,
            written,
            |answer, attempts| Receipt {
                provider: NAME,
                reference: reference.clone(),
                state: RefundState::new(None, None, None),
                attempts,
                answer: Box::new(answer),
            },
        )
    }

    async fn refund(
        &self,
        reference: &Reference,
        deadline: Deadline,
    ) -> Result<Fetched, RefundError> {
        check_offramp(reference)?;
        let job = self
            .settings
            .read(NAME, "refund_status", RATE_LIMIT, deadline);
        let is_asked_for = |answer: &ResponseValue<RefundStatusAnswer>| {
            let data = answer.data.as_ref();
            let told = data.and_then(|data| data.reference_id.as_deref());
            is_about(told, reference.as_str())
        };
        let call = || {
            let call = self.client.refund_status();
            call.reference_id(reference.as_str()).send()
        };
        let answer = read(job, call, is_asked_for).await?;
        Ok(Fetched {
            refunds: vec![refund_state(&answer)],
            answer: Box::new(Answer::KotanipayRefund(answer)),
        })
    }

    async fn offramp(&self, reference: &Reference) -> Result<Fetched, RefundError> {
        check_offramp(reference)?;
        let deadline = self.settings.deadline();
        let job = self.settings.read(NAME, "offramp", RATE_LIMIT, deadline);
        let is_asked_for = |answer: &ResponseValue<OfframpAnswer>| {
            let told = answer.data.as_ref().map(|data| data.reference_id.as_str());
            is_about(told, reference.as_str())
        };
        let call = || {
            let call = self.client.offramp();
            call.reference_id(reference.as_str()).send()
        };
        let answer = read(job, call, is_asked_for).await?;
        Ok(Fetched {
            refunds: vec![offramp_state(&answer)],
            answer: Box::new(Answer::KotanipayOfframp(answer)),
        })
    }
}

fn check_offramp(reference: &Reference) -> Result<(), RefundError> {
    check_segment(NAME, "off-ramp's reference", reference.as_str())
}

fn unsettled(record: &InDoubt, fetched: Fetched, why: &'static str) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown {
        record: record.clone(),
        why,
        evidence: Evidence::Answer(fetched.answer),
        hint: None,
        candidates: fetched.refunds,
        next_step: NextStep::ReconcileLater,
    }))
}

/// No success is documented, so that any 2xx is one, whatever became of its body.
fn accepted<E>(
    result: Result<ResponseValue<RawBody>, kotanipay::Error<E>>,
) -> Result<Answer, Setback> {
    let error = match result {
        Ok(answer) => return Ok(Answer::KotanipayWrite(answer)),
        Err(error) => error.into_untyped(),
    };
    let is_success = error.status().is_some_and(|status| status.is_success());
    match error {
        CallError::BodyUnread(_) if is_success => Ok(Answer::Incomplete(error)),
        error => Err(Setback::Call(error)),
    }
}

fn refund_state(answer: &RefundStatusAnswer) -> RefundState {
    let Some(data) = &answer.data else {
        return RefundState::new(None, None, None);
    };
    let refund_status = data.refund_status.as_ref().map(ToString::to_string);
    let status = RefundStatus::from_refund_status(refund_status.as_deref(), data.status.as_deref());
    // The currency is that of the off-ramp; the amount is of the token.
    let amount = || {
        let amount = data.refund_amount.as_ref()?.decimal().ok()?;
        let token: Currency = data.token.as_deref()?.parse().ok()?;
        Some(Money::new(amount, token))
    };
    RefundState::new(None, status, amount())
}

fn offramp_state(answer: &OfframpAnswer) -> RefundState {
    let status = answer.data.as_ref().map(|data| {
        let onchain = data.onchain_status.as_ref().map(ToString::to_string);
        RefundStatus::from_offramp(&data.status.to_string(), onchain.as_deref())
    });
    RefundState::new(None, status, None)
}
