//! Attempts at a write, of which at most one may ever have its effect.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};

use super::{
    Attempt, AttemptEnd, RetryPolicy,
    backoff::backoff,
    by,
    classify::{Setback, WriteFailure, WriteRules, says_already_refunded, write_failure},
    observer::{InFlight, Observer},
};
use crate::{
    CallError, ProviderName, Reference,
    outcome::{DoubtCause, Evidence, Hint, RejectionReason},
};

/// How long before a key's end it is no longer relied on: clocks differ, and a request takes time.
const KEY_MARGIN: Duration = Duration::from_secs(600);

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
}

/// A refund that may have happened.
pub(crate) struct OpenQuestion {
    pub(crate) cause: DoubtCause,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) first_sent_at: SystemTime,
    pub(crate) quiet_since: SystemTime,
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
    let policy = write.policy;
    // A deadline that no clock can hold never comes.
    let deadline = Instant::now().checked_add(policy.deadline());
    let mut standing = write.earlier.take().map(Standing::Open);
    let mut in_flight = InFlight::new(write.observer);
    policy.budget().earn();
    let mut number = 1;
    loop {
        let sent_at = SystemTime::now();
        if let Err(error) = in_flight.begin(write.attempt(number, sent_at)) {
            in_flight.is_over();
            return match standing {
                Some(standing) => standing.end(number - 1),
                None => Written::NotRecorded(error),
            };
        }
        let span = tracing::info_span!("refund_attempt", refunds.attempt = number);
        let judged = match by(deadline, attempt().instrument(span)).await {
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
                    && fits(deadline, *wait, policy.least_attempt())
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

fn fits(deadline: Option<Instant>, wait: Duration, attempt: Duration) -> bool {
    let Some(deadline) = deadline else {
        return true;
    };
    let end = Instant::now()
        .checked_add(wait)
        .and_then(|begin| begin.checked_add(attempt));
    end.is_some_and(|end| end <= deadline)
}

/// What is known after an attempt that settled nothing.
enum Standing {
    /// Nothing has happened so far.
    Refused {
        reason: RejectionReason,
        error: CallError,
    },
    /// It may have happened.
    Open(OpenQuestion),
}

/// What is known, and how long to wait at least before another attempt; `None` for no other.
type Judged = (Standing, Option<Duration>);

impl Standing {
    fn end<T>(self, attempts: u32) -> Written<T> {
        match self {
            Self::Refused { reason, error } => Written::Rejected {
                reason,
                error,
                attempts,
            },
            Self::Open(question) => Written::Unknown { question, attempts },
        }
    }

    fn attempt_end(&self) -> AttemptEnd {
        match self {
            Self::Refused { .. } => AttemptEnd::NothingHappened,
            Self::Open(_) => AttemptEnd::InDoubt,
        }
    }

    fn for_good(self) -> Judged {
        (self, None)
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
            WriteFailure::Invalid => match before {
                Some(before) => return Ok(before.for_good()),
                None => return Err(error),
            },
            WriteFailure::NotSent { again } => {
                (RejectionReason::NotSent, again.then_some(Duration::ZERO))
            }
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

    fn may_repeat(&self, standing: &Standing, wait: Duration) -> bool {
        #[cfg(feature = "sabotage")]
        if self.policy.open_writes_are_repeated {
            return true;
        }
        match standing {
            Standing::Refused { .. } => true,
            Standing::Open(question) => SystemTime::now()
                .checked_add(wait)
                .is_some_and(|then| key_lasts(self.rules, question.first_sent_at, then)),
        }
    }
}

/// Whether a key that was first sent then is still known to the provider at a time.
pub(crate) fn key_lasts(rules: &WriteRules, first_sent_at: SystemTime, at: SystemTime) -> bool {
    let Some(kept) = rules.key_kept else {
        return false;
    };
    match at.duration_since(first_sent_at) {
        Ok(age) => age < kept.saturating_sub(KEY_MARGIN),
        // The clock was set back, by so much that nothing can be said of the key's age.
        Err(ahead) => ahead.duration() < KEY_MARGIN,
    }
}

/// The graver cause counts: after a 5xx nothing makes a repetition safe again.
fn open(
    before: Option<Standing>,
    cause: DoubtCause,
    evidence: Evidence,
    sent_at: SystemTime,
) -> Standing {
    let new = OpenQuestion {
        cause,
        evidence,
        hint: None,
        first_sent_at: sent_at,
        quiet_since: SystemTime::now(),
    };
    let Some(Standing::Open(old)) = before else {
        return Standing::Open(new);
    };
    let (first_sent_at, quiet_since) = (old.first_sent_at, new.quiet_since);
    let (cause, evidence) = if new.cause >= old.cause {
        (new.cause, new.evidence)
    } else {
        (old.cause, old.evidence)
    };
    Standing::Open(OpenQuestion {
        cause,
        evidence,
        hint: old.hint,
        first_sent_at,
        quiet_since,
    })
}
