//! The errors that generated code meets while it builds a request.

use std::convert::Infallible;

use reqwest::header::{InvalidHeaderName, InvalidHeaderValue};

use super::{
    ConnectFailure, Error, InvalidRequest, NotSent, NotSentCause, Unanswered, UnansweredCause,
};
use crate::client::Heard;

impl<E> Error<E> {
    #[cfg(feature = "blocking")]
    pub(crate) fn without_executor(reason: crate::client::NoExecutor) -> Self {
        let cause = NotSentCause::NoExecutor(reason);
        Self::NotSent(Box::new(NotSent { call: None, cause }))
    }

    /// What cannot be written as HTTP.
    pub(crate) fn not_http(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::cannot_build("it cannot be written as HTTP", source)
    }

    fn cannot_build(
        reason: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::InvalidRequest(Box::new(InvalidRequest {
            call: None,
            reason: reason.into(),
            source: Some(Box::new(source)),
        }))
    }
}

/// Tells by how far the request got; what cannot be told counts as sent.
impl<E> From<reqwest::Error> for Error<E> {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            return match json_refusal(&error) {
                Some(reason) => Self::invalid_request(reason),
                None => Self::not_http(error),
            };
        }
        if error.is_connect() {
            return Self::NotSent(Box::new(NotSent {
                call: None,
                cause: NotSentCause::Connect(ConnectFailure::of(error.into())),
            }));
        }
        Self::Unanswered(Box::new(Unanswered {
            call: None,
            cause: UnansweredCause::Transport(error.into()),
            heard: Heard::CannotTell,
        }))
    }
}

/// What our own types say when they refuse to be encoded, such as an amount that would change.
fn json_refusal(error: &reqwest::Error) -> Option<String> {
    let source = std::error::Error::source(error)?;
    let refusal = source.downcast_ref::<serde_json::Error>()?;
    Some(refusal.to_string())
}

impl<E> From<InvalidHeaderValue> for Error<E> {
    fn from(error: InvalidHeaderValue) -> Self {
        Self::cannot_build("a parameter has characters that no header may have", error)
    }
}

impl<E> From<InvalidHeaderName> for Error<E> {
    fn from(error: InvalidHeaderName) -> Self {
        Self::cannot_build("a parameter is no name of a header", error)
    }
}

impl<E> From<Infallible> for Error<E> {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
