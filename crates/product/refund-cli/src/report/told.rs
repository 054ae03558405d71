//! What errors and doubts tell a script and a person.

use std::time::{Duration, SystemTime};

use refunds::{
    CallError, NextStep, ReadFailure, RefundError, StillUnknown,
    provider_runtime::{NotSentCause, SettingsError},
};
use refunds_journal::JournalError;

use crate::{
    connection::SETTLE_AFTER,
    exit::{Exit, journal_error},
};

/// When it makes sense to ask the provider again.
pub(super) fn look_again_in(unknown: &StillUnknown) -> Option<Duration> {
    if unknown.next_step() != NextStep::ReconcileLater {
        return None;
    }
    let quiet = SystemTime::now().duration_since(unknown.record().quiet_since());
    let left = SETTLE_AFTER.saturating_sub(quiet.unwrap_or_default());
    // Once it has settled, another minute is as good as any.
    Some(if left.is_zero() { SETTLE_AFTER } else { left })
}

/// Whether a call that was not sent can be sent another time.
pub(super) fn may_be_sent_again(error: &CallError) -> bool {
    match error {
        CallError::NotSent(not_sent) => matches!(
            not_sent.cause(),
            NotSentCause::Connect(_) | NotSentCause::Token(_)
        ),
        _ => true,
    }
}

/// Whether the same call may end otherwise another time.
pub(super) fn is_retryable(error: &anyhow::Error, exit: Exit) -> bool {
    match error.downcast_ref::<RefundError>() {
        Some(RefundError::Read { cause, .. }) => cause.may_be_read_again(),
        _ => {
            exit == Exit::NotSent
                || matches!(
                    journal_error(error),
                    Some(JournalError::MayBeUnderWay { .. } | JournalError::NotSeenToRun { .. })
                )
        }
    }
}

pub(super) fn retry_after(error: &anyhow::Error) -> Option<u64> {
    match error.downcast_ref() {
        Some(JournalError::MayBeUnderWay { seconds, .. }) => Some(*seconds),
        _ => None,
    }
}

/// An error with its causes, for somebody who has the command and not the library.
pub(super) fn told(error: &anyhow::Error) -> String {
    let first = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(refund), _) => in_words(refund),
        (_, Some(settings)) => of_settings(settings),
        _ => error.to_string(),
    };
    // Many a text has that of its cause already.
    error
        .chain()
        .skip(1)
        .map(ToString::to_string)
        .fold(first, |text, cause| match text.contains(&cause) {
            true => text,
            false => format!("{text}: {cause}"),
        })
}

/// What is wrong with what a client was given, by the names that the command has for it.
fn of_settings(error: &SettingsError) -> String {
    match error {
        SettingsError::TokenUrlMissing { provider } => format!(
            "{provider} gives tokens at a URL of its own, which does not follow from a base URL: give it with --token-url"
        ),
        other => other.to_string(),
    }
}

pub(super) fn in_words(error: &RefundError) -> String {
    match error {
        RefundError::NoTime { provider } => format!(
            "the refund was not sent to {provider}, because the deadline had passed before the first attempt"
        ),
        RefundError::NotRecorded(_) => {
            "the refund was not sent, because the journal could not put it down".to_owned()
        }
        RefundError::Read {
            cause: ReadFailure::DeadlinePassed { after },
            provider,
            ..
        } => format!(
            "{provider} did not answer within the deadline of {} s",
            after.as_secs_f64()
        ),
        RefundError::Read {
            cause, attempts, ..
        } if *attempts > 1 => format!("{cause} ({attempts} requests)"),
        RefundError::Read { cause, .. } => cause.to_string(),
        _ => error.to_string(),
    }
}
