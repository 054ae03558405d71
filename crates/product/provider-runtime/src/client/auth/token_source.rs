//! Tokens that come from the user's own code.

use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc};

use reqwest::{StatusCode, header::HeaderMap};

use super::{AccessToken, InvalidSecret};
use crate::client::{ConnectFailure, ConnectFault, NoAnswer};

/// What [`TokenSource::token`] returns.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessToken, TokenError>> + Send + 'a>>;

/// Gives the token for each call, for secrets that live in a vault or change with time.
///
/// ```
/// use provider_runtime::{AccessToken, TokenError, TokenFuture, TokenSource};
///
/// struct Vault;
///
/// impl TokenSource for Vault {
///     fn token<'a>(&'a self, _rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
///         Box::pin(async {
///             let secret = "read from the vault";
///             Ok(AccessToken::bearer(secret)?)
///         })
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync {
    /// The token for the next attempt. It is asked before every attempt, so keep the token.
    ///
    /// `rejected` is the token that the provider has just answered 401 to. Give a newer one and the
    /// call is sent once more with it; give the same one and the caller gets the 401.
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a>;
}

/// There is no token to send a call with. Cloning shares it.
#[derive(Clone)]
pub struct TokenError(Arc<Inner>);

struct Inner {
    message: String,
    answer: Option<(StatusCode, HeaderMap)>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TokenError {
    /// An error with a message for people. It is shown and logged: leave secrets out.
    pub fn new(message: impl Into<String>) -> Self {
        Self::build(message.into(), None, None)
    }

    /// An error with its cause.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::build(message.into(), None, Some(source.into()))
    }

    pub(crate) fn answered(status: StatusCode, headers: HeaderMap, message: String) -> Self {
        Self::build(message, Some((status, headers)), None)
    }

    fn build(
        message: String,
        answer: Option<(StatusCode, HeaderMap)>,
        source: Option<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Inner {
            message,
            answer,
            source,
        }))
    }

    /// The status that the token URL answered with, if it answered.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|(status, _)| *status)
    }

    /// What prevented a connection to the token URL, where that is why there is no token.
    pub fn connect_fault(&self) -> Option<ConnectFault> {
        match self.0.source.as_deref()?.downcast_ref()? {
            NoAnswer::NotSent { source } => Some(source.downcast_ref::<ConnectFailure>()?.fault()),
            _ => None,
        }
    }

    /// The headers that the token URL answered with, such as `Retry-After`, if it answered.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|(_, headers)| headers)
    }
}

impl From<InvalidSecret> for TokenError {
    fn from(error: InvalidSecret) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenError({:?})", self.0.message)
    }
}

impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
