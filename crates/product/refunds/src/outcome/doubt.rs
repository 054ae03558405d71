//! A write that may have happened.

use std::fmt;

use bytes::Bytes;
use provider_runtime::Reply;
use reqwest::{StatusCode, header::HeaderMap};
use serde::{Deserialize, Serialize};

use super::{Answer, InDoubt, NextStep};
use crate::{CallError, evidence::Row};

/// A write that may have happened, with everything that is known of it.
pub struct Doubt {
    pub(crate) record: InDoubt,
    pub(crate) attempts: u32,
    pub(crate) evidence: Evidence,
    pub(crate) hint: Option<Hint>,
    pub(crate) row: Option<&'static Row>,
    pub(crate) next_step: NextStep,
}

/// Why it is not known whether a write has happened, the graver later: of several attempts the gravest
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DoubtCause {
    /// The request left and no answer came.
    Unanswered,
    /// A 2xx whose body cannot be read.
    UnreadableSuccess,
    /// A 2xx that does not name the refund.
    IncompleteSuccess,
    /// A 2xx that speaks of another refund than was asked for.
    AnswerDiffers,
    /// A 2xx in which a member says no, or cannot be read.
    ContradictorySuccess,
    /// The policy's deadline passed while the request was under way, so that nobody saw the answer:
    /// as good as interrupted.
    DeadlinePassed,
    /// The call was dropped or the process ended, so that any answer may have come and been lost.
    Interrupted,
    /// Bytes of an answer arrived, but none that can be read: it may have been a 5xx. So does an HTTP stack
    /// end that does not say whether any arrived, such as a client of your own.
    CutOff,
    /// An answer that neither confirms nor refuses, such as a redirect, a 408, or a 409 or another 4xx that
    /// is not documented.
    UnclearAnswer,
    /// A refusal that an earlier success of ours would explain: the refund may exist already, made by this
    /// machine, by another one, or under records that were lost.
    MayExistAlready,
    /// A 5xx: the provider may have failed after the refund was made, and has kept no answer.
    ServerError,
}

/// What the provider answered, where it did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Evidence {
    /// Nothing.
    None,
    /// An error of the call, with an answer if there was one.
    Error(CallError),
    /// An answer that was read and proves nothing.
    Answer(Box<Answer>),
}

/// A refusal that came after the doubt arose. It is a hint, and no proof: the refusal is of the
/// repetition, and something else may have caused it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Hint {
    /// The provider says that the money is refunded already, that less is left than was asked for, or what
    /// else an earlier success explains: perhaps by this refund, perhaps by another.
    AlreadyRefunded(CallError),
    /// The provider refused the repetition for another reason: perhaps it had refused the first,
    /// too.
    Refused(CallError),
    /// The provider answered the repetition with a 409 that is not documented: perhaps the first is
    /// still under way, perhaps it has happened.
    Conflict(CallError),
}

impl Hint {
    /// The refusal.
    pub fn error(&self) -> &CallError {
        match self {
            Self::AlreadyRefunded(error) | Self::Refused(error) | Self::Conflict(error) => error,
        }
    }
}

impl Doubt {
    /// What to store until the question is settled, and to reconcile with.
    pub fn record(&self) -> &InDoubt {
        &self.record
    }

    /// The record itself.
    pub fn into_record(self) -> InDoubt {
        self.record
    }

    /// Why it is not known.
    pub fn cause(&self) -> DoubtCause {
        self.record.cause
    }

    /// The row of the [evidence](crate::evidence) that says so; `None` where nobody saw the end of it.
    pub fn row(&self) -> Option<&'static Row> {
        self.row
    }

    /// How many requests were made.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What the provider answered, where it did.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// A refusal that came afterwards.
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// The answer, if one came, whatever became of its body.
    pub fn reply(&self) -> Option<&Reply> {
        match &self.evidence {
            Evidence::None => None,
            Evidence::Error(error) => error.reply(),
            Evidence::Answer(answer) => answer.reply(),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The headers of the answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.reply().map(Reply::headers)
    }

    /// The body of the answer as far as it was read. It may hold personal data.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.reply().map(Reply::body)
    }

    /// What to do next.
    pub fn next_step(&self) -> NextStep {
        self.next_step
    }
}

impl DoubtCause {
    fn sentence(self) -> &'static str {
        match self {
            Self::Unanswered => "sent, but not answered",
            Self::DeadlinePassed => "the deadline passed before an answer",
            Self::UnreadableSuccess => "answered with a success that cannot be read",
            Self::IncompleteSuccess => "answered with a success that does not name the refund",
            Self::AnswerDiffers => "answered with a success that speaks of another refund",
            Self::ContradictorySuccess => {
                "answered with a success in which something says no or cannot be read"
            }
            Self::CutOff => "answered in part, and in nothing that can be read",
            Self::MayExistAlready => {
                "refused in a way that an earlier success of the same refund would explain: it may exist \
                 already"
            }
            Self::Interrupted => "interrupted before its outcome was known",
            Self::UnclearAnswer => "answered in a way that neither confirms nor refuses",
            Self::ServerError => "answered with a server error",
        }
    }
}

impl fmt::Display for DoubtCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InDoubt {
            provider,
            reference,
            cause,
            ..
        } = &self.record;
        write!(f, "{provider} refund {reference}: {cause}")?;
        if let Some(row) = self.row {
            write!(f, " [{}]", row.id)?;
        }
        if let Evidence::Error(error) = &self.evidence {
            write!(f, " ({error})")?;
        }
        match &self.hint {
            Some(Hint::AlreadyRefunded(error)) => {
                write!(f, "; a hint that it happened, but no proof: {error}")?;
            }
            Some(Hint::Refused(error)) => {
                write!(f, "; a hint that it was refused, but no proof: {error}")?;
            }
            Some(Hint::Conflict(error)) => {
                write!(
                    f,
                    "; a hint that it is still under way, but no proof: {error}"
                )?;
            }
            None => {}
        }
        write!(f, "; {}", self.next_step)
    }
}

impl fmt::Debug for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doubt")
            .field("record", &self.record)
            .field("attempts", &self.attempts)
            .field("evidence", &self.evidence)
            .field("hint", &self.hint)
            .field("row", &self.row.map(|row| row.id))
            .field("next_step", &self.next_step)
            .finish()
    }
}
