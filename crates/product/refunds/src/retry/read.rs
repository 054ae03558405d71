//! Attempts at a read, which may be made as often as the policy allows.

use std::time::Duration;

use reqwest::StatusCode;
use tracing::{Instrument, field::Empty};

use super::{
    Deadline, RetryPolicy,
    backoff::backoff,
    classify::{RateLimit, read_again},
    pause::pause,
    write::rate_limit_wait,
};
use crate::{CallError, ProviderName, ReadFailure, RefundError};

/// A read to make.
pub(crate) struct Read<'a> {
    pub(crate) provider: ProviderName,
    pub(crate) operation: &'static str,
    pub(crate) rate_limit: RateLimit,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) deadline: Deadline,
}

impl Read<'_> {
    fn failed(&self, attempts: u32, cause: ReadFailure) -> RefundError {
        RefundError::Read {
            provider: self.provider,
            operation: self.operation,
            attempts,
            cause,
        }
    }
}

/// Whether an answer that names what it is about names what was asked for.
pub(crate) fn is_about(told: Option<&str>, asked: &str) -> bool {
    told.is_none_or(|told| told.is_empty() || told == asked)
}

/// Reads until there is an answer that can be used and is about what was asked for.
pub(crate) async fn read<T, E, F, Fut>(
    read: Read<'_>,
    attempt: F,
    is_asked_for: impl Fn(&T) -> bool,
) -> Result<T, RefundError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, provider_runtime::Error<E>>>,
{
    let span = tracing::info_span!(
        "refund_call",
        otel.name = read.operation,
        refunds.provider = read.provider.as_str(),
        refunds.operation = read.operation,
        refunds.attempts = Empty,
        refunds.outcome = Empty,
    );
    let mut number = 0;
    let result = attempts(read, attempt, is_asked_for, &mut number)
        .instrument(span.clone())
        .await;
    span.record("refunds.attempts", number);
    let outcome = if result.is_ok() { "read" } else { "not_read" };
    span.record("refunds.outcome", outcome);
    result
}

/// In words of ours: what a provider writes is in no event.
fn why_again(failure: &ReadFailure) -> String {
    let status = match failure {
        ReadFailure::Call(error) => error.status(),
        _ => None,
    };
    match status {
        Some(status) => format!("answered {}; reading again", status.as_u16()),
        None => "no answer that can be used; reading again".to_owned(),
    }
}

async fn attempts<T, E, F, Fut>(
    read: Read<'_>,
    mut attempt: F,
    is_asked_for: impl Fn(&T) -> bool,
    number: &mut u32,
) -> Result<T, RefundError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, provider_runtime::Error<E>>>,
{
    let (policy, deadline) = (read.policy, read.deadline);
    policy.budget().earn();
    loop {
        *number += 1;
        let span = tracing::info_span!("refund_attempt", refunds.attempt = *number);
        let call = Box::pin(attempt().instrument(span));
        let (failure, again) = match deadline.bound(call).await {
            Some(Ok(value)) if is_asked_for(&value) => return Ok(value),
            Some(Ok(_)) => (ReadFailure::AnswerDiffers, Some(None)),
            Some(Err(error)) => {
                let error: CallError = error.into_untyped();
                if matches!(error, CallError::InvalidRequest(_)) {
                    return Err(RefundError::InvalidRequest(error));
                }
                let again = read_again(&error, read.rate_limit);
                (ReadFailure::Call(error), again)
            }
            None => {
                let after = policy.deadline();
                return Err(read.failed(*number, ReadFailure::DeadlinePassed { after }));
            }
        };
        // Where fewer calls were asked for, a missing or unreadable hint is no leave to call at once.
        let least = match &failure {
            ReadFailure::Call(error) if error.status() == Some(StatusCode::TOO_MANY_REQUESTS) => {
                rate_limit_wait(*number)
            }
            _ => Duration::ZERO,
        };
        let backoff = backoff(policy, *number).max(least);
        let wait = again.map(|hint| hint.unwrap_or_default().max(backoff));
        let wait = wait.filter(|wait| {
            // An attempt at the very deadline would be cut off at once.
            let fits = deadline.leaves(*wait, Duration::from_nanos(1));
            *number < policy.max_attempts() && fits && policy.budget().spend()
        });
        match wait {
            Some(wait) => pause(wait, why_again(&failure)).await,
            None => return Err(read.failed(*number, failure)),
        }
    }
}
