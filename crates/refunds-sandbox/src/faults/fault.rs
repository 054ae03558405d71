use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::serde_duration::milliseconds;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
}
