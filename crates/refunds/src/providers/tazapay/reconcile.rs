//! Settling an unknown outcome by repeating the request under its key.

use std::time::SystemTime;

use reqwest::StatusCode;

use super::{NAME, RULES, TazapayRefunds, receipt, request::PreparedRefund};
use crate::{
    DoubtCause, Evidence, Hint, InDoubt, NextStep, Outcome, Receipt, Reconciled, RefundError,
    StillUnknown, TazapayRefund,
    adapter::outcome,
    outcome::Doubt,
    retry::{Deadline, OpenQuestion, Write, key_lasts, write},
};

pub(super) async fn reconcile(
    refunds: &TazapayRefunds,
    record: &InDoubt,
    refund: &TazapayRefund,
) -> Result<Reconciled, RefundError> {
    let prepared = PreparedRefund::new(refund)?;
    let policy = &refunds.settings.policy;
    let deadline = refunds.settings.deadline();
    if let Some(why) = forbids_repetition(record, refund) {
        return Ok(unsettled(record, why, NextStep::AskTheProvider));
    }
    let wait = record.settles_in(policy.settle_after());
    let repeated_at = SystemTime::now().checked_add(wait);
    if !repeated_at.is_some_and(|at| key_lasts(&RULES, record.first_sent_at(), at)) {
        return Ok(unsettled(record, KEY_IS_OLD, NextStep::AskTheProvider));
    }
    if !wait.is_zero() && !deadline.leaves(wait, policy.least_attempt()) {
        return Ok(unsettled(
            record,
            "the first attempt may still be under way at the provider",
            NextStep::ReconcileLater,
        ));
    }
    tokio::time::sleep(wait).await;
    let reference = record.reference();
    let question = OpenQuestion {
        cause: record.cause(),
        evidence: Evidence::None,
        hint: None,
        first_sent_at: record.first_sent_at(),
        quiet_since: record.quiet_since(),
    };
    let job = Write {
        earlier: Some(question),
        deadline,
        ..refunds
            .settings
            .write(NAME, "create_refund", reference, &RULES)
    };
    let written = write(job, || refunds.send(reference, &prepared)).await;
    let outcome = outcome(
        NAME,
        reference,
        || record.action().clone(),
        |_| NextStep::ReconcileLater,
        written,
        |answer, attempts| receipt(reference, answer, attempts),
    )?;
    match outcome {
        Outcome::Accepted(receipt) => {
            let receipt = refreshed(refunds, receipt, deadline).await;
            Ok(Reconciled::Accepted(receipt))
        }
        Outcome::Unknown(doubt) => Ok(still_unknown(*doubt, refund)),
        // With a question open, nothing that a repetition meets is a definite no.
        Outcome::Rejected(rejection) => Ok(unsettled(
            record,
            "the repetition was refused",
            match rejection.next_step() {
                NextStep::Correct => NextStep::AskTheProvider,
                _ => NextStep::ReconcileLater,
            },
        )),
    }
}

const KEY_IS_OLD: &str =
    "its key is too old: Tazapay keeps keys for 24 hours, after which the request would run again";

/// Why the request must not be sent again, if it must not.
fn forbids_repetition(record: &InDoubt, refund: &TazapayRefund) -> Option<&'static str> {
    match record.cause() {
        DoubtCause::Unanswered
        | DoubtCause::UnreadableSuccess
        | DoubtCause::IncompleteSuccess
        | DoubtCause::AnswerDiffers => None,
        // A full refund cannot be paid twice: the second is refused.
        DoubtCause::Interrupted | DoubtCause::DeadlinePassed if refund.is_full() => None,
        DoubtCause::Interrupted | DoubtCause::DeadlinePassed => Some(
            "nobody saw whether it was answered with a server error, after which Tazapay keeps no \
             key: a partial refund could be paid again",
        ),
        DoubtCause::UnclearAnswer => {
            Some("the answer neither confirmed nor refused it, and may have left no key behind")
        }
        DoubtCause::ServerError => Some(
            "Tazapay keeps the key of a success only: after a server error the request would run, \
             and might pay, again",
        ),
    }
}

/// The stored answer tells the state at the creation; the refund itself tells today's.
async fn refreshed(refunds: &TazapayRefunds, stored: Receipt, deadline: Deadline) -> Receipt {
    let Some(id) = stored.refund_id() else {
        return stored;
    };
    match refunds.read(id, deadline).await {
        Ok(answer) => {
            let fresh = receipt(stored.reference(), answer, stored.attempts());
            // An answer about another refund would be worse than an old one.
            if fresh.refund_id() == stored.refund_id() {
                fresh
            } else {
                stored
            }
        }
        Err(_) => stored,
    }
}

fn still_unknown(doubt: Doubt, refund: &TazapayRefund) -> Reconciled {
    let key_lasts = key_lasts(&RULES, doubt.record().first_sent_at(), SystemTime::now());
    let why = match doubt.hint() {
        _ if !key_lasts => KEY_IS_OLD,
        Some(Hint::Conflict(_)) => {
            "the repetition met a conflict: the first attempt may still be under way"
        }
        Some(_) => "the repetition was refused, which is a hint and no proof",
        None => "the repetition did not settle it",
    };
    let may_be_repeated = key_lasts
        && forbids_repetition(doubt.record(), refund).is_none()
        && !is_telling(doubt.hint());
    let next_step = if may_be_repeated {
        NextStep::ReconcileLater
    } else {
        NextStep::AskTheProvider
    };
    Reconciled::StillUnknown(Box::new(StillUnknown {
        record: doubt.record,
        why,
        evidence: doubt.evidence,
        hint: doubt.hint,
        candidates: Vec::new(),
        next_step,
    }))
}

/// Whether a refusal is one of the refund itself, which a further repetition would meet again.
fn is_telling(hint: Option<&Hint>) -> bool {
    let Some(Hint::AlreadyRefunded(error) | Hint::Refused(error)) = hint else {
        return false;
    };
    error
        .status()
        .is_some_and(|status| status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN)
}

fn unsettled(record: &InDoubt, why: &'static str, next_step: NextStep) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown {
        record: record.clone(),
        why,
        evidence: Evidence::None,
        hint: None,
        candidates: Vec::new(),
        next_step,
    }))
}
