//! What a failed attempt means: whether the refund may have happened, and whether to try again.

use std::time::{Duration, SystemTime};

use provider_runtime::{Error, NotSentCause, TokenError, UnansweredCause};
use reqwest::StatusCode;

use super::hint::hint;
use crate::{CallError, outcome::Answer, outcome::DoubtCause};

/// How a provider limits the rate of calls.
#[derive(Clone, Copy)]
pub(crate) struct RateLimit {
    /// JSON pointer to the seconds to wait, where the provider documents a field for them.
    pub(crate) pointer: Option<&'static str>,
}

/// What the documentation says of a write.
#[derive(Clone, Copy)]
pub(crate) struct WriteRules {
    pub(crate) rate_limit: RateLimit,
    /// For how long a key de-duplicates, from the first attempt on; `None` without a key.
    pub(crate) key_kept: Option<Duration>,
    /// The codes under which a 409 is a documented refusal. Any other 409 may mean that an earlier
    /// attempt is under way or has happened.
    pub(crate) conflict_codes: &'static [&'static str],
    /// The codes that say that the money is refunded already, at least in part.
    pub(crate) already_refunded_codes: &'static [&'static str],
}

/// How an attempt at a write ended, if not in an answer that proves it.
pub(crate) enum Setback {
    /// In an error.
    Call(CallError),
    /// In a 2xx that decodes and does not prove that this refund was accepted.
    Unproven(DoubtCause, Box<Answer>),
}

impl<E> From<Error<E>> for Setback {
    fn from(error: Error<E>) -> Self {
        Self::Call(error.into_untyped())
    }
}

/// What an error of a write means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WriteFailure {
    /// No request could be made of it.
    Invalid,
    /// Nothing was sent: how long to wait at least before trying again. Trying is pointless where what
    /// is missing is a valid secret.
    NotSent { again: Option<Duration> },
    /// The provider refused it for now; nothing happened.
    RateLimited { hint: Option<Duration> },
    /// The provider refused it; nothing happened.
    Refused,
    /// A 409 that is not documented.
    Conflict,
    /// It may have happened.
    Open(DoubtCause),
}

pub(super) fn write_failure(error: &CallError, rules: &WriteRules) -> WriteFailure {
    match error {
        Error::InvalidRequest(_) => return WriteFailure::Invalid,
        Error::NotSent(not_sent) => {
            let hint = rate_limit_hint(error, rules.rate_limit);
            if token_status(error) == Some(StatusCode::TOO_MANY_REQUESTS) {
                return WriteFailure::RateLimited { hint };
            }
            let again = is_worth_repeating(not_sent.cause());
            return WriteFailure::NotSent {
                again: again.then(|| hint.unwrap_or_default()),
            };
        }
        Error::Unanswered(unanswered) => {
            return WriteFailure::Open(match unanswered.cause() {
                // Somebody else answered: the key would be sent there again.
                UnansweredCause::Redirected => DoubtCause::UnclearAnswer,
                _ => DoubtCause::Unanswered,
            });
        }
        _ => {}
    }
    let Some(status) = error.status() else {
        return WriteFailure::Open(DoubtCause::UnclearAnswer);
    };
    match status.as_u16() {
        200..=299 => WriteFailure::Open(DoubtCause::UnreadableSuccess),
        // A gateway sends these for a request that it may have passed on.
        408 | 499 => WriteFailure::Open(DoubtCause::UnclearAnswer),
        409 if !has_code(error, rules.conflict_codes) => WriteFailure::Conflict,
        429 => WriteFailure::RateLimited {
            hint: rate_limit_hint(error, rules.rate_limit),
        },
        400..=499 => WriteFailure::Refused,
        500..=599 => WriteFailure::Open(DoubtCause::ServerError),
        _ => WriteFailure::Open(DoubtCause::UnclearAnswer),
    }
}

/// Whether a refusal says that the money is refunded already.
pub(super) fn says_already_refunded(error: &CallError, rules: &WriteRules) -> bool {
    has_code(error, rules.already_refunded_codes)
}

/// Whether and when a read may be tried again: `Some` with the provider's hint.
pub(super) fn read_again(error: &CallError, rate_limit: RateLimit) -> Option<Option<Duration>> {
    let again = match error {
        Error::InvalidRequest(_) => false,
        Error::NotSent(not_sent) => is_worth_repeating(not_sent.cause()),
        Error::Unanswered(unanswered) => !matches!(unanswered.cause(), UnansweredCause::Redirected),
        _ => error.status().is_some_and(|status| {
            status.is_success()
                || status.is_server_error()
                || status == StatusCode::REQUEST_TIMEOUT
                || status == StatusCode::TOO_MANY_REQUESTS
        }),
    };
    again.then(|| rate_limit_hint(error, rate_limit))
}

fn has_code(error: &CallError, codes: &[&str]) -> bool {
    !codes.is_empty()
        && error
            .provider_code()
            .is_some_and(|code| codes.contains(&code.as_str()))
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
