//! What a call, a read or an event has found, as it is put down.

use std::time::Duration;

use refunds::{
    DoubtCause, Evidence, InDoubt, NextStep, Outcome, Receipt, Reconciled, RefundError,
    RefundStatus, Rejection, RejectionReason, RetryMark, StillUnknown,
};

use crate::{Settings, State, store::Row, time::system_time};

/// The longest wait before what is queued is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// The longest wait before something is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);

/// What was found, as it is put down.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    pub(super) state: Option<State>,
    pub(super) status: Option<RefundStatus>,
    pub(super) refund_id: Option<String>,
    pub(super) retry_mark: Option<RetryMark>,
    pub(super) record: Option<InDoubt>,
    pub(super) why: Option<String>,
    pub(super) evidence: Option<&'static str>,
    /// Whether only a person or an event can go on with it.
    pub(super) waits: bool,
    /// When a worker looks at it again.
    pub(super) due_in: Option<Duration>,
    /// What the history says; it holds no text of the provider's.
    pub(super) detail: Option<String>,
    /// How many attempts may have happened, where it is found that those of a call have not.
    pub(super) tries: Option<i64>,
}

impl Finding {
    pub(super) fn of_outcome(outcome: &Outcome, times: &Settings, row: &Row) -> Self {
        match outcome {
            Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
                Self::of_receipt(receipt, times, row)
            }
            Outcome::Rejected(rejection) => Self::of_rejection(rejection, times, row),
            Outcome::Unknown(doubt) => Self {
                state: Some(State::InDoubt),
                record: Some(repeated(no_later(doubt.record(), row), row)),
                why: Some(why_of(doubt.evidence(), doubt.cause())),
                evidence: doubt.row().map(|row| row.id),
                waits: waits(doubt.next_step()),
                due_in: Some(wait(times, 0)),
                detail: Some(format!("{:?}", doubt.cause())),
                ..Self::default()
            },
        }
    }

    pub(super) fn of_receipt(receipt: &Receipt, times: &Settings, row: &Row) -> Self {
        // A new try without a mark of its own has none: that of the try before would say too early that it has run.
        let known = row.retry_mark.clone().filter(|_| row.state.is_accepted());
        Self {
            retry_mark: receipt.retry_mark().cloned().or(known),
            ..Self::of_status(receipt.status(), receipt.refund_id(), times, row)
        }
    }

    /// What an accepted refund's status means.
    pub(super) fn of_status(
        status: Option<&RefundStatus>,
        refund_id: Option<&str>,
        times: &Settings,
        row: &Row,
    ) -> Self {
        let state = match status {
            Some(RefundStatus::Succeeded) => State::Succeeded,
            Some(RefundStatus::Failed | RefundStatus::Cancelled) => State::Failed,
            _ => State::Pending,
        };
        Self {
            state: Some(state),
            status: status.cloned(),
            refund_id: refund_id.map(str::to_owned),
            retry_mark: row.retry_mark.clone(),
            due_in: (state == State::Pending).then(|| wait(times, looks(row))),
            detail: status.map(ToString::to_string),
            ..Self::default()
        }
    }

    fn of_rejection(rejection: &Rejection, times: &Settings, row: &Row) -> Self {
        let again = match rejection.reason() {
            RejectionReason::NotSent => Some(Duration::from_secs(1)),
            RejectionReason::RateLimited { retry_after } => {
                Some(retry_after.unwrap_or(Duration::from_secs(1)))
            }
            _ if is_of_the_caller(rejection) => Some(Duration::from_secs(1)),
            _ => None,
        };
        Self {
            why: Some(rejection.error().to_string()),
            evidence: rejection.row().map(|row| row.id),
            detail: Some(format!("{:?}", rejection.reason())),
            ..Self::nothing_happened(again, times, row)
        }
    }

    /// The facade would not send it.
    pub(super) fn of_refusal(error: &RefundError, times: &Settings, row: &Row) -> Self {
        let again = matches!(error, RefundError::NoTime { .. }).then_some(Duration::from_secs(1));
        Self {
            why: Some(error.to_string()),
            detail: Some("not sent".to_owned()),
            ..Self::nothing_happened(again, times, row)
        }
    }

    /// After a try by which nothing happened, and which may be made again after a while, if it may.
    fn nothing_happened(again: Option<Duration>, times: &Settings, row: &Row) -> Self {
        let (state, due_in) = match (again, row.before) {
            // A worker tries it again.
            (Some(again), _) if row.queued => {
                let doubled = again.saturating_mul(1 << row.looks.clamp(0, 10));
                // No sooner than the provider asks for, unless that is all but never.
                let asked = again.min(LONGEST_WAIT);
                (State::NotSent, Some(doubled.min(LONGEST_PAUSE).max(asked)))
            }
            // What was accepted before still is, with what was known of it.
            (_, State::Pending) => (State::Pending, Some(wait(times, 0))),
            (_, before) if before.is_accepted() => (before, None),
            _ => (State::Rejected, None),
        };
        Self {
            state: Some(state),
            status: row.status.clone(),
            retry_mark: row.retry_mark.clone(),
            due_in,
            tries: Some((row.tries - 1).max(0)),
            ..Self::default()
        }
    }

    /// What the provider shows is another refund's by the journal.
    pub(super) fn of_another(why: String, record: &InDoubt, times: &Settings, row: &Row) -> Self {
        Self {
            state: Some(State::InDoubt),
            record: Some(record.clone()),
            detail: Some(why.clone()),
            why: Some(why),
            waits: true,
            due_in: Some(wait(times, row.looks)),
            ..Self::default()
        }
    }

    pub(super) fn of_reconciled(
        reconciled: &Reconciled,
        record: &InDoubt,
        times: &Settings,
        row: &Row,
    ) -> Self {
        match reconciled {
            Reconciled::Pending(receipt)
            | Reconciled::Succeeded(receipt)
            | Reconciled::Failed(receipt) => Self::of_receipt(receipt, times, row),
            Reconciled::StillUnknown(unknown) => Self::of_still_unknown(unknown, times, row),
            // The state that is shown may be that from before the call.
            Reconciled::Shown(fetched) => {
                let status = fetched.single().and_then(|refund| refund.status.clone());
                let is_final = status.as_ref().is_some_and(RefundStatus::is_final);
                Self {
                    state: Some(State::InDoubt),
                    record: Some(record.clone()),
                    why: Some(
                        "the provider shows the refund, and whether the call had a part in it cannot be told"
                            .to_owned(),
                    ),
                    waits: is_final,
                    due_in: Some(wait(times, row.looks)),
                    detail: status.as_ref().map(|status| format!("shown {status}")),
                    status,
                    ..Self::default()
                }
            }
        }
    }

    pub(super) fn of_still_unknown(unknown: &StillUnknown, times: &Settings, row: &Row) -> Self {
        Self {
            state: Some(State::InDoubt),
            record: Some(unknown.record().clone()),
            why: Some(unknown.why().to_owned()),
            evidence: unknown.row().map(|row| row.id),
            waits: waits(unknown.next_step()),
            due_in: Some(wait(times, row.looks)),
            detail: Some(unknown.why().to_owned()),
            ..Self::default()
        }
    }
}

/// Whether the caller was refused, and not the refund: with other credentials, or from another address, it may be
/// accepted (RFC 9110, 15.5.2 and 15.5.4).
pub(super) fn is_of_the_caller(rejection: &Rejection) -> bool {
    let status = rejection.error().status();
    status.is_some_and(|status| matches!(status.as_u16(), 401 | 403))
}

/// A record whose first attempt was not begun later than the journal's clock says.
fn no_later(record: &InDoubt, row: &Row) -> InDoubt {
    let record = record.clone();
    match row.first_sent_at.map(system_time) {
        Some(begun) if begun < record.first_sent_at() => record.with_first_sent_at(begun),
        _ => record,
    }
}

/// The record, with what it cannot know: that an earlier attempt may have happened as well.
pub(super) fn repeated(record: InDoubt, row: &Row) -> InDoubt {
    match row.tries > 1 {
        true => record.with_repetitions(),
        false => record,
    }
}

/// Whether only a person or an event can go on with it.
pub(super) fn waits(step: NextStep) -> bool {
    matches!(step, NextStep::AwaitEvent | NextStep::AskTheProvider)
}

fn why_of(evidence: &Evidence, cause: DoubtCause) -> String {
    match evidence {
        Evidence::Error(error) => format!("{error}; {cause}"),
        _ => cause.to_string(),
    }
}

/// How often a refund was looked at since it was sent; until then it is counted how often it had to wait.
fn looks(row: &Row) -> i64 {
    match row.state {
        State::Sending => 0,
        _ => row.looks,
    }
}

/// Longer with each look that found no end.
pub(super) fn wait(times: &Settings, looks: i64) -> Duration {
    let doublings = u32::try_from(looks.clamp(0, 12)).unwrap_or(0);
    times
        .settle_after
        .saturating_mul(1 << doublings)
        .min(LONGEST_WAIT)
}
