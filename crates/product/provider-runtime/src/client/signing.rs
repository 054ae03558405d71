//! Signatures that a provider asks for on every request.

use std::{error::Error, fmt};

use reqwest::Request;

use super::redactor::Redactor;

/// Signs each attempt just before it is sent, with its `Authorization` header in place.
///
/// ```
/// use provider_runtime::{RequestSigner, SigningError};
/// use reqwest::{Request, header::HeaderValue};
///
/// struct Stamp;
///
/// impl RequestSigner for Stamp {
///     fn sign(&self, request: &mut Request) -> Result<(), SigningError> {
///         let path = HeaderValue::from_str(request.url().path())
///             .map_err(|error| SigningError::with_source("the path fits no header", error))?;
///         request.headers_mut().insert("x-signed-path", path);
///         Ok(())
///     }
/// }
/// ```
pub trait RequestSigner: Send + Sync {
    /// Adds the signature. It is called once for each attempt, so that each can have a nonce.
    ///
    /// # Errors
    /// The request cannot be signed. Nothing is sent.
    fn sign(&self, request: &mut Request) -> Result<(), SigningError>;
}

/// A request cannot be signed.
pub struct SigningError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SigningError {
    /// An error with a message for people. It is shown and logged: leave secrets out.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// An error with its cause.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            message: message.into(),
            source: Some(source.into()),
        }
    }

    /// The same error with the secrets of the call masked in its message.
    pub(crate) fn masked(mut self, redactor: &Redactor) -> Self {
        self.message = redactor.redact(self.message);
        self
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningError({:?})", self.message)
    }
}

impl Error for SigningError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
