//! Bodies that nothing proves.

use std::marker::PhantomData;

use super::verifier::{check_size, text_of};
use super::{DEFAULT_MAX_BODY, Format, Unverified, WebhookError};

/// Reads the webhooks of a provider that signs none.
#[derive(Debug)]
pub struct Reader<F> {
    max_body: usize,
    format: PhantomData<fn() -> F>,
}

impl<F: Format> Reader<F> {
    /// Reads bodies of up to [`DEFAULT_MAX_BODY`] bytes.
    pub fn new() -> Self {
        Self {
            max_body: DEFAULT_MAX_BODY,
            format: PhantomData,
        }
    }

    /// Reads bodies of up to `bytes` bytes.
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Self {
        Self {
            max_body: bytes,
            ..self
        }
    }

    /// The largest body that is read, in bytes.
    pub fn max_body(&self) -> usize {
        self.max_body
    }

    /// The event in `body`, which anybody could have sent.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] for a body that is too large, or none of this provider's.
    pub fn read(&self, body: &[u8]) -> Result<Unverified<F::Event>, WebhookError> {
        check_size(body, self.max_body)?;
        Ok(Unverified::read::<F>(text_of(body)?)?)
    }
}

impl<F: Format> Default for Reader<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> Clone for Reader<F> {
    fn clone(&self) -> Self {
        Self {
            max_body: self.max_body,
            format: PhantomData,
        }
    }
}
