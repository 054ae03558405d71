//! How one request is carried to the provider, and what came of it.

mod body;
mod connect;
mod fresh;
mod outcome;
mod own;
mod pooled;
mod records;
mod split;
mod tls;
mod traffic;
mod way;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use reqwest::Request;

pub(crate) use fresh::Fresh;
pub use outcome::{Arrived, Heard, NoAnswer};
pub(crate) use own::Bounded;
pub(crate) use pooled::Pooled;
pub(crate) use split::Split;
pub(crate) use tls::{BUILT_IN as TLS_BUILT_IN, Tls};
pub(crate) use way::{Proxy, Way};

/// What [`Transport::send`] returns.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Arrived, NoAnswer>> + Send + 'a>>;

/// Carries one request to the provider and its answer back, once: no retry, no redirect.
///
/// A client has one of its own. Another one, for another HTTP stack or as a double in tests, is given
/// with [`ClientBuilder::transport`](crate::ClientBuilder::transport) and gets every request of the
/// client, those for tokens included, complete with all headers but `Host` and `Content-Length`.
///
/// What it says decides about money:
///
/// - [`NoAnswer::NotSent`] only if no byte of the request can have reached the provider: the refund
///   counts as not made, and may be sent again.
/// - [`Heard::Nothing`] only if no byte of an answer has arrived: it rules out that the provider answered
///   with an error that nobody saw. Say [`Heard::CannotTell`] where that is not known.
/// - An answer whose head has arrived is [`Arrived`], whatever becomes of its body.
///
/// A redirect is an answer like any other. If the future is dropped, nothing more may be sent.
///
/// ```
/// use provider_runtime::{Arrived, Limits, Transport, TransportFuture};
/// use reqwest::{Request, StatusCode, header::HeaderMap};
///
/// #[derive(Debug)]
/// struct AlwaysBusy;
///
/// impl Transport for AlwaysBusy {
///     fn send(&self, request: Request, _limits: Limits) -> TransportFuture<'_> {
///         Box::pin(async move {
///             assert_eq!(request.method(), "POST");
///             let body = r#"{"message":"try later"}"#;
///             Ok(Arrived::new(StatusCode::TOO_MANY_REQUESTS, HeaderMap::new(), body))
///         })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends the request, once, and reads the whole answer within the limits.
    ///
    /// # Errors
    /// No head of an answer arrived; how far the request got is in the error.
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        (**self).send(request, limits)
    }
}

/// What carrying a request may cost, and what is at stake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// From the start of connecting to the last byte of the body. The session gives up then, too.
    pub timeout: Duration,
    /// How many bytes of the body are read. What is longer is cut, with [`BodyFault::TooLarge`].
    ///
    /// [`BodyFault::TooLarge`]: crate::BodyFault::TooLarge
    pub body: usize,
    /// Whether the request can move money, so that sending it twice can pay twice.
    pub moves_money: bool,
}

impl Limits {
    /// Limits for a call of a transport by hand.
    pub fn new(timeout: Duration, body: usize, moves_money: bool) -> Self {
        Self {
            timeout,
            body,
            moves_money,
        }
    }
}
