//! Why a session has no reply.

use std::{convert::Infallible, fmt};

use super::Error;

/// Why there is no complete reply to a request: an [`Error`] before the type of its body is known.
///
/// `?` makes it the error of the operation.
pub struct Failure(Error<Infallible>);

impl Failure {
    /// The error itself; it has no typed body.
    pub fn into_error<E>(self) -> Error<E> {
        self.0.retype(|response| match response.into_inner() {})
    }

    /// The same, to look at.
    pub fn error(&self) -> &Error<Infallible> {
        &self.0
    }
}

impl From<Error<Infallible>> for Failure {
    fn from(error: Error<Infallible>) -> Self {
        Self(error)
    }
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        failure.into_error()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
