//! Kotani Pay: refunds start by themselves; failed ones can be tried again.

mod body;

use kotanipay::{
    RawBody, ResponseValue,
    types::{OfframpAnswer, RefundInvoiceRequest, RefundStatusAnswer},
};

use crate::{
    Action, Answer, Currency, Evidence, Fetched, InDoubt, LightningInvoice, Lookup, Money,
    NextStep, Outcome, ProviderName, Receipt, Reconciled, Reference, RefundError, RefundRequest,
    RefundState, RefundStatus, RetryMark, StillUnknown,
    adapter::{Adapter, outcome},
    evidence::{About, Asked, Fact, Facts, ObjectionKind, Row, error_members, objection, shown},
    providers::{adapter_type, check_segment, common_methods},
    retry::{Deadline, RateLimit, Repeats, Setback, Write, Written, is_about, pause, read, write},
    settings::Writing,
};
#[cfg(feature = "webhooks")]
use crate::{
    providers::settled_by_event,
    webhooks::{ProviderEvent, RefundUpdate},
};

adapter_type! {
    /// Refunds of off-ramps at Kotani Pay. A reference here is that of the off-ramp.
    KotanipayRefunds, kotanipay::Client
}

const NAME: ProviderName = ProviderName::Kotanipay;

const RATE_LIMIT: RateLimit = RateLimit {
    pointer: Some("/data/retryAfter"),
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
        let deadline = self.settings.deadline();
        let mark = match self.glance(reference, deadline).await? {
            Some(glance) => {
                glance.check_retryable()?;
                Some(glance.mark)
            }
            None => None,
        };
        self.retried(reference, mark, deadline).await
    }

    async fn retry_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        check_offramp(reference)?;
        let deadline = self.settings.deadline();
        let fetched = self.refund(reference, deadline).await?;
        let glance = Glance::of(&fetched.answer, fetched.single());
        glance.check_retryable()?;
        if glance.status != Some(RefundStatus::Failed) || !mark.has_run(&glance.mark) {
            return Err(glance.not_retryable(
                "nothing shows that the earlier retry has run: its `totalRetries` and `timestamp` stand \
                 where they stood, and two that are queued can both pay; read it again later, or ask \
                 Kotani Pay",
            ));
        }
        self.retried(reference, Some(glance.mark), deadline).await
    }

    async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        check_offramp(reference)?;
        let deadline = self.settings.deadline();
        let mark = match self.glance(reference, deadline).await? {
            Some(glance) => {
                glance.check_retryable()?;
                Some(glance.mark)
            }
            None => None,
        };
        let action = || Action::SubmitInvoice(invoice.clone());
        let job = self.job("submit_refund_invoice", reference, &action, deadline);
        let written = write(job, || async {
            let body = RefundInvoiceRequest::builder().invoice(invoice.as_str());
            let call = self.client.submit_refund_invoice();
            let call = call.reference_id(reference.as_str()).body(body);
            self.accepted(reference, call.send().await)
        })
        .await;
        self.written(reference, action, mark, written)
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
        let settings = &self.settings;
        let policy = &settings.policy;
        let deadline = settings.deadline();
        let settles_in = record.settles_in(policy.settle_after(), settings.clock.now());
        let has_time = settles_in.is_zero() || deadline.leaves(settles_in, policy.least_attempt());
        if has_time {
            pause(
                settles_in,
                "the try can still be under way at the provider; then reading its state",
            )
            .await;
        }
        let fetched = self.refund(record.reference(), deadline).await?;
        let Answer::KotanipayRefund(answer) = fetched.answer() else {
            return Err(self.wrong_input("a refund-status of its own"));
        };
        let reference = record.reference();
        let objection = objection(
            settings.table,
            About::Read,
            &asked(reference),
            &read_facts(answer),
        );
        if let Some(objection) = objection {
            let why = match objection.kind {
                ObjectionKind::Missing => {
                    "refund-status does not say which off-ramp it is about, so that it proves nothing"
                }
                _ => {
                    "refund-status contradicts itself or cannot be read, so that it proves nothing"
                }
            };
            return Ok(unsettled(record, fetched, why, Some(objection.row)));
        }
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        match (fetched.single(), status) {
            (Some(state), Some(RefundStatus::Succeeded)) => Ok(Reconciled::of(Receipt {
                provider: NAME,
                reference: reference.clone(),
                state: state.clone(),
                attempts: 0,
                retry_mark: None,
                answer: fetched.answer,
            })),
            (_, Some(_)) if has_time => Ok(Reconciled::Shown(fetched)),
            (_, Some(_)) => Ok(unsettled(
                record,
                fetched,
                "the call may still be under way at the provider, which may change what it shows",
                None,
            )),
            (_, None) => Ok(unsettled(
                record,
                fetched,
                "refund-status answered without a status",
                None,
            )),
        }
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        if matches!(record.action(), Action::Create(_)) {
            return Err(self.wrong_input("a record of a retry or of an invoice"));
        }
        let ProviderEvent::Kotanipay(event) = update.event() else {
            return Err(self.wrong_input("an event of its own"));
        };
        if update.status() != Some(&RefundStatus::Succeeded) {
            // Of which try it tells, and whether it is late, is not documented.
            return Ok(Reconciled::StillUnknown(Box::new(StillUnknown::new(
                record,
                "only an event that says that the refund succeeded settles it: when another one was \
                 sent, and of which try, is not documented",
                NextStep::ReconcileLater,
            ))));
        }
        let (asked, told) = (asked(record.reference()), event_facts(event.event()));
        let objection = objection(self.settings.table, About::Event, &asked, &told);
        Ok(settled_by_event(record, update, objection))
    }
}

impl KotanipayRefunds {
    fn job<'a>(
        &'a self,
        operation: &'static str,
        reference: &'a Reference,
        action: &'a (dyn Fn() -> Action + Send + Sync),
        deadline: Deadline,
    ) -> Write<'a> {
        let write = self.settings.write(Writing {
            operation,
            reference,
            action,
            rate_limit: RATE_LIMIT,
            repeats: Repeats::Never,
        });
        // That of the whole call, a part of which the read before it has taken.
        Write { deadline, ..write }
    }

    async fn retried(
        &self,
        reference: &Reference,
        mark: Option<RetryMark>,
        deadline: Deadline,
    ) -> Result<Outcome, RefundError> {
        let action = || Action::Retry;
        let job = self.job("retry_refund", reference, &action, deadline);
        let written = write(job, || async {
            let call = self.client.retry_refund();
            self.accepted(
                reference,
                call.reference_id(reference.as_str()).send().await,
            )
        })
        .await;
        self.written(reference, action, mark, written)
    }

    /// What the refund shows before it is tried, asked once: a read that fails keeps no retry back. One that
    /// tells a state and is not sure of it does, since the refund may be under way or paid.
    async fn glance(
        &self,
        reference: &Reference,
        deadline: Deadline,
    ) -> Result<Option<Glance>, RefundError> {
        let call = self.client.refund_status();
        let call = call.reference_id(reference.as_str()).send();
        let Some(Ok(answer)) = deadline.bound(call).await else {
            return Ok(None);
        };
        let (asked, told) = (asked(reference), read_facts(&answer));
        let objection = objection(self.settings.table, About::Read, &asked, &told);
        drop(told);
        let state = refund_state(&answer);
        let answer = Answer::KotanipayRefund(answer);
        let glance = Glance::of(&answer, Some(&state));
        match objection.map(|objection| objection.kind) {
            Some(ObjectionKind::Contradicts) if glance.status.is_some() => {
                Err(glance.not_retryable(
                    "what it shows contradicts itself or has no documented meaning, so that it may be under \
                     way or paid: read it again later, or ask Kotani Pay",
                ))
            }
            Some(ObjectionKind::Contradicts | ObjectionKind::Differs) => Ok(None),
            Some(ObjectionKind::Missing) | None => Ok(Some(glance)),
        }
    }

    fn written(
        &self,
        reference: &Reference,
        action: impl FnOnce() -> Action,
        mark: Option<RetryMark>,
        written: Written<ResponseValue<RawBody>>,
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
                state: RefundState::new(None, body::status(answer.raw_body()), None),
                attempts,
                retry_mark: mark.map(Box::new),
                answer: Box::new(Answer::KotanipayWrite(answer)),
            },
        )
    }

    /// No success is documented, so that a 2xx is one unless something in its body speaks against it.
    fn accepted<E>(
        &self,
        reference: &Reference,
        result: Result<ResponseValue<RawBody>, kotanipay::Error<E>>,
    ) -> Result<ResponseValue<RawBody>, Setback> {
        let answer = result?;
        let told = body::told(answer.raw_body());
        let asked = asked(reference);
        let objection = objection(self.settings.table, About::Answer, &asked, &told);
        drop(told);
        match objection {
            None => Ok(answer),
            Some(objection) => {
                let answer = Box::new(Answer::KotanipayWrite(answer));
                Err(Setback::Unproven(objection, answer))
            }
        }
    }

    async fn refund(
        &self,
        reference: &Reference,
        deadline: Deadline,
    ) -> Result<Fetched, RefundError> {
        check_offramp(reference)?;
        let job = self.settings.read("refund_status", RATE_LIMIT, deadline);
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
        let mut state = refund_state(&answer);
        let (asked, told) = (asked(reference), read_facts(&answer));
        let objection = objection(self.settings.table, About::Read, &asked, &told);
        drop(told);
        if let Some(objection) = objection
            && state.status.as_ref().is_some_and(RefundStatus::is_final)
        {
            state.contradict(objection.row);
        }
        Ok(Fetched {
            refunds: vec![state],
            answer: Box::new(Answer::KotanipayRefund(answer)),
        })
    }

    async fn offramp(&self, reference: &Reference) -> Result<Fetched, RefundError> {
        check_offramp(reference)?;
        let deadline = self.settings.deadline();
        let job = self.settings.read("offramp", RATE_LIMIT, deadline);
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

fn asked(reference: &Reference) -> Asked<'_> {
    Asked {
        reference: Some(reference.as_str().into()),
        ..Asked::default()
    }
}

/// What a refund shows before it is tried again.
struct Glance {
    status: Option<RefundStatus>,
    mark: RetryMark,
}

impl Glance {
    fn of(answer: &Answer, state: Option<&RefundState>) -> Self {
        let data = match answer {
            Answer::KotanipayRefund(answer) => answer.data.as_ref(),
            _ => None,
        };
        Self {
            status: state.and_then(|state| state.status.clone()),
            mark: RetryMark::new(
                data.and_then(|data| data.total_retries),
                data.and_then(|data| data.timestamp.as_ref()),
            ),
        }
    }

    fn check_retryable(&self) -> Result<(), RefundError> {
        match &self.status {
            Some(RefundStatus::Succeeded) => {
                Err(self.not_retryable("the money has been returned: there is nothing to try"))
            }
            Some(RefundStatus::Pending) => {
                Err(self.not_retryable("it is under way: read it again until it has ended"))
            }
            _ => Ok(()),
        }
    }

    fn not_retryable(&self, why: &'static str) -> RefundError {
        let status = self.status.as_ref();
        RefundError::NotRetryable {
            provider: NAME,
            status: status.map_or_else(|| "not told".to_owned(), ToString::to_string),
            why,
        }
    }
}

fn read_facts(answer: &ResponseValue<RefundStatusAnswer>) -> Facts<'_> {
    let mut told = Facts::new();
    told.put(Fact::Envelope, shown(answer.success.as_ref()))
        .put(
            Fact::Code,
            error_members(answer.raw_body(), &["statusCode", "error_code"]),
        )
        .put(
            Fact::Error,
            error_members(answer.raw_body(), &["error", "errors"]),
        );
    if let Some(data) = &answer.data {
        let status = data.refund_status.as_ref().map(ToString::to_string);
        let status = status.filter(|word| !word.is_empty());
        told.put(Fact::Reference, data.reference_id.as_deref())
            .put(Fact::Amount, shown(data.refund_amount.as_ref()))
            .put(Fact::Status, status)
            .put(Fact::OfframpStatus, data.status.as_deref())
            .put(Fact::FailureReason, data.error.as_deref())
            .put(
                Fact::TransactionHash,
                data.refund_transaction_hash.as_deref(),
            )
            .put(Fact::Initiated, shown(data.refund_initiated.as_ref()))
            .put(
                Fact::ManualIntervention,
                shown(data.requires_manual_intervention.as_ref()),
            );
    }
    told
}

#[cfg(feature = "webhooks")]
pub(crate) fn event_facts(event: &kotanipay::webhooks::Event) -> Facts<'_> {
    use kotanipay::webhooks::Event;
    let mut told = Facts::new();
    told.put(Fact::Envelope, Some(event.name()))
        .put(Fact::Reference, event.reference_id());
    match event {
        Event::RefundCompleted(event) => told
            .put(Fact::Status, shown(event.data.refund_status.as_ref()))
            .put(Fact::OfframpStatus, shown(event.data.status.as_ref()))
            .put(Fact::Amount, shown(event.data.refund_amount.as_ref())),
        Event::RefundFailed(event) => told
            .put(Fact::Status, shown(event.data.refund_status.as_ref()))
            .put(Fact::Amount, shown(event.data.refund_amount.as_ref())),
        Event::RefundInvoiceNeeded(event) => {
            told.put(Fact::Status, shown(event.data.refund_status.as_ref()))
        }
        Event::OfframpStatusUpdated(event) => {
            told.put(Fact::OfframpStatus, shown(event.data.status.as_ref()))
        }
        _ => &mut told,
    };
    told
}

fn check_offramp(reference: &Reference) -> Result<(), RefundError> {
    check_segment(NAME, "off-ramp's reference", reference.as_str())
}

fn unsettled(
    record: &InDoubt,
    fetched: Fetched,
    why: &'static str,
    row: Option<&'static Row>,
) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown {
        evidence: Evidence::Answer(fetched.answer),
        candidates: fetched.refunds,
        row,
        ..StillUnknown::new(record, why, NextStep::ReconcileLater)
    }))
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
