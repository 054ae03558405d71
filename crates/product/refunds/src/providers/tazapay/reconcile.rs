//! Settling an unknown outcome: by repeating what cannot be paid twice, else by what can be read.

use tazapay::types::PaymentAttemptRefunded;

use super::{
    NAME, RATE_LIMIT, TazapayRefunds, receipt,
    request::PreparedRefund,
    state::{state, told},
};
use crate::{
    Answer, DoubtCause, Evidence, Hint, InDoubt, NextStep, Outcome, Receipt, Reconciled,
    RefundError, StillUnknown, TazapayRefund,
    adapter::outcome,
    evidence::{About, Asked, objection},
    outcome::Doubt,
    retry::{Deadline, OpenQuestion, Repeats, Write, is_about, key_lasts, pause, read, write},
};

pub(super) async fn reconcile(
    refunds: &TazapayRefunds,
    record: &InDoubt,
    refund: &TazapayRefund,
) -> Result<Reconciled, RefundError> {
    let prepared = PreparedRefund::new(record.reference(), refund)?;
    let settings = &refunds.settings;
    let deadline = settings.deadline();
    let wait = record.settles_in(settings.policy.settle_after(), settings.clock.now());
    if let Some(why) = forbids_repetition(refunds, record, refund) {
        return Ok(hinted(refunds, record, refund, why, deadline).await);
    }
    if !wait.is_zero() && !deadline.leaves(wait, settings.policy.least_attempt()) {
        return Ok(unsettled(
            record,
            "the first attempt may still be under way at the provider",
            NextStep::ReconcileLater,
        ));
    }
    pause(wait, "the request can still be under way at the provider; then asking again in a way that cannot pay twice").await;
    let reference = record.reference();
    let action = || record.action().clone();
    let job = Write {
        earlier: Some(OpenQuestion::of(record)),
        deadline,
        ..refunds.job(reference, refund, &action)
    };
    let written = write(job, || refunds.send(reference, &prepared)).await;
    let outcome = outcome(
        NAME,
        reference,
        action,
        |_| NextStep::ReconcileLater,
        written,
        |answer, attempts| receipt(reference, answer, attempts),
    )?;
    match outcome {
        Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
            let receipt = refreshed(refunds, receipt, &prepared, deadline).await;
            Ok(match Reconciled::of(receipt) {
                // It was sent more than once by now, and the first attempt may have been another refund.
                Reconciled::Failed(receipt) => Reconciled::StillUnknown(Box::new(StillUnknown {
                    evidence: Evidence::Answer(receipt.answer),
                    candidates: vec![receipt.state],
                    ..StillUnknown::new(
                        &record.clone().with_repetitions(),
                        "one of its attempts has failed, and another may not have: it was sent more than once",
                        NextStep::AwaitEvent,
                    )
                })),
                reconciled => reconciled,
            })
        }
        Outcome::Unknown(doubt) => Ok(still_unknown(refunds, *doubt, refund)),
        // With a question open, nothing that a repetition meets is a definite no.
        Outcome::Rejected(rejection) => Ok(unsettled(
            record,
            "the repetition was refused",
            match rejection.next_step() {
                NextStep::Correct => NextStep::AwaitEvent,
                _ => NextStep::ReconcileLater,
            },
        )),
    }
}

const TWO_COULD_PAY: &str = "a refund of a part is not sent again: keys are kept for 2xx answers only, and \
                             which answer there was nobody knows, so that two could be paid";
const KEY_IS_OLD: &str =
    "its key is too old: Tazapay keeps keys for 24 hours, after which the request would run again";

/// Why the request must not be sent again, if it must not.
fn forbids_repetition(
    refunds: &TazapayRefunds,
    record: &InDoubt,
    refund: &TazapayRefund,
) -> Option<&'static str> {
    match refunds.repeats(refund) {
        Repeats::Never => Some(TWO_COULD_PAY),
        Repeats::SecondIsRefused if record.cause() == DoubtCause::MayExistAlready => {
            Some("it was refused as one that exists already would be, and would be refused again")
        }
        // The last one is of other providers: Tazapay keeps successes only.
        Repeats::SecondIsRefused | Repeats::Anything | Repeats::UnderKey { .. } => None,
        Repeats::UnderTrustedKey { .. } if record.cause() != DoubtCause::Unanswered => {
            Some(TWO_COULD_PAY)
        }
        Repeats::UnderTrustedKey { kept } => {
            let settings = &refunds.settings;
            let now = settings.clock.now();
            let wait = record.settles_in(settings.policy.settle_after(), now);
            let repeated_at = now.checked_add(wait);
            let lasts = repeated_at.is_some_and(|at| key_lasts(kept, record.first_sent_at(), at));
            (!lasts).then_some(KEY_IS_OLD)
        }
    }
}

/// What the payment attempt says, where the request named one: a hint and no proof, since it does not say
/// which refund, and after a refund of a part it is not documented what it says.
async fn hinted(
    refunds: &TazapayRefunds,
    record: &InDoubt,
    refund: &TazapayRefund,
    why: &'static str,
    deadline: Deadline,
) -> Reconciled {
    let mut unknown = StillUnknown::new(record, why, NextStep::AwaitEvent);
    if let Some(id) = &refund.payment_attempt {
        let job = refunds
            .settings
            .read("payment_attempt", RATE_LIMIT, deadline);
        let call = || refunds.client.payment_attempt().id(id.as_str()).send();
        let answer = read(job, call, |answer| {
            let told = answer.data.as_ref().and_then(|data| data.id.as_deref());
            is_about(told, id)
        });
        if let Ok(answer) = answer.await {
            let told = answer.data.as_ref().and_then(|data| data.refunded.as_ref());
            let told = told.and_then(refunded);
            unknown.why = match told {
                Some(true) => {
                    "its payment attempt says that it was refunded: a hint that it happened, and no \
                     proof, since it does not say by which refund"
                }
                Some(false) => {
                    "its payment attempt says that it was not refunded: a hint that it did not happen, \
                     and no proof, since it is not documented what it says after a refund of a part"
                }
                None => why,
            };
            unknown.evidence = Evidence::Answer(Box::new(Answer::TazapayAttempt(answer)));
        }
    }
    Reconciled::StillUnknown(Box::new(unknown))
}

/// The page's table says that it is a boolean, its sample has a text.
fn refunded(told: &PaymentAttemptRefunded) -> Option<bool> {
    match told {
        PaymentAttemptRefunded::Boolean(told) => Some(*told),
        PaymentAttemptRefunded::String(told) => told.parse().ok(),
        _ => None,
    }
}

/// The stored answer tells the state at the creation; the refund itself tells today's.
async fn refreshed(
    refunds: &TazapayRefunds,
    stored: Receipt,
    asked: &PreparedRefund<'_>,
    deadline: Deadline,
) -> Receipt {
    let Some(id) = stored.refund_id() else {
        return stored;
    };
    match refunds.read(id, deadline).await {
        Ok(answer) => {
            let told = told(&answer, asked.reference_key());
            let asked = Asked {
                id: Some(id),
                ..asked.asked()
            };
            let objection = objection(refunds.settings.table, About::Read, &asked, &told);
            drop(told);
            // An answer that contradicts itself or is about another refund would be worse than an old one.
            if objection.is_some() {
                return stored;
            }
            Receipt {
                state: state(&answer),
                answer: Box::new(Answer::TazapayRefund(answer)),
                ..stored
            }
        }
        Err(_) => stored,
    }
}

fn still_unknown(refunds: &TazapayRefunds, doubt: Doubt, refund: &TazapayRefund) -> Reconciled {
    let forbidden = forbids_repetition(refunds, doubt.record(), refund);
    let why = match (forbidden, doubt.hint()) {
        (Some(why), _) => why,
        (None, Some(Hint::Conflict(_))) => {
            "the repetition met a conflict: the first attempt may still be under way"
        }
        (None, Some(Hint::AlreadyRefunded(_))) => {
            "the repetition was refused as a second one is: a hint that it happened, and no proof, since \
             somebody else may have refunded the payment"
        }
        (None, Some(Hint::Refused(_))) => {
            "the repetition was refused, which is a hint and no proof"
        }
        (None, None) => "the repetition did not settle it",
    };
    let next_step = match doubt.hint() {
        _ if forbidden.is_some() => NextStep::AwaitEvent,
        Some(Hint::AlreadyRefunded(_)) => NextStep::AwaitEvent,
        // Of the caller and not of the refund: it can be repeated once that is mended.
        Some(Hint::Refused(error)) if !is_about_the_caller(error) => NextStep::AwaitEvent,
        _ => NextStep::ReconcileLater,
    };
    Reconciled::StillUnknown(Box::new(StillUnknown {
        record: doubt.record,
        why,
        evidence: doubt.evidence,
        hint: doubt.hint,
        candidates: Vec::new(),
        row: doubt.row,
        next_step,
    }))
}

fn is_about_the_caller(error: &crate::CallError) -> bool {
    error
        .status()
        .is_some_and(|status| matches!(status.as_u16(), 401 | 403))
}

fn unsettled(record: &InDoubt, why: &'static str, next_step: NextStep) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown::new(record, why, next_step)))
}
