//! Extractors for axum.

use std::fmt;

use axum::{
    body::to_bytes,
    extract::{FromRef, FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use provider_runtime::webhooks::WebhookError;

use super::{RefundUpdate, UnverifiedUpdate, UpdateReader, UpdateVerifier};

/// An update whose signature was verified by the `V` of the router's state.
///
/// A call that does not verify never reaches the handler: see [`Refused`]. Answer with a 2xx only what is
/// safely stored, duplicates included; anything else has the provider try again later.
pub struct VerifiedUpdate<V> {
    /// The update.
    pub update: RefundUpdate,
    verifier: std::marker::PhantomData<fn() -> V>,
}

/// An update that nothing proves, read by the `R` of the router's state.
///
/// Answer it with a 2xx and ask the provider.
pub struct HintedUpdate<R> {
    /// The update, if it is the provider's.
    pub update: UnverifiedUpdate,
    reader: std::marker::PhantomData<fn() -> R>,
}

/// A call that is not accepted, with the status that the provider understands.
///
/// 413 for a body that is too large, 400 for one that cannot be read, 401 for one that is not proven to
/// be the provider's, and 200 for an event that the verifier's replay guard knows, so that the provider
/// stops. The answer has no body: who forges calls learns nothing from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is not the provider's, or not in order.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The body did not arrive in full.
    #[error("the body did not arrive in full: the provider will try again")]
    Incomplete(#[source] axum::Error),
}

impl Refused {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Webhook(error) => {
                StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Self::Incomplete(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        tracing::warn!(status = self.status().as_u16(), reason = %self, "webhook not accepted");
        self.status().into_response()
    }
}

impl<S, V> FromRequest<S> for VerifiedUpdate<V>
where
    S: Send + Sync,
    V: UpdateVerifier + FromRef<S> + Send,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let verifier = V::from_ref(state);
        let (parts, body) = request.into_parts();
        let body = read(body, verifier.max_body()).await?;
        Ok(Self {
            update: verifier.receive(&parts.headers, &body)?,
            verifier: std::marker::PhantomData,
        })
    }
}

impl<S, R> FromRequest<S> for HintedUpdate<R>
where
    S: Send + Sync,
    R: UpdateReader + FromRef<S> + Send,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let reader = R::from_ref(state);
        let body = read(request.into_body(), reader.max_body()).await?;
        Ok(Self {
            update: reader.receive(&body)?,
            reader: std::marker::PhantomData,
        })
    }
}

/// The body as it came. One byte above the limit is enough to refuse it.
async fn read(body: axum::body::Body, limit: usize) -> Result<axum::body::Bytes, Refused> {
    to_bytes(body, limit).await.map_err(|error| {
        let is_too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if is_too_large {
            let size = limit.saturating_add(1);
            Refused::Webhook(WebhookError::Oversized { size, limit })
        } else {
            Refused::Incomplete(error)
        }
    })
}

impl<V> fmt::Debug for VerifiedUpdate<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("VerifiedUpdate");
        shown.field(&self.update).finish()
    }
}

impl<R> fmt::Debug for HintedUpdate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("HintedUpdate");
        shown.field(&self.update).finish()
    }
}
