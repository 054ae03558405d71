//! What is known of a write between its attempts.

use std::time::{Duration, SystemTime};

use super::{AttemptEnd, write::Written};
use crate::{
    CallError, InDoubt,
    evidence::Row,
    outcome::{DoubtCause, Evidence, Hint, RejectionReason},
};

/// How long before a key's end it is no longer relied on: clocks differ, and a request takes time.
const KEY_MARGIN: Duration = Duration::from_secs(600);

/// Whether a write may be sent again when it may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// Never: two could pay.
    Never,
    /// A second one is refused.
    SecondIsRefused,
    /// Only while nothing at all was heard of the first, and for as long as its key is kept: the user's own
    /// risk.
    UnderTrustedKey {
        /// From the first attempt on.
        kept: Duration,
    },
    /// For as long as its key is kept, which holds whatever the first one got or gets.
    UnderKey {
        /// From the first attempt on.
        kept: Duration,
    },
    /// At once, whatever may have happened: for the checks of the checks.
    Anything,
}

/// A refund that may have happened.
pub(crate) struct OpenQuestion {
    pub(crate) cause: DoubtCause,
    /// What says so; `None` where nobody saw the end of it.
    pub(crate) row: Option<&'static Row>,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) first_sent_at: SystemTime,
    pub(crate) quiet_since: SystemTime,
    /// Whether it was sent more than once.
    pub(crate) repeated: bool,
}

/// What is known after an attempt that settled nothing.
pub(super) enum Standing {
    /// Nothing has happened so far.
    Refused {
        reason: RejectionReason,
        row: Option<&'static Row>,
        error: CallError,
    },
    /// It may have happened.
    Open(OpenQuestion),
}

/// What is known, and how long to wait at least before another attempt; `None` for no other.
pub(super) type Judged = (Standing, Option<Duration>);

impl Standing {
    pub(super) fn end<T>(self, attempts: u32) -> Written<T> {
        match self {
            Self::Refused { reason, row, error } => Written::Rejected {
                reason,
                row,
                error,
                attempts,
            },
            Self::Open(question) => Written::Unknown { question, attempts },
        }
    }

    pub(super) fn attempt_end(&self) -> AttemptEnd {
        match self {
            Self::Refused { .. } => AttemptEnd::NothingHappened,
            Self::Open(_) => AttemptEnd::InDoubt,
        }
    }

    /// Why another attempt follows, in words of ours: what a provider writes is in no event.
    pub(super) fn why_again(&self) -> String {
        match self {
            Self::Refused { reason, .. } => match reason {
                RejectionReason::NotSent => "it could not be sent; sending it again".to_owned(),
                RejectionReason::RateLimited { .. } => {
                    "the provider asks for fewer calls; sending it again".to_owned()
                }
                RejectionReason::Refused => "nothing happened; sending it again".to_owned(),
            },
            Self::Open(question) => {
                format!(
                    "{}; asking again in a way that cannot pay twice",
                    question.cause
                )
            }
        }
    }

    pub(super) fn for_good(self) -> Judged {
        (self, None)
    }

    /// Whether another attempt at a time could at most find what an earlier one did.
    pub(super) fn may_be_repeated_at(&self, repeats: Repeats, at: SystemTime) -> bool {
        match self {
            Self::Refused { .. } => true,
            Self::Open(question) => question.may_be_repeated_at(repeats, at),
        }
    }
}

impl OpenQuestion {
    /// That of a record, whose write is sent again.
    pub(crate) fn of(record: &InDoubt) -> Self {
        Self {
            cause: record.cause(),
            row: None,
            evidence: Evidence::None,
            hint: None,
            first_sent_at: record.first_sent_at(),
            quiet_since: record.quiet_since(),
            repeated: true,
        }
    }

    fn may_be_repeated_at(&self, repeats: Repeats, at: SystemTime) -> bool {
        match repeats {
            Repeats::Never => false,
            Repeats::SecondIsRefused | Repeats::Anything => true,
            // A clock that was set back cannot make the key younger than what was seen since.
            Repeats::UnderKey { kept } => {
                key_lasts(kept, self.first_sent_at, at.max(self.quiet_since))
            }
            Repeats::UnderTrustedKey { kept } => {
                self.cause == DoubtCause::Unanswered && key_lasts(kept, self.first_sent_at, at)
            }
        }
    }
}

/// Whether a key that was first sent then is still known to the provider at a time.
pub(crate) fn key_lasts(kept: Duration, first_sent_at: SystemTime, at: SystemTime) -> bool {
    if kept <= KEY_MARGIN {
        return false;
    }
    match at.duration_since(first_sent_at) {
        Ok(age) => age < kept.saturating_sub(KEY_MARGIN),
        // The clock was set back, by so much that nothing can be said of the key's age.
        Err(ahead) => ahead.duration() < KEY_MARGIN,
    }
}

/// What an attempt left in doubt.
pub(super) struct Open {
    pub(super) cause: DoubtCause,
    pub(super) row: &'static Row,
    pub(super) evidence: Evidence,
    pub(super) sent_at: SystemTime,
    pub(super) ended_at: SystemTime,
}

/// The graver cause counts: nothing makes a doubt lighter.
pub(super) fn open(before: Option<Standing>, new: Open) -> Standing {
    let new = OpenQuestion {
        cause: new.cause,
        row: Some(new.row),
        evidence: new.evidence,
        hint: None,
        first_sent_at: new.sent_at,
        quiet_since: new.ended_at,
        repeated: false,
    };
    let Some(Standing::Open(old)) = before else {
        return Standing::Open(new);
    };
    let (graver, lighter) = if new.cause >= old.cause {
        (new, old)
    } else {
        let quiet_since = new.quiet_since;
        return Standing::Open(OpenQuestion {
            quiet_since,
            repeated: true,
            ..old
        });
    };
    Standing::Open(OpenQuestion {
        hint: lighter.hint,
        repeated: true,
        first_sent_at: lighter.first_sent_at,
        ..graver
    })
}
