//! Attempts at a write, of which at most one may ever have its effect.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use tracing::{Instrument, Span, field::Empty};

use super::{
    Attempt, AttemptEnd, Deadline, RetryPolicy,
    backoff::backoff,
    classify::{Setback, WriteFailure, WriteRules, says_already_refunded, write_failure},
    observer::{InFlight, Observer},
    standing::{Judged, OpenQuestion, Standing, open},
};
use crate::{
    CallError, ProviderName, Reference,
    outcome::{DoubtCause, Evidence, Hint, RejectionReason},
};

/// A write to make.
pub(crate) struct Write<'a> {
    pub(crate) provider: ProviderName,
    pub(crate) operation: &'static str,
    pub(crate) reference: &'a Reference,
    pub(crate) rules: &'static WriteRules,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) observer: Option<&'a dyn Observer>,
    /// An earlier call whose outcome is unknown, when this one repeats it under its key.
    pub(crate) earlier: Option<OpenQuestion>,
    pub(crate) deadline: Deadline,
}

/// How a write ended.
pub(crate) enum Written<T> {
    Accepted {
        value: T,
        attempts: u32,
    },
    Rejected {
        reason: RejectionReason,
        error: CallError,
        attempts: u32,
    },
    Unknown {
        question: OpenQuestion,
        attempts: u32,
    },
    /// No request could be made; nothing was sent.
    Invalid(CallError),
    /// The observer refused the first attempt; nothing was sent.
    NotRecorded(Box<dyn Error + Send + Sync>),
}

/// Makes attempts until one settles the question or none may follow.
pub(crate) async fn write<T, F, Fut>(write: Write<'_>, attempt: F) -> Written<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Setback>>,
{
    let span = tracing::info_span!(
        "refund_call",
        otel.name = write.operation,
        refunds.provider = write.provider.as_str(),
        refunds.operation = write.operation,
        refunds.attempts = Empty,
        refunds.outcome = Empty,
    );
    let written = attempts(write, attempt).instrument(span.clone()).await;
    record(&span, &written);
    written
}

fn record<T>(span: &Span, written: &Written<T>) {
    let (outcome, attempts) = match written {
        Written::Accepted { attempts, .. } => ("accepted", *attempts),
        Written::Rejected { attempts, .. } => ("rejected", *attempts),
        Written::Unknown { attempts, .. } => ("unknown", *attempts),
        Written::Invalid(_) => ("invalid", 0),
        Written::NotRecorded(_) => ("not_recorded", 0),
    };
    span.record("refunds.outcome", outcome);
    span.record("refunds.attempts", attempts);
}

async fn attempts<T, F, Fut>(mut write: Write<'_>, mut attempt: F) -> Written<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Setback>>,
{
    let (policy, deadline) = (write.policy, write.deadline);
    let mut standing = write.earlier.take().map(Standing::Open);
    let mut in_flight = InFlight::new(write.observer);
    policy.budget().earn();
    let mut number = 1;
    loop {
        // The clock on the wall also moves while a machine sleeps, which the wait did not see.
        if let Some(standing) = standing.take_if(|standing| !write.may_repeat_now(standing)) {
            in_flight.is_over();
            return standing.end(number - 1);
        }
        let sent_at = SystemTime::now();
        if let Err(error) = in_flight.begin(write.attempt(number, sent_at)) {
            in_flight.is_over();
            return match standing {
                Some(standing) => standing.end(number - 1),
                None => Written::NotRecorded(error),
            };
        }
        // To record it may have taken long.
        if let Some(standing) = standing.take_if(|standing| !write.may_repeat_now(standing)) {
            in_flight.ended(standing.attempt_end());
            in_flight.is_over();
            return standing.end(number - 1);
        }
        let span = tracing::info_span!("refund_attempt", refunds.attempt = number);
        let judged = match deadline.bound(attempt().instrument(span)).await {
            Some(Ok(value)) => {
                in_flight.ended(AttemptEnd::Accepted);
                return Written::Accepted {
                    value,
                    attempts: number,
                };
            }
            Some(Err(setback)) => write.judge(standing, setback, sent_at),
            None => Ok(open(
                standing,
                DoubtCause::DeadlinePassed,
                Evidence::None,
                sent_at,
            )
            .for_good()),
        };
        let (now_standing, least_wait) = match judged {
            Ok(judged) => judged,
            Err(error) => {
                in_flight.ended(AttemptEnd::NothingHappened);
                return Written::Invalid(error);
            }
        };
        in_flight.ended(now_standing.attempt_end());
        #[cfg(feature = "sabotage")]
        let least_wait = write.sabotaged(&now_standing).or(least_wait);
        let wait = least_wait
            .map(|least| least.max(backoff(policy, number)))
            .filter(|wait| {
                number < policy.max_attempts()
                    && deadline.leaves(*wait, policy.least_attempt())
                    && write.may_repeat(&now_standing, *wait)
                    && policy.budget().spend()
            });
        let Some(wait) = wait else {
            in_flight.is_over();
            return now_standing.end(number);
        };
        standing = Some(now_standing);
        tokio::time::sleep(wait).await;
        number += 1;
    }
}

impl Write<'_> {
    fn attempt(&self, number: u32, at: SystemTime) -> Attempt {
        Attempt {
            provider: self.provider,
            operation: self.operation,
            reference: self.reference.clone(),
            number,
            at,
        }
    }

    fn judge(
        &self,
        before: Option<Standing>,
        setback: Setback,
        sent_at: SystemTime,
    ) -> Result<Judged, CallError> {
        let error = match setback {
            Setback::Call(error) => error,
            Setback::Unproven(cause, answer) => {
                return Ok(open(before, cause, Evidence::Answer(answer), sent_at).for_good());
            }
        };
        let (reason, wait) = match write_failure(&error, self.rules) {
            WriteFailure::Open(cause) => {
                let open = open(before, cause, Evidence::Error(error), sent_at);
                let wait = self.wait_under_key(&open);
                return Ok((open, wait));
            }
            WriteFailure::Conflict => return Ok(self.conflict(before, error, sent_at).for_good()),
            WriteFailure::Invalid => match before {
                Some(before) => return Ok(before.for_good()),
                None => return Err(error),
            },
            WriteFailure::NotSent { again } => (RejectionReason::NotSent, again),
            WriteFailure::RateLimited { hint } => (
                RejectionReason::RateLimited { retry_after: hint },
                Some(hint.unwrap_or_default()),
            ),
            WriteFailure::Refused => (RejectionReason::Refused, None),
        };
        Ok(match before {
            // What this attempt met says nothing of what an earlier one did.
            Some(Standing::Open(mut question)) => {
                if reason == RejectionReason::Refused {
                    question.hint = Some(self.hint(error));
                }
                (Standing::Open(question), wait)
            }
            _ => (Standing::Refused { reason, error }, wait),
        })
    }

    /// A 409 that is not documented: an attempt under the same key may be under way or have happened.
    /// Where that can be an earlier one of ours, it says nothing new and takes nothing away.
    fn conflict(
        &self,
        before: Option<Standing>,
        error: CallError,
        sent_at: SystemTime,
    ) -> Standing {
        match before {
            Some(Standing::Open(mut question)) if self.rules.key_kept.is_some() => {
                question.hint.get_or_insert(Hint::Conflict(error));
                question.quiet_since = SystemTime::now();
                Standing::Open(question)
            }
            before => {
                let evidence = Evidence::Error(error);
                open(before, DoubtCause::UnclearAnswer, evidence, sent_at)
            }
        }
    }

    fn hint(&self, error: CallError) -> Hint {
        if says_already_refunded(&error, self.rules) {
            Hint::AlreadyRefunded(error)
        } else {
            Hint::Refused(error)
        }
    }

    /// Only an attempt whose answer was lost may be repeated under its key: after a 5xx the provider
    /// has kept no answer, and the request would run once more.
    fn wait_under_key(&self, standing: &Standing) -> Option<Duration> {
        let is_lost = matches!(standing, Standing::Open(question) if question.cause == DoubtCause::Unanswered);
        (self.rules.key_kept.is_some() && is_lost).then(|| self.policy.settle_after())
    }

    /// With the first promise switched off, what is open is sent again at once.
    #[cfg(feature = "sabotage")]
    fn sabotaged(&self, standing: &Standing) -> Option<Duration> {
        let is_open = matches!(standing, Standing::Open(_));
        (self.policy.open_writes_are_repeated && is_open).then_some(Duration::ZERO)
    }

    /// Whether another attempt after a wait could at most find what an earlier one did.
    fn may_repeat(&self, standing: &Standing, wait: Duration) -> bool {
        #[cfg(feature = "sabotage")]
        if self.policy.open_writes_are_repeated {
            return true;
        }
        SystemTime::now()
            .checked_add(wait)
            .is_some_and(|then| standing.may_be_repeated_at(self.rules, then))
    }

    fn may_repeat_now(&self, standing: &Standing) -> bool {
        self.may_repeat(standing, Duration::ZERO) && !self.deadline.has_passed()
    }
}
