//! What came of carrying a request.

use std::{error::Error, fmt, time::Duration};

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};

use crate::client::error::{BodyFault, ConnectFailure};

/// An answer, whose body is incomplete if there is a fault.
#[derive(Debug)]
#[non_exhaustive]
pub struct Arrived {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as far as it was read.
    pub body: Bytes,
    /// Why the rest of the body is missing.
    pub fault: Option<BodyFault>,
}

impl Arrived {
    /// A complete answer.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers,
            body: body.into(),
            fault: None,
        }
    }

    /// The same answer, of whose body the rest is missing.
    #[must_use]
    pub fn with_fault(mut self, fault: BodyFault) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// What is known to have come back where no head of an answer can be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Heard {
    /// No byte of an answer arrived.
    Nothing,
    /// Bytes of an answer arrived, but no head that can be read.
    Something,
    /// The HTTP stack does not say.
    CannotTell,
}

/// Why no head of an answer arrived.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoAnswer {
    /// No byte of the request left: there was no connection, or none that held until then.
    NotSent {
        /// What prevented it. Its texts are shown: leave secrets and URLs out.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The time for the attempt was up. The request may have been sent.
    TimedOut {
        /// The time that an attempt may take.
        after: Duration,
        /// What came back until then.
        heard: Heard,
    },
    /// The connection broke, or what came back is no HTTP. The request may have been sent.
    Lost {
        /// What happened. Its texts are shown: leave secrets and URLs out.
        source: Box<dyn Error + Send + Sync>,
        /// What came back until then.
        heard: Heard,
    },
    /// A redirect was followed, so that somebody else answered.
    Redirected,
}

impl NoAnswer {
    /// No byte of the request left, for this reason.
    pub fn not_sent(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::NotSent {
            source: source.into(),
        }
    }

    /// The connection broke, with this much of an answer.
    pub fn lost(source: impl Into<Box<dyn Error + Send + Sync>>, heard: Heard) -> Self {
        Self::Lost {
            source: source.into(),
            heard,
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent { source } => match source.downcast_ref::<ConnectFailure>() {
                Some(failure) => write!(f, "could not connect: {failure}"),
                None => f.write_str("could not connect"),
            },
            Self::TimedOut { after, .. } => write!(f, "no answer within {after:?}"),
            Self::Lost { .. } => f.write_str("the connection failed"),
            Self::Redirected => f.write_str("a redirect was followed"),
        }
    }
}

impl Error for NoAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Its own text is a part of this one.
            Self::NotSent { source } if source.is::<ConnectFailure>() => source.source(),
            Self::NotSent { source } | Self::Lost { source, .. } => {
                let source: &(dyn Error + 'static) = source.as_ref();
                Some(source)
            }
            Self::TimedOut { .. } | Self::Redirected => None,
        }
    }
}
