//! What a failed attempt means: whether the refund may have happened, and whether to try again.

use std::time::{Duration, SystemTime};

use provider_runtime::{Error, Heard, NotSentCause, TokenError, UnansweredCause};
use reqwest::StatusCode;

use super::hint::hint;
use crate::{
    CallError,
    evidence::{Objection, Refusal, Row, Sending, Table},
    outcome::{Answer, DoubtCause},
};

/// How a provider limits the rate of calls.
#[derive(Clone, Copy)]
pub(crate) struct RateLimit {
    /// JSON pointer to the seconds to wait, where the provider documents a field for them.
    pub(crate) pointer: Option<&'static str>,
}

/// How an attempt at a write ended, if not in an answer that proves it.
pub(crate) enum Setback {
    /// In an error.
    Call(CallError),
    /// In a 2xx that decodes and does not prove that this refund was accepted.
    Unproven(Objection, Box<Answer>),
}

impl<E> From<Error<E>> for Setback {
    fn from(error: Error<E>) -> Self {
        Self::Call(error.into_untyped())
    }
}

/// What an error of a write means.
#[derive(Debug)]
pub(super) enum WriteFailure {
    /// No request could be made of it.
    Invalid,
    /// Nothing was sent: how long to wait at least before trying again. Trying is pointless where what
    /// is missing is a valid secret.
    NotSent { again: Option<Duration> },
    /// The provider refused it for now; nothing happened.
    RateLimited { hint: Option<Duration> },
    /// The provider refused it; nothing happened.
    Refused { row: Option<&'static Row> },
    /// A 409 that is not documented.
    Conflict { row: &'static Row },
    /// It may have happened.
    Open {
        cause: DoubtCause,
        row: &'static Row,
    },
}

pub(super) fn write_failure(error: &CallError, table: Table, limit: RateLimit) -> WriteFailure {
    let sending = match error {
        Error::InvalidRequest(_) => return WriteFailure::Invalid,
        Error::NotSent(not_sent) => {
            let hint = rate_limit_hint(error, limit);
            if token_status(error) == Some(StatusCode::TOO_MANY_REQUESTS) {
                return WriteFailure::RateLimited { hint };
            }
            let again = is_worth_repeating(not_sent.cause());
            return WriteFailure::NotSent {
                again: again.then(|| hint.unwrap_or_default()),
            };
        }
        Error::Unanswered(unanswered) => match unanswered.cause() {
            // Somebody else answered: the key would be sent there again.
            UnansweredCause::Redirected => Sending::Redirected,
            UnansweredCause::CutOff(_) => Sending::CutOff,
            _ => match unanswered.heard() {
                Heard::Nothing => Sending::Unanswered,
                Heard::Something | Heard::CannotTell => Sending::CutOff,
            },
        },
        _ => match error.status().map(|status| status.as_u16()) {
            Some(200..=299) => Sending::UnreadableSuccess,
            Some(429) if table.sending(Sending::RateLimited).is_some() => {
                return WriteFailure::RateLimited {
                    hint: rate_limit_hint(error, limit),
                };
            }
            Some(status @ 400..=499) => match table.refusal(status, &error.provider_codes()) {
                Some((Refusal::Definite, row)) => {
                    return WriteFailure::Refused { row: Some(row) };
                }
                Some((Refusal::MayExistAlready, row)) => {
                    let cause = DoubtCause::MayExistAlready;
                    return WriteFailure::Open { cause, row };
                }
                None => match status {
                    408 | 499 => Sending::Gateway,
                    409 => Sending::Conflict,
                    _ => Sending::UndocumentedRefusal,
                },
            },
            Some(500..=599) => Sending::ServerError,
            _ => Sending::Redirected,
        },
    };
    let Some(row) = table.sending(sending) else {
        return WriteFailure::Refused { row: None };
    };
    let cause = match sending {
        Sending::Conflict => return WriteFailure::Conflict { row },
        Sending::Unanswered => DoubtCause::Unanswered,
        Sending::CutOff => DoubtCause::CutOff,
        Sending::DeadlinePassed => DoubtCause::DeadlinePassed,
        Sending::UnreadableSuccess => DoubtCause::UnreadableSuccess,
        Sending::ServerError => DoubtCause::ServerError,
        Sending::Redirected
        | Sending::Gateway
        | Sending::RateLimited
        | Sending::UndocumentedRefusal => DoubtCause::UnclearAnswer,
    };
    WriteFailure::Open { cause, row }
}

/// Whether and when a read may be tried again: `Some` with the provider's hint.
pub(super) fn read_again(error: &CallError, rate_limit: RateLimit) -> Option<Option<Duration>> {
    may_be_read_again(error).then(|| rate_limit_hint(error, rate_limit))
}

/// Whether a read that failed so can be answered otherwise next time.
pub(crate) fn may_be_read_again(error: &CallError) -> bool {
    match error {
        Error::InvalidRequest(_) => false,
        Error::NotSent(not_sent) => is_worth_repeating(not_sent.cause()),
        Error::Unanswered(unanswered) => !matches!(unanswered.cause(), UnansweredCause::Redirected),
        _ => error.status().is_some_and(|status| {
            status.is_success()
                || status.is_server_error()
                || status == StatusCode::REQUEST_TIMEOUT
                || status == StatusCode::TOO_MANY_REQUESTS
        }),
    }
}

// A token URL that refuses the credentials will refuse them again.
fn is_worth_repeating(cause: &NotSentCause) -> bool {
    match cause {
        NotSentCause::Connect(_) => true,
        NotSentCause::Token(error) => error.status().is_none_or(|status| {
            !status.is_client_error()
                || status == StatusCode::REQUEST_TIMEOUT
                || status == StatusCode::TOO_MANY_REQUESTS
        }),
        _ => false,
    }
}

fn rate_limit_hint(error: &CallError, limit: RateLimit) -> Option<Duration> {
    let now = SystemTime::now();
    if let Some(token) = token_error(error) {
        return hint(token.headers()?, &[], None, now);
    }
    let body = error.raw_body().map_or(&[][..], |body| &body[..]);
    hint(error.headers()?, body, limit.pointer, now)
}

/// What the token URL answered, where that is why nothing was sent.
fn token_status(error: &CallError) -> Option<StatusCode> {
    token_error(error)?.status()
}

fn token_error(error: &CallError) -> Option<&TokenError> {
    match error {
        Error::NotSent(not_sent) => match not_sent.cause() {
            NotSentCause::Token(token) => Some(token),
            _ => None,
        },
        _ => None,
    }
}
