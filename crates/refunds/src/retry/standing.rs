//! What is known of a write between its attempts.

use std::time::{Duration, SystemTime};

use super::{AttemptEnd, WriteRules, write::Written};
use crate::{
    CallError,
    outcome::{DoubtCause, Evidence, Hint, RejectionReason},
};

/// How long before a key's end it is no longer relied on: clocks differ, and a request takes time.
const KEY_MARGIN: Duration = Duration::from_secs(600);

/// A refund that may have happened.
pub(crate) struct OpenQuestion {
    pub(crate) cause: DoubtCause,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) first_sent_at: SystemTime,
    pub(crate) quiet_since: SystemTime,
}

/// What is known after an attempt that settled nothing.
pub(super) enum Standing {
    /// Nothing has happened so far.
    Refused {
        reason: RejectionReason,
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
            Self::Refused { reason, error } => Written::Rejected {
                reason,
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

    pub(super) fn for_good(self) -> Judged {
        (self, None)
    }

    /// Whether another attempt at a time could at most find what an earlier one did.
    pub(super) fn may_be_repeated_at(&self, rules: &WriteRules, at: SystemTime) -> bool {
        match self {
            Self::Refused { .. } => true,
            Self::Open(question) => key_lasts(rules, question.first_sent_at, at),
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
pub(super) fn open(
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
