//! Optty: refunds of orders, which show them again without the reference.

mod matching;

use optty::{
    ResponseValue,
    types::{OrderDetails, OrderRefund, OrderRefundAmount, OrderRefundDto, RefundResponse},
};

use crate::{
    Action, Answer, Currency, Evidence, Fetched, InDoubt, Lookup, Money, NextStep, OpttyRefund,
    Outcome, ProviderName, Receipt, Reconciled, Reference, RefundError, RefundRequest, RefundState,
    RefundStatus, StillUnknown, WordField,
    adapter::{Adapter, outcome},
    evidence::{About, Asked, Fact, Facts, ObjectionKind, error_members, objection, shown},
    money,
    providers::{adapter_type, check_segment, common_methods},
    retry::{RateLimit, Repeats, Setback, is_about, read, write},
    settings::Writing,
};
use matching::Match;

adapter_type! {
    /// Refunds at Optty, in full or in part.
    OpttyRefunds, optty::Client
}

const NAME: ProviderName = ProviderName::Optty;

const RATE_LIMIT: RateLimit = RateLimit { pointer: None };

/// Members that only errors have.
const ERRORS: &[&str] = &["statusCode", "error"];

impl Adapter for OpttyRefunds {
    common_methods!(NAME);

    async fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        let RefundRequest::Optty(refund) = request else {
            return Err(self.wrong_input("an `OpttyRefund`"));
        };
        check(&refund)?;
        let amount = sent_amount(&refund)?;
        let action = || Action::Create(refund.clone().into());
        let job = self.settings.write(Writing {
            operation: "refund_order",
            reference,
            action: &action,
            rate_limit: RATE_LIMIT,
            repeats: Repeats::Never,
        });
        let written = write(job, || self.send(reference, &refund, &amount)).await;
        outcome(
            NAME,
            reference,
            action,
            |_| NextStep::Reconcile,
            written,
            |answer, attempts| Receipt {
                provider: NAME,
                reference: reference.clone(),
                state: created_state(&answer, refund.amount.currency()),
                attempts,
                retry_mark: None,
                answer: Box::new(Answer::OpttyRefund(answer)),
            },
        )
    }

    async fn retry(&self, _reference: &Reference) -> Result<Outcome, RefundError> {
        Err(self.unsupported(
            "try a refund again",
            "once it has failed for good, create another one under another reference",
        ))
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        let Lookup::OpttyOrder(order) = lookup else {
            return Err(self.wrong_input("a `Lookup::OpttyOrder`"));
        };
        check_order(order)?;
        let answer = self.order(order).await?;
        let error = error_members(answer.raw_body(), ERRORS);
        let table = self.settings.table;
        let shown = |refund| {
            let mut state = listed_state(refund);
            let told = matching::told(refund, error.as_deref());
            let objection = objection(table, About::Listed, &Asked::default(), &told);
            // What is missing, only somebody misses who asked for it.
            if let Some(objection) = objection.filter(|it| it.kind == ObjectionKind::Contradicts)
                && state.status.as_ref().is_some_and(RefundStatus::is_final)
            {
                state.contradict(objection.row);
            }
            state
        };
        let refunds = listed(&answer).iter().map(shown).collect();
        Ok(Fetched {
            refunds,
            answer: Box::new(Answer::OpttyOrder(answer)),
        })
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        let Action::Create(RefundRequest::Optty(refund)) = record.action() else {
            return Err(self.wrong_input("a record of an `OpttyRefund`"));
        };
        check_order(&refund.order_reference)?;
        let answer = self.order(&refund.order_reference).await?;
        let mut row = None;
        let error = error_members(answer.raw_body(), ERRORS);
        let table = self.settings.table;
        let found = matching::find(table, listed(&answer), error.as_deref(), record, refund);
        let (why, candidates, next_step) = match found {
            Match::Certain(found) => {
                return Ok(Reconciled::of(Receipt {
                    provider: NAME,
                    reference: record.reference().clone(),
                    state: listed_state(found),
                    attempts: 0,
                    retry_mark: None,
                    answer: Box::new(Answer::OpttyOrder(answer)),
                }));
            }
            Match::Contradicted(found, objection) => {
                row = Some(objection.row);
                (
                    "its order has a refund with its reference, of which something is missing, \
                     contradicts what was asked for or cannot be read",
                    vec![found],
                    NextStep::ReconcileLater,
                )
            }
            Match::Several(found) => (
                "its order has more than one refund with its reference",
                found,
                NextStep::AskTheProvider,
            ),
            Match::Possible(found) => (
                "its order has refunds that it may be, but none carries the reference, so that they \
                 cannot be told from others of the same amount",
                found,
                NextStep::AskTheProvider,
            ),
            Match::Unlikely(found) => (
                "its order shows no such refund, only such as give another reason or lack an amount \
                 or a currency; when a refund shows is not documented",
                found,
                NextStep::ReconcileLater,
            ),
            Match::None => (
                "its order shows no such refund, but when a refund shows is not documented",
                Vec::new(),
                NextStep::ReconcileLater,
            ),
        };
        let candidates = candidates.into_iter().map(listed_state).collect();
        Ok(Reconciled::StillUnknown(Box::new(StillUnknown {
            evidence: Evidence::Answer(Box::new(Answer::OpttyOrder(answer))),
            candidates,
            row,
            ..StillUnknown::new(record, why, next_step)
        })))
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        if update.provider() != NAME {
            return Err(self.wrong_input("an event of its own"));
        }
        Ok(Reconciled::StillUnknown(Box::new(StillUnknown::new(
            record,
            "Optty's callbacks do not say which refund they are about",
            NextStep::ReconcileLater,
        ))))
    }
}

impl OpttyRefunds {
    async fn send(
        &self,
        reference: &Reference,
        refund: &OpttyRefund,
        amount: &optty::Amount,
    ) -> Result<ResponseValue<RefundResponse>, Setback> {
        let amount = OrderRefundAmount::builder()
            .amount(amount.clone())
            .currency(refund.amount.currency().code());
        let mut body = OrderRefundDto::builder()
            .refund_amount(amount)
            .refund_description(refund.sent_description(reference))
            .refund_reference(reference.as_str());
        if let Some(activated) = refund.activated_via_oauth {
            body = body.is_activated_via_o_auth(activated);
        }
        let answer = self
            .client
            .refund_order()
            .order_reference(refund.order_reference.as_str())
            .body(body)
            .send()
            .await?;
        let asked = Asked {
            amount: Some(refund.amount.amount()),
            ..Asked::default()
        };
        let told = told(&answer);
        let objection = objection(self.settings.table, About::Answer, &asked, &told);
        drop(told);
        match objection {
            None => Ok(answer),
            Some(objection) => {
                let answer = Box::new(Answer::OpttyRefund(answer));
                Err(Setback::Unproven(objection, answer))
            }
        }
    }

    async fn order(&self, order: &str) -> Result<ResponseValue<OrderDetails>, RefundError> {
        let deadline = self.settings.deadline();
        let job = self.settings.read("order_details", RATE_LIMIT, deadline);
        let is_asked_for = |answer: &ResponseValue<OrderDetails>| {
            is_about(answer.merchant_reference.as_deref(), order)
        };
        let call = || self.client.order_details().merchant_reference(order).send();
        read(job, call, is_asked_for).await
    }
}

fn told(answer: &ResponseValue<RefundResponse>) -> Facts<'_> {
    let errors = error_members(answer.raw_body(), ERRORS);
    let mut told = Facts::new();
    told.put(Fact::Error, errors)
        .put(Fact::Amount, shown(Some(&answer.refunded_amount)))
        .put(Fact::Id, Some(answer.bnpl_refund_id.as_str()))
        .put(Fact::Status, shown(Some(&answer.refund_status)));
    told
}

/// Whether it can be sent.
pub(crate) fn check(refund: &OpttyRefund) -> Result<(), RefundError> {
    sent_amount(refund)?;
    check_order(&refund.order_reference)
}

fn sent_amount(refund: &OpttyRefund) -> Result<optty::Amount, RefundError> {
    let amount = money::major_units(NAME, &refund.amount)?;
    let too_large = |_| money::too_large(NAME, &refund.amount);
    Ok(optty::Amount::try_from(amount).map_err(too_large)?)
}

fn check_order(order: &str) -> Result<(), RefundError> {
    check_segment(NAME, "order reference", order)
}

fn created_state(answer: &RefundResponse, currency: &Currency) -> RefundState {
    let amount = answer.refunded_amount.decimal().ok();
    RefundState::new(
        Some(answer.bnpl_refund_id.clone()),
        Some(status(&answer.refund_status)),
        amount.map(|amount| Money::new(amount, currency.clone())),
    )
}

fn listed(order: &OrderDetails) -> &[OrderRefund] {
    order.refunds.as_deref().unwrap_or_default()
}

fn listed_state(refund: &OrderRefund) -> RefundState {
    RefundState::new(
        refund.refund_id.clone(),
        refund.status.as_ref().map(status),
        listed_amount(refund),
    )
}

fn listed_amount(refund: &OrderRefund) -> Option<Money> {
    let amount = refund.amount.as_ref()?.decimal().ok()?;
    let currency: Currency = refund.currency.as_deref()?.parse().ok()?;
    Some(Money::new(amount, currency))
}

fn status(word: &impl ToString) -> RefundStatus {
    RefundStatus::from_word(WordField::Optty, &word.to_string())
}
