//! Attempts at a write, of which at most one may ever have its effect.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tracing::{Instrument, Span, field::Empty};

use super::{
    Attempt, AttemptEnd, Deadline, RetryPolicy,
    backoff::backoff,
    classify::{RateLimit, Setback, WriteFailure, write_failure},
    observer::{Begun, InFlight, Observer},
    pause::pause,
    standing::{Judged, Open, OpenQuestion, Repeats, Standing, open},
};
use crate::{
    Action, CallError, ProviderName, Reference,
    clock::SharedClock,
    evidence::{Row, Sending, Table},
    outcome::{DoubtCause, Evidence, Hint, RejectionReason},
};

/// The least wait after an answer that asks for fewer calls, doubled with each.
const LEAST_RATE_LIMIT_WAIT: Duration = Duration::from_secs(1);

/// A write to make.
pub(crate) struct Write<'a> {
    pub(crate) provider: ProviderName,
    pub(crate) operation: &'static str,
    pub(crate) reference: &'a Reference,
    /// What is asked for, for an observer.
    pub(crate) action: &'a (dyn Fn() -> Action + Send + Sync),
    pub(crate) table: Table,
    pub(crate) rate_limit: RateLimit,
    pub(crate) repeats: Repeats,
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) clock: &'a SharedClock,
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
        /// What was open before: another attempt may still have its effect.
        before: Option<OpenQuestion>,
    },
    Rejected {
        reason: RejectionReason,
        row: Option<&'static Row>,
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
    /// The deadline had passed before the first attempt; nothing was sent.
    NoTime,
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
    #[cfg(feature = "metrics")]
    let (provider, operation) = (write.provider, write.operation);
    let written = attempts(write, attempt).instrument(span.clone()).await;
    record(&span, &written);
    #[cfg(feature = "metrics")]
    super::metrics::count(provider, operation, &written);
    written
}

/// A word for the outcome, and the number of attempts.
pub(super) fn ended<T>(written: &Written<T>) -> (&'static str, u32) {
    match written {
        Written::Accepted { attempts, .. } => ("accepted", *attempts),
        Written::Rejected { attempts, .. } => ("rejected", *attempts),
        Written::Unknown { attempts, .. } => ("unknown", *attempts),
        Written::Invalid(_) => ("invalid", 0),
        Written::NotRecorded(_) => ("not_recorded", 0),
        Written::NoTime => ("no_time", 0),
    }
}

fn record<T>(span: &Span, written: &Written<T>) {
    let (outcome, attempts) = ended(written);
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
    let action = write.observer.map(|_| Arc::new((write.action)()));
    policy.budget().earn();
    let mut number = 1;
    loop {
        // The clock on the wall also moves while a machine sleeps, which the wait did not see.
        if let Some(standing) = standing.take_if(|standing| !write.may_repeat_now(standing)) {
            in_flight.is_over();
            return standing.end(number - 1);
        }
        if standing.is_none() && deadline.has_passed() {
            return Written::NoTime;
        }
        let sent_at = write.clock.now();
        let begun = write.begun(action.as_ref(), number, sent_at);
        if let Err(error) = in_flight.begin(begun).await {
            in_flight.is_over();
            return match standing {
                Some(standing) => standing.end(number - 1),
                None => Written::NotRecorded(error),
            };
        }
        // To record it may have taken long.
        if standing.is_none() && deadline.has_passed() {
            in_flight.ended(AttemptEnd::NothingHappened).await;
            return Written::NoTime;
        }
        if let Some(standing) = standing.take_if(|standing| !write.may_repeat_now(standing)) {
            in_flight.ended(standing.attempt_end()).await;
            in_flight.is_over();
            return standing.end(number - 1);
        }
        let span = tracing::info_span!("refund_attempt", refunds.attempt = number);
        // In a box, since it is large and would be moved with each of the futures around it.
        let call = Box::pin(attempt().instrument(span));
        let judged = match deadline.bound(call).await {
            Some(Ok(value)) => {
                in_flight.ended(AttemptEnd::Accepted).await;
                return Written::Accepted {
                    value,
                    attempts: number,
                    before: match standing {
                        Some(Standing::Open(question)) => Some(question),
                        _ => None,
                    },
                };
            }
            Some(Err(setback)) => write.judge(standing, setback, sent_at, number),
            None => Ok(write.cut_off_by_deadline(standing, sent_at).for_good()),
        };
        let (now_standing, least_wait) = match judged {
            Ok(judged) => judged,
            Err(error) => {
                in_flight.ended(AttemptEnd::NothingHappened).await;
                return Written::Invalid(error);
            }
        };
        in_flight.ended(now_standing.attempt_end()).await;
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
        pause(wait, now_standing.why_again()).await;
        standing = Some(now_standing);
        number += 1;
    }
}

impl Write<'_> {
    /// What is asked for is copied only where somebody is told of it.
    fn begun(&self, action: Option<&Arc<Action>>, number: u32, at: SystemTime) -> Begun {
        let told = action.map(|action| Attempt {
            provider: self.provider,
            operation: self.operation,
            reference: self.reference.clone(),
            action: Arc::clone(action),
            number,
            at,
        });
        Begun {
            provider: self.provider,
            operation: self.operation,
            number,
            told,
        }
    }

    fn judge(
        &self,
        before: Option<Standing>,
        setback: Setback,
        sent_at: SystemTime,
        number: u32,
    ) -> Result<Judged, CallError> {
        let error = match setback {
            Setback::Call(error) => error,
            Setback::Unproven(objection, answer) => {
                let (cause, row) = (objection.cause(), objection.row);
                let evidence = Evidence::Answer(answer);
                return Ok(self.open(before, cause, row, evidence, sent_at));
            }
        };
        let (reason, row, wait) = match write_failure(&error, self.table, self.rate_limit) {
            WriteFailure::Open { cause, row } => {
                return Ok(match before {
                    // That a repetition was refused says nothing new of the attempt before it.
                    Some(Standing::Open(mut question)) if is_refusal(&error) => {
                        // A documented refusal did nothing itself.
                        question.repeated |= cause != DoubtCause::MayExistAlready;
                        question.hint = Some(match cause {
                            DoubtCause::MayExistAlready => Hint::AlreadyRefunded(error),
                            _ => Hint::Refused(error),
                        });
                        Standing::Open(question).for_good()
                    }
                    before => self.open(before, cause, row, Evidence::Error(error), sent_at),
                });
            }
            WriteFailure::Conflict { row } => {
                return Ok(self.conflict(before, row, error, sent_at).for_good());
            }
            WriteFailure::Invalid => match before {
                Some(before) => return Ok(before.for_good()),
                None => return Err(error),
            },
            WriteFailure::NotSent { again } => (RejectionReason::NotSent, None, again),
            WriteFailure::RateLimited { hint } => {
                let reason = RejectionReason::RateLimited { retry_after: hint };
                let wait = hint.unwrap_or_default().max(rate_limit_wait(number));
                (reason, None, Some(wait))
            }
            WriteFailure::Refused { row } => (RejectionReason::Refused, row, None),
        };
        Ok(match before {
            // What this attempt met says nothing of what an earlier one did.
            Some(Standing::Open(mut question)) => {
                if reason == RejectionReason::Refused {
                    question.hint = Some(Hint::Refused(error));
                }
                (Standing::Open(question), wait)
            }
            _ => (Standing::Refused { reason, row, error }, wait),
        })
    }

    fn open(
        &self,
        before: Option<Standing>,
        cause: DoubtCause,
        row: &'static Row,
        evidence: Evidence,
        sent_at: SystemTime,
    ) -> Judged {
        let ended_at = self.clock.now();
        let new = Open {
            cause,
            row,
            evidence,
            sent_at,
            ended_at,
        };
        let standing = open(before, new);
        let wait = self.wait_before_repetition(&standing);
        (standing, wait)
    }

    fn cut_off_by_deadline(&self, before: Option<Standing>, sent_at: SystemTime) -> Standing {
        match self.table.sending(Sending::DeadlinePassed) {
            Some(row) => {
                let cause = DoubtCause::DeadlinePassed;
                self.open(before, cause, row, Evidence::None, sent_at).0
            }
            None => before.unwrap_or_else(|| Standing::Refused {
                reason: RejectionReason::NotSent,
                row: None,
                error: CallError::invalid_request("the deadline passed".to_owned()),
            }),
        }
    }

    /// A 409 that is not documented: an attempt under the same key may be under way or have happened.
    /// Where that can be an earlier one of ours, it says nothing new and takes nothing away.
    fn conflict(
        &self,
        before: Option<Standing>,
        row: &'static Row,
        error: CallError,
        sent_at: SystemTime,
    ) -> Standing {
        match before {
            Some(Standing::Open(mut question)) if self.repeats != Repeats::Never => {
                question.repeated = true;
                question.hint.get_or_insert(Hint::Conflict(error));
                question.quiet_since = self.clock.now();
                Standing::Open(question)
            }
            before => {
                let evidence = Evidence::Error(error);
                let cause = DoubtCause::UnclearAnswer;
                self.open(before, cause, row, evidence, sent_at).0
            }
        }
    }

    /// How long to wait before a write whose answer was lost is sent again, if it may be; after any other
    /// end a reconciliation decides.
    fn wait_before_repetition(&self, standing: &Standing) -> Option<Duration> {
        let Standing::Open(question) = standing else {
            return None;
        };
        match self.repeats {
            Repeats::Never => None,
            Repeats::Anything => Some(Duration::ZERO),
            Repeats::SecondIsRefused
            | Repeats::UnderKey { .. }
            | Repeats::UnderTrustedKey { .. } => {
                (question.cause == DoubtCause::Unanswered).then(|| self.policy.settle_after())
            }
        }
    }

    /// Whether another attempt after a wait could at most find what an earlier one did.
    fn may_repeat(&self, standing: &Standing, wait: Duration) -> bool {
        let then = self.clock.now().checked_add(wait);
        then.is_some_and(|then| standing.may_be_repeated_at(self.repeats, then))
    }

    fn may_repeat_now(&self, standing: &Standing) -> bool {
        self.may_repeat(standing, Duration::ZERO) && !self.deadline.has_passed()
    }
}

/// A 4xx, unless a gateway may have sent it for a request that it passed on.
fn is_refusal(error: &CallError) -> bool {
    error
        .status()
        .is_some_and(|status| status.is_client_error() && !matches!(status.as_u16(), 408 | 499))
}

/// The policy's own wait where a provider asks for fewer calls, whether it says how long or not.
pub(super) fn rate_limit_wait(number: u32) -> Duration {
    let doublings = number.saturating_sub(1).min(6);
    LEAST_RATE_LIMIT_WAIT.saturating_mul(1 << doublings)
}
