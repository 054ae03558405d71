//! Tazapay: refunds under a key, which can be read back by their id.

mod reconcile;
mod request;
pub(crate) mod state;

use request::PreparedRefund;
use state::{state, told};
use tazapay::{ResponseValue, types::RefundEnvelope};

use crate::{
    Action, Answer, DoubtCause, Fetched, InDoubt, Lookup, NextStep, Outcome, ProviderName, Receipt,
    Reconciled, Reference, RefundError, RefundRequest, TazapayRefund,
    adapter::{Adapter, outcome},
    capabilities::TAZAPAY_KEY_KEPT,
    evidence::{About, Asked, Repetition, objection},
    providers::{adapter_type, check_segment, common_methods},
    retry::{Deadline, RateLimit, Repeats, Setback, Write, is_about, read, write},
    settings::Writing,
};
#[cfg(feature = "webhooks")]
use crate::{
    evidence::{Fact, Facts},
    providers::settled_by_event,
    webhooks::{ProviderEvent, RefundUpdate},
};

adapter_type! {
    /// Refunds at Tazapay, in full or in part, under a key.
    TazapayRefunds, tazapay::Client
}

const NAME: ProviderName = ProviderName::Tazapay;

const RATE_LIMIT: RateLimit = RateLimit { pointer: None };

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
        let prepared = PreparedRefund::new(reference, &refund)?;
        let action = || Action::Create(refund.clone().into());
        let job = self.job(reference, &refund, &action);
        let written = write(job, || self.send(reference, &prepared)).await;
        let is_repeated = self.repeats(&refund) != Repeats::Never;
        outcome(
            NAME,
            reference,
            action,
            |cause| next_step(cause, is_repeated),
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
            refunds: vec![self.read_state(id, &answer)],
            answer: Box::new(Answer::TazapayRefund(answer)),
        })
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        let refund = self.asked_for(record)?;
        reconcile::reconcile(self, record, refund).await
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        let refund = self.asked_for(record)?;
        let ProviderEvent::Tazapay(event) = update.event() else {
            return Err(self.wrong_input("an event of its own"));
        };
        let prepared = PreparedRefund::new(record.reference(), refund)?;
        let mut told = Facts::new();
        if let Some(event) = event.event().refund() {
            told.put(Fact::Envelope, Some(event.type_.as_str()))
                .put(Fact::Body, event.object.as_deref());
            state::tell(&mut told, &event.data, prepared.reference_key());
        }
        let asked = Asked {
            first_sent_at: Some(record.first_sent_at()),
            ..prepared.asked()
        };
        let objection = objection(self.settings.table, About::Event, &asked, &told);
        Ok(settled_by_event(record, update, objection))
    }
}

/// Whether it can be sent.
pub(crate) fn check(reference: &Reference, refund: &TazapayRefund) -> Result<(), RefundError> {
    PreparedRefund::new(reference, refund).map(drop)
}

impl TazapayRefunds {
    fn asked_for<'a>(&self, record: &'a InDoubt) -> Result<&'a TazapayRefund, RefundError> {
        match record.action() {
            Action::Create(RefundRequest::Tazapay(refund)) => Ok(refund),
            _ => Err(self.wrong_input("a record of a `TazapayRefund`")),
        }
    }

    fn job<'a>(
        &'a self,
        reference: &'a Reference,
        refund: &TazapayRefund,
        action: &'a (dyn Fn() -> Action + Send + Sync),
    ) -> Write<'a> {
        self.settings.write(Writing {
            operation: "create_refund",
            reference,
            action,
            rate_limit: RATE_LIMIT,
            repeats: self.repeats(refund),
        })
    }

    /// A second refund of everything is refused; of two parts, both could be paid.
    fn repeats(&self, refund: &TazapayRefund) -> Repeats {
        let table = self.settings.table;
        let risks = self.settings.policy.risks_paying_twice();
        if refund.is_full() && table.allows(Repetition::OfEverything) {
            Repeats::SecondIsRefused
        } else if risks && table.allows(Repetition::UnderTrustedKey) {
            Repeats::UnderTrustedKey {
                kept: TAZAPAY_KEY_KEPT,
            }
        } else {
            Repeats::Never
        }
    }

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
        let told = told(&answer, refund.reference_key());
        let objection = objection(self.settings.table, About::Answer, &refund.asked(), &told);
        drop(told);
        match objection {
            None => Ok(answer),
            Some(objection) => {
                let answer = Box::new(Answer::TazapayRefund(answer));
                Err(Setback::Unproven(objection, answer))
            }
        }
    }

    async fn read(
        &self,
        id: &str,
        deadline: Deadline,
    ) -> Result<ResponseValue<RefundEnvelope>, RefundError> {
        let job = self.settings.read("refund", RATE_LIMIT, deadline);
        let is_asked_for = |answer: &ResponseValue<RefundEnvelope>| {
            let told = answer.data.as_ref().and_then(|data| data.id.as_deref());
            is_about(told, id)
        };
        read(job, || self.client.refund().id(id).send(), is_asked_for).await
    }

    /// The state of a refund that was read; what contradicts it is beside its status, which is not final.
    fn read_state(&self, id: &str, answer: &ResponseValue<RefundEnvelope>) -> crate::RefundState {
        let asked = Asked {
            id: Some(id),
            ..Asked::default()
        };
        let told = told(answer, None);
        let mut state = state(answer);
        if let Some(objection) = objection(self.settings.table, About::Read, &asked, &told) {
            state.contradict(objection.row);
        }
        state
    }
}

/// What may be repeated, a reconciliation asks for again; otherwise only an event or a person can tell.
fn next_step(cause: DoubtCause, is_repeated: bool) -> NextStep {
    match cause {
        DoubtCause::MayExistAlready => NextStep::Reconcile,
        _ if is_repeated => NextStep::Reconcile,
        _ => NextStep::AwaitEvent,
    }
}

fn receipt(reference: &Reference, answer: ResponseValue<RefundEnvelope>, attempts: u32) -> Receipt {
    Receipt {
        provider: NAME,
        reference: reference.clone(),
        state: state(&answer),
        attempts,
        retry_mark: None,
        answer: Box::new(Answer::TazapayRefund(answer)),
    }
}
