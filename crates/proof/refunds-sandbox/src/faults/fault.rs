use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::{FaultKind, Literal, contradictions};
use crate::{Provider, SandboxError, serde_duration::milliseconds};

/// One way to misbehave.
///
/// *Commit* means what moves money, or would: with a fault before the commit
/// nothing has happened, with one after it the request was carried out and the
/// client does not get to know. A request that the provider refuses commits
/// nothing, whatever the fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The connection is closed without an answer; nothing has happened.
    DropBeforeCommit,
    /// The connection is closed without an answer; the request was carried out.
    DropAfterCommit,
    /// The connection is reset; nothing has happened.
    ResetBeforeCommit,
    /// The connection is reset; the request was carried out.
    ResetAfterCommit,
    /// The answer keeps the client waiting.
    Delay {
        /// For how long, in real time.
        #[serde(rename = "by_ms", with = "milliseconds")]
        by: Duration,
        /// Whether and when the request is carried out. It is, also when the
        /// client has gone.
        commit: Commit,
    },
    /// 429; nothing has happened.
    TooManyRequests {
        /// How long the client is told to wait.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<Hint>,
    },
    /// A 5xx. A provider that keeps answers by an idempotency key does not keep
    /// this one.
    ServerError {
        /// The status, such as 500, 502 or 503.
        status: u16,
        /// Whether the body is a page of HTML, as a proxy sends it, and not the
        /// provider's own error.
        #[serde(default)]
        html: bool,
        /// Whether the request was carried out before.
        #[serde(default)]
        after_commit: bool,
    },
    /// Paid, then a 5xx after the client's timeout: the request waits, is carried
    /// out and then answered with a 5xx, whether or not somebody still listens. A
    /// provider that keeps answers by an idempotency key does not keep this one, so
    /// that a client that saw no 5xx has no key either.
    LateServerError {
        /// How long the request waits.
        #[serde(rename = "after_ms", with = "milliseconds")]
        after: Duration,
        /// The clock by which it waits.
        #[serde(default)]
        clock: WaitClock,
        /// The status, 500 to 599.
        #[serde(default = "internal_server_error")]
        status: u16,
    },
    /// Paid, key lost: the provider crashes between the commit and the storing of
    /// the idempotency key. The answer is lost, and no key is kept, whatever
    /// [`lost_answer_keeps_key`](crate::TazapaySettings::lost_answer_keeps_key)
    /// says.
    CrashAfterCommit {
        /// What the client sees of it.
        ending: Ending,
    },
    /// A member of an answer of success is another one: a 2xx whose body says no,
    /// or speaks of something else. An answer that is no success, or no JSON, is
    /// as ever.
    Contradict {
        /// A JSON pointer to the member, such as `/data/status`. The segment `*`
        /// is each item of a list. The last segment may name a new member; where
        /// there is no place for it, the answer is as ever.
        member: String,
        /// What it is instead; without it, the member is taken away.
        #[serde(
            default,
            deserialize_with = "given",
            skip_serializing_if = "Option::is_none"
        )]
        value: Option<Literal>,
        /// Whether the request was carried out. If not, the answer is the one that
        /// it would have had, and no key keeps it.
        #[serde(default)]
        after_commit: bool,
    },
    /// Another answer stands for an answer of success, such as a page of HTML. An
    /// answer that is no success is as ever.
    Replace {
        /// The status; by default the right one. A provider that keeps answers by
        /// an idempotency key keeps this one only if it is a 2xx.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The body.
        body: String,
        /// The content type; by default the right one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
        /// Whether the request was carried out.
        #[serde(default)]
        after_commit: bool,
    },
    /// The refund is made and fails at once, as a 2xx with this status word tells,
    /// and every read after it; nothing is paid, and what was to be refunded is
    /// left. Only at Optty and Tazapay, whose answers have a word; elsewhere
    /// nothing goes wrong.
    FailedAtOnce {
        /// The status word, such as `failed` or `DECLINED`.
        word: String,
    },
    /// One of the [contradictions](Fault::contradictions) of the operation, by
    /// chance; nothing goes wrong where it has none.
    AnyContradiction {
        /// Whether the request was carried out, unless the contradiction says so
        /// itself.
        #[serde(default)]
        after_commit: bool,
    },
    /// The body ends halfway, and so does the connection; the request was
    /// carried out.
    Truncated,
    /// The body arrives in small pieces; the request was carried out.
    Slow {
        /// How long the body takes in all, in real time.
        #[serde(rename = "over_ms", with = "milliseconds")]
        over: Duration,
    },
    /// The body is no JSON; status and content type are as ever, and the
    /// request was carried out.
    Garbage,
    /// The right body is labelled as HTML; the request was carried out.
    WrongContentType,
    /// Each status word is one that no document names; the request was carried
    /// out. Answers without a status word are as ever.
    UnknownStatusWord,
    /// Each value of the answer is `null`; the request was carried out.
    Nulls,
    /// The answer comes twice on the same connection; the request was carried
    /// out once.
    DuplicateAnswer,
    /// The credentials are refused with 401; nothing has happened. At Optty the
    /// token stays refused, elsewhere the next request is accepted again.
    TokenExpires,
    /// This connection is reset, nothing having happened, and new ones are
    /// refused for a while.
    ConnectionRefused {
        /// For how long, in real time.
        #[serde(rename = "lasting_ms", with = "milliseconds")]
        lasting: Duration,
    },
}

impl Fault {
    /// The names of all kinds, as JSON has them: `drop_after_commit`.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> = Self::kinds().iter().filter_map(Self::name).collect();
        names.dedup();
        names
    }

    /// A fault of the kind of this name; where a kind comes in several forms, the first.
    ///
    /// # Errors
    /// There is no such kind; the error lists those there are.
    pub fn named(name: &str) -> Result<Self, SandboxError> {
        let mut kinds = Self::kinds().into_iter();
        let found = kinds.find(|fault| fault.name().as_deref() == Some(name));
        found.ok_or_else(|| SandboxError::FaultPlan {
            place: format!("{name:?}"),
            problem: format!("it is no kind; take one of {}", Self::names().join(", ")),
        })
    }

    fn name(&self) -> Option<String> {
        let json = serde_json::to_value(self).ok()?;
        Some(json.get("kind")?.as_str()?.to_owned())
    }

    /// Answers of success that say no, or speak of something else, for an operation
    /// by its name ([`Provider::operations`](crate::Provider::operations)): each as a fault of its own.
    /// None of them lies in the very words that a client has to believe: a status
    /// word that says *failed* is one of a refund that failed, and what was not
    /// carried out is not answered with an honest success that only lacks something.
    pub fn contradictions(provider: Provider, operation: &str, after_commit: bool) -> Vec<Self> {
        contradictions::of(provider, operation, after_commit)
    }
}

/// The clock by which something waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitClock {
    /// The system's: real time.
    #[default]
    Real,
    /// The sandbox's, so that an [advance](crate::Clock::advance) ends the wait.
    Sandbox,
}

/// What a client sees of a provider that crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The connection is closed.
    Closed,
    /// The connection is reset.
    Reset,
    /// The connection is closed in the middle of the status line of a 500.
    CutHead,
}

/// Whether and when a delayed request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// Not at all: when the time is over, the connection is closed.
    Never,
    /// At once; only the answer is late.
    Before,
    /// When the time is over, which may be after the client gave up.
    After,
}

/// How long a client is told to wait after a 429.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Seconds in the body, as `data.retryAfter`. Only Kotani Pay documents it;
    /// at the others the body stays without.
    BodySeconds(u64),
    /// Seconds in the header `Retry-After`.
    HeaderSeconds(u64),
    /// A date in the header `Retry-After`, this many seconds ahead by the
    /// sandbox's clock.
    HeaderDate(u64),
    /// Headers `Retry-After` of these texts, one each: `["-5"]`, or `["0", "120"]`
    /// for two that contradict.
    HeaderTexts(Vec<String>),
}

const fn internal_server_error() -> u16 {
    500
}

/// A value that is there, be it `null`.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Literal>, D::Error> {
    Literal::deserialize(from).map(Some)
}
