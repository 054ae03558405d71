//! From a call's headers and body to an update, whatever the web framework.

use provider_runtime::webhooks::{
    Format, Headers, Reader, Scheme, Unverified, Verified, Verifier, WebhookError,
};

use super::{RefundUpdate, UnverifiedUpdate};

/// Verifies a provider's calls: the `Verifier` of `kotanipay::webhooks` and of `tazapay::webhooks`.
pub trait UpdateVerifier {
    /// The update in `body`, proven to be the provider's.
    ///
    /// # Errors
    /// [`WebhookError`]: nothing in the body may be believed, unless it is
    /// [`Replayed`](WebhookError::Replayed). It knows the [status](WebhookError::http_status) to answer
    /// with.
    fn receive<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
    ) -> Result<RefundUpdate, WebhookError>;

    /// The largest body that is read, in bytes.
    fn max_body(&self) -> usize;
}

/// Reads calls that nothing proves: the `Reader` of `mce::webhooks` and of `optty::webhooks`, and of
/// `kotanipay::webhooks` for an account without a secret.
pub trait UpdateReader {
    /// The update in `body`, which anybody could have sent.
    ///
    /// # Errors
    /// [`WebhookError`] for a body that is too large, or none of this provider's. It knows the
    /// [status](WebhookError::http_status) to answer with.
    fn receive(&self, body: &[u8]) -> Result<UnverifiedUpdate, WebhookError>;

    /// The largest body that is read, in bytes.
    fn max_body(&self) -> usize;
}

impl<S: Scheme> UpdateVerifier for Verifier<S>
where
    RefundUpdate: From<Verified<S::Event>>,
{
    fn receive<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
    ) -> Result<RefundUpdate, WebhookError> {
        self.verify(headers, body).map(RefundUpdate::from)
    }

    fn max_body(&self) -> usize {
        Verifier::max_body(self)
    }
}

impl<F: Format> UpdateReader for Reader<F>
where
    UnverifiedUpdate: From<Unverified<F::Event>>,
{
    fn receive(&self, body: &[u8]) -> Result<UnverifiedUpdate, WebhookError> {
        self.read(body).map(UnverifiedUpdate::from)
    }

    fn max_body(&self) -> usize {
        Reader::max_body(self)
    }
}
