//! What each kind of error carries.

use std::{borrow::Cow, error::Error, fmt, time::Duration};

use super::{ConnectFailure, ConnectFault};
use crate::client::{Heard, Intercepted, Reply, SigningError, TokenError, reply::Origin};

use crate::DecodeError;

/// A request that cannot be made as it is.
pub struct InvalidRequest {
    pub(crate) call: Option<Origin>,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) source: Option<Box<dyn Error + Send + Sync>>,
}

impl InvalidRequest {
    /// What is wrong with it.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// A call of which the provider has seen nothing to act on.
pub struct NotSent {
    pub(crate) call: Option<Origin>,
    pub(crate) cause: NotSentCause,
}

impl NotSent {
    /// Why it was not sent.
    pub fn cause(&self) -> &NotSentCause {
        &self.cause
    }

    /// What prevented a connection, to the provider or to its token URL, where that is the cause.
    pub fn connect_fault(&self) -> Option<ConnectFault> {
        match &self.cause {
            NotSentCause::Connect(failure) => Some(failure.fault()),
            NotSentCause::Token(error) => error.connect_fault(),
            _ => None,
        }
    }
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSentCause {
    /// The host was not found, did not accept the connection or failed the TLS handshake.
    #[error("could not connect: {0}")]
    Connect(#[source] ConnectFailure),
    /// There is no token to send.
    #[error("no access token: {0}")]
    Token(#[source] TokenError),
    /// The request could not be signed.
    #[error("could not sign the request: {0}")]
    Signing(#[source] SigningError),
    /// An [`Interceptor`](crate::Interceptor) does not want it to be sent.
    #[error("an interceptor refused it: {0}")]
    Intercepted(Intercepted),
    /// A blocking call could not run.
    #[cfg(feature = "blocking")]
    #[error("{0}")]
    NoExecutor(#[source] crate::client::NoExecutor),
    /// The call's deadline came first.
    #[error("its deadline had passed before: give the call more time")]
    DeadlinePassed,
    /// The documents have the operation on a host for which the credentials were not given.
    #[error(
        "its documents have it at {host}, for which the credentials were not given: allow it with \
         `ClientBuilder::credentials_also_at({host:?})`"
    )]
    OtherHost {
        /// The host, with its port where it is not the usual one.
        host: String,
    },
    /// An answer leads to a host for which the credentials were not given.
    #[error(
        "the answer before leads to {host}, for which the credentials were not given: only if the provider's documents name that \
         host, allow it with `ClientBuilder::credentials_also_at({host:?})`"
    )]
    LinkToOtherHost {
        /// The host, with its port where it is not the usual one.
        host: String,
    },
    /// The documents ask for a security scheme here that no credentials were given for.
    #[error(
        "its documents ask for other credentials, those of {scheme}: give them with \
         `ClientBuilder::credentials_for({scheme:?}, …)`, or, where it refuses that scheme, sign the request \
         with a `RequestSigner`"
    )]
    OtherScheme {
        /// The scheme's name in the documents.
        scheme: &'static str,
    },
}

/// A call that was sent, at least in part, and not answered.
pub struct Unanswered {
    pub(crate) call: Option<Origin>,
    pub(crate) cause: UnansweredCause,
    pub(crate) heard: Heard,
}

impl Unanswered {
    /// Why there is no answer.
    pub fn cause(&self) -> &UnansweredCause {
        &self.cause
    }

    /// What is known to have come back all the same. Only with [`Heard::Nothing`] is it certain that
    /// the provider has not answered, with an error perhaps, before the connection ended.
    pub fn heard(&self) -> Heard {
        self.heard
    }
}

/// Why there is no answer to what was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnansweredCause {
    /// The time for the attempt was up.
    #[error("no answer within {after:?}")]
    TimedOut {
        /// The time that an attempt may take.
        after: Duration,
    },
    /// The connection broke. If [`heard`](Unanswered::heard) cannot tell, part of an answer may have come.
    #[error("the connection failed before an answer")]
    Transport(#[source] Box<dyn Error + Send + Sync>),
    /// Part of an answer came, or something that is no HTTP: the provider has answered, and nobody knows what.
    #[error("bytes of an answer arrived, but none that can be read")]
    CutOff(#[source] Box<dyn Error + Send + Sync>),
    /// The HTTP client that was given followed a redirect, so that somebody else answered.
    #[error(
        "the HTTP client that was given followed a redirect away from the provider's answer; turn \
         redirects off in it"
    )]
    Redirected,
}

/// An answer whose body does not fit its documented type.
pub struct Undecodable {
    pub(crate) reply: Reply,
    pub(crate) cause: DecodeError,
}

impl Undecodable {
    /// The answer.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// Where and why decoding failed.
    pub fn cause(&self) -> &DecodeError {
        &self.cause
    }
}

/// An answer whose body did not arrive completely.
pub struct BodyUnread {
    pub(crate) reply: Reply,
    pub(crate) fault: BodyFault,
}

impl BodyUnread {
    /// The answer, with the part of the body that was read.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// Why the rest is missing.
    pub fn fault(&self) -> &BodyFault {
        &self.fault
    }
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFault {
    /// It is larger than the client takes.
    #[error("its body is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The time for the attempt was up.
    #[error("its body did not arrive within {after:?}")]
    TimedOut {
        /// The time that an attempt may take.
        after: Duration,
    },
    /// The connection broke.
    #[error("its body broke off")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

macro_rules! debug_like_display {
    ($($kind:ident: $shown:ident),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($kind), self.$shown)
            }
        }
    )*};
}

debug_like_display!(
    InvalidRequest: reason,
    NotSent: cause,
    Unanswered: cause,
    Undecodable: cause,
    BodyUnread: fault
);
