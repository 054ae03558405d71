//! A row of a provider's table: one thing that counts, and what it proves.

use std::fmt;

use crate::{RefundStatus, WordField};

use super::Fact;

/// One thing that counts when an outcome is drawn, with what it proves and where that is documented.
#[derive(Debug)]
#[non_exhaustive]
pub struct Row {
    /// Its name, by which outcomes refer to it.
    pub id: &'static str,
    /// What it is about.
    pub about: About,
    /// The member, status or code that is looked at.
    pub looks_at: &'static str,
    /// What it proves.
    pub proves: &'static str,
    /// Where that is documented.
    pub source: &'static str,
    pub(crate) rule: Rule,
}

/// What a [`Row`] says of itself.
#[derive(Clone, Copy, Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "it is made by literals, in the tables of providers"
)]
pub struct Says {
    /// Its name, which begins with its provider's: outcomes refer to it.
    pub id: &'static str,
    /// The member, status or code that is looked at.
    pub looks_at: &'static str,
    /// What it proves.
    pub proves: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

impl Row {
    pub(crate) const fn of(about: About, says: Says, rule: Rule) -> Self {
        let Says {
            id,
            looks_at,
            proves,
            source,
        } = says;
        Self {
            id,
            about,
            looks_at,
            proves,
            source,
            rule,
        }
    }

    /// Whether it looks at this fact.
    pub(crate) fn is_about(&self, looked_at: Fact) -> bool {
        matches!(&self.rule, Rule::Member { fact, .. } if *fact == looked_at)
    }

    /// A member that the documents do not promise: where it speaks, it has to pass the check.
    pub const fn member(about: About, fact: Fact, check: Check, says: Says) -> Self {
        let missing = Missing::Fine;
        Self::of(
            about,
            says,
            Rule::Member {
                fact,
                check,
                missing,
            },
        )
    }

    /// A member that the documents promise: without it there is doubt.
    pub const fn promised(about: About, fact: Fact, check: Check, says: Says) -> Self {
        let missing = Missing::Doubt;
        Self::of(
            about,
            says,
            Rule::Member {
                fact,
                check,
                missing,
            },
        )
    }

    /// What a refusal means by its status, from and to, and the provider's code in it; no codes for any.
    pub const fn refusal(
        statuses: &'static [(u16, u16)],
        codes: &'static [&'static str],
        means: Refusal,
        says: Says,
    ) -> Self {
        Self::of(
            About::Refusal,
            says,
            Rule::Refused {
                statuses,
                codes,
                means,
            },
        )
    }
}

/// What a [`Row`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum About {
    /// How far a request got, and what kind of answer came.
    Sending,
    /// A refusal of a write.
    Refusal,
    /// The 2xx of a write.
    Answer,
    /// The answer to a read of a refund.
    Read,
    /// A refund among those that a read lists.
    Listed,
    /// A webhook's event.
    Event,
    /// A repetition of a write.
    Repetition,
}

impl About {
    fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Refusal => "refusal",
            Self::Answer => "2xx",
            Self::Read => "read",
            Self::Listed => "listed",
            Self::Event => "event",
            Self::Repetition => "repetition",
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How a row decides.
#[derive(Debug)]
pub(crate) enum Rule {
    /// By what a member tells.
    Member {
        fact: Fact,
        check: Check,
        missing: Missing,
    },
    /// By the status of a refusal and the provider's code in it.
    Refused {
        /// Statuses, from and to.
        statuses: &'static [(u16, u16)],
        /// Codes; none for any.
        codes: &'static [&'static str],
        means: Refusal,
    },
    /// By how far the request got.
    Sent(Sending),
    /// By what a repetition can do at most.
    Repeats(Repetition),
}

/// What a member has to tell.
#[derive(Debug)]
#[non_exhaustive]
pub enum Check {
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
    /// A name: something that can be seen.
    Names,
    /// What was asked for, letter by letter.
    Same(Ask),
    /// The amount that was asked for; one above zero where none was.
    Amount,
    /// The same, as a whole number of hundredths.
    Hundredths,
    /// The currency that was asked for, in any case; a code where none was.
    Currency,
    /// A documented word for the state of a refund.
    Word {
        /// Where the word stands.
        field: WordField,
        /// Words that are not documented for refunds and can mean nothing but that it is under way.
        under_way: &'static [&'static str],
        /// Whether a failure told here is a fact about the refund; otherwise it is doubt.
        may_fail: bool,
    },
    /// A documented word for the state of a refund, at a provider of one's own.
    OwnWord,
    /// Nothing: it is told where something went wrong.
    Empty,
    /// None of these texts, which are documented for refusals.
    NoneOf(&'static [&'static str]),
    /// One of these words, where the refund is told to have succeeded; whatever else, otherwise.
    BesideSuccess {
        /// Where it may be told: a fact, and the field of its word.
        fields: &'static [(Fact, WordField)],
        /// These words.
        words: &'static [&'static str],
    },
    /// Anything, unless the refund is told to have failed, in one of these facts and the field of its word.
    NotBesideFailure(&'static [(Fact, WordField)]),
    /// A documented word for the state of a refund that [`Fact::PaymentStatus`] does not contradict.
    Pair {
        /// Where the word stands.
        field: WordField,
        /// Where that of what is refunded stands.
        payment: WordField,
    },
    /// A word that the event's name does not contradict.
    LikeEvent {
        /// Where the word stands.
        field: WordField,
        /// The names of events, with what they mean.
        events: &'static [(&'static str, RefundStatus)],
        /// Whether a word without a meaning for the refund contradicts nothing.
        may_say_nothing: bool,
    },
    /// A time no earlier than the first attempt.
    NotEarlier,
}

/// What was asked for, as texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// The user's own reference, or what was sent that holds it.
    Reference,
    /// What is refunded.
    Payment,
    /// The attempt at the payment that is refunded.
    PaymentAttempt,
    /// The kind of payment that is refunded.
    PaymentType,
    /// The provider's id of the refund, of a read.
    Id,
}

/// What it means that a member tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The documents do not promise it.
    Fine,
    /// The documents promise it.
    Doubt,
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing has happened.
    Definite,
    /// An earlier success of ours would be refused so, too.
    MayExistAlready,
}

/// How far a request got, or what kind of answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    Unanswered,
    CutOff,
    DeadlinePassed,
    UnreadableSuccess,
    Redirected,
    Gateway,
    Conflict,
    RateLimited,
    UndocumentedRefusal,
    ServerError,
}

/// What a repetition can do at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// A second refund of everything is refused.
    OfEverything,
    /// A repetition under a key that is trusted gets the first answer.
    UnderTrustedKey,
}
