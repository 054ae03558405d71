//! What code of a user's sees of each sending, and may add to it.

use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

use reqwest::{Method, Request, Url, header::HeaderMap};
use tokio::time::Instant;

use super::{Error, Failure, Reply, auth::Wanted, call_settings, reply::Origin};
use crate::{Operation, Provider};

/// Sees each request of an operation before it is authenticated and signed, may add headers to it, and sees how it
/// ended. Given to [`ClientBuilder::interceptor`](crate::ClientBuilder::interceptor).
///
/// What it can do is what cannot cost money: it gets no credentials, neither in headers nor in a URL; it changes neither
/// method, host, path nor body, and no header that the client, a parameter or a key of the provider's sets; and it has no
/// way to send anything, so that nothing is sent twice by it. It may refuse: then nothing is sent.
///
/// That is why no middleware of `reqwest-middleware` is taken: one is handed the rest of the stack and may run it as
/// often as it likes, which those for retries are made for, send it elsewhere, or answer in its place. Nobody could tell
/// then whether a refund was sent once.
///
/// Its functions are not asynchronous: an attempt waits for nothing in them, so that no call of the same client can be
/// made inside of one, and none is cut off in the middle. What takes time, such as a token, comes from a
/// [`TokenSource`](crate::TokenSource); what is told afterwards is handed on, over a channel perhaps. Requests for tokens
/// are not seen: their bodies hold the client's secret.
///
/// ```
/// use provider_runtime::{Ended, Interceptor, Intercepted, Outgoing, Sending};
///
/// struct Tell;
///
/// impl Interceptor for Tell {
///     fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
///         request.add_header("X-Request-Source", "back office")
///     }
///
///     fn after(&self, sending: &Sending<'_>, ended: Ended<'_>) {
///         if let Ended::Failed(error) = ended {
///             eprintln!("{} after {:?}: {error}", sending.operation(), sending.elapsed());
///         }
///     }
/// }
/// ```
pub trait Interceptor: Send + Sync {
    /// Sees a request that is complete but for credentials and signature, and may add headers.
    ///
    /// # Errors
    /// The request is not to be sent: the call is [`NotSent`](crate::Error::NotSent).
    fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
        let _ = request;
        Ok(())
    }

    /// Sees how it ended, once for each [`before`](Self::before) that did not refuse, also where the call was dropped.
    fn after(&self, sending: &Sending<'_>, ended: Ended<'_>) {
        let _ = (sending, ended);
    }
}

/// One sending of a request, of which the provider may have seen one before if it answered 401.
pub struct Sending<'a> {
    call: Origin,
    operation: &'a Operation,
    method: Method,
    url: Url,
    number: u32,
    began: Instant,
}

impl Sending<'_> {
    /// The provider.
    pub fn provider(&self) -> &'static Provider {
        self.call.provider
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.call.operation
    }

    /// Whether it can move money.
    pub fn moves_money(&self) -> bool {
        self.operation.moves_money
    }

    /// 1 for the first sending, 2 for the one that follows a 401 with a newer token.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where it goes, without a key that belongs into its query. What is personal may be in it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// How long ago it began.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// A request that is about to be sent.
pub struct Outgoing<'a> {
    sending: &'a Sending<'a>,
    request: &'a mut Request,
    wanted: Wanted<'a>,
}

impl<'a> std::ops::Deref for Outgoing<'a> {
    type Target = Sending<'a>;

    fn deref(&self) -> &Sending<'a> {
        self.sending
    }
}

impl Outgoing<'_> {
    /// Its headers so far.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Its body, if it has one. It may hold personal data.
    pub fn body(&self) -> Option<&[u8]> {
        self.request.body().and_then(reqwest::Body::as_bytes)
    }

    /// Adds a header.
    ///
    /// # Errors
    /// It is there already, or it is the client's: where the request goes, what it is, who sends it, and by what the
    /// provider recognises a repetition.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), Intercepted> {
        let key = self.sending.operation.idempotency_header;
        if key.is_some_and(|key| key.eq_ignore_ascii_case(name)) {
            return Err(Intercepted::new(format!(
                "the header {name} is the key of a repetition, which a function of its own sets"
            )));
        }
        let (name, value) =
            call_settings::checked(self.request, |header| self.wanted.puts(header), name, value)
                .map_err(Intercepted::new)?;
        self.request.headers_mut().insert(name, value);
        Ok(())
    }
}

/// How a sending ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ended<'a> {
    /// With an answer, of whatever status.
    Answered(&'a Reply),
    /// Without a complete one, or before it was sent.
    Failed(&'a Error<Infallible>),
    /// The call was dropped before: what became of it is not known.
    Dropped,
}

/// Why an [`Interceptor`] wants a request not to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Intercepted(String);

impl Intercepted {
    /// A reason for people. It is shown and logged: leave secrets out.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Intercepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Intercepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Intercepted({:?})", self.0)
    }
}

impl std::error::Error for Intercepted {}

/// Tells the interceptors of a client of one sending, to its end.
pub(super) struct Watch<'a> {
    interceptors: &'a [Arc<dyn Interceptor>],
    /// In a box: it is rare, and would be a part of every call's future.
    sending: Option<Box<Sending<'a>>>,
}

impl<'a> Watch<'a> {
    /// Shows them a request; the first reason not to send it comes back beside.
    pub(super) fn begin(
        interceptors: &'a [Arc<dyn Interceptor>],
        (call, operation): (Origin, &'a Operation),
        (request, wanted): (&mut Request, Wanted<'_>),
        number: u32,
    ) -> (Self, Result<(), Intercepted>) {
        if interceptors.is_empty() {
            let sending = None;
            return (
                Self {
                    interceptors,
                    sending,
                },
                Ok(()),
            );
        }
        let sending = Box::new(Sending {
            call,
            operation,
            method: request.method().clone(),
            url: request.url().clone(),
            number,
            began: Instant::now(),
        });
        let mut outgoing = Outgoing {
            sending: &sending,
            request,
            wanted,
        };
        let mut begun = 0;
        let mut outcome = Ok(());
        for interceptor in interceptors {
            outcome = interceptor.before(&mut outgoing);
            if outcome.is_err() {
                break;
            }
            begun += 1;
        }
        let watch = Self {
            interceptors: interceptors.get(..begun).unwrap_or_default(),
            sending: Some(sending),
        };
        (watch, outcome)
    }

    /// Tells them how it ended.
    pub(super) fn end(mut self, outcome: &Result<Reply, Failure>) {
        self.tell(|| match outcome {
            Ok(reply) => Ended::Answered(reply),
            Err(failure) => Ended::Failed(failure.error()),
        });
    }

    fn tell<'b>(&mut self, ended: impl Fn() -> Ended<'b>) {
        if let Some(sending) = self.sending.take() {
            for interceptor in self.interceptors.iter().rev() {
                interceptor.after(&sending, ended());
            }
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.tell(|| Ended::Dropped);
    }
}

macro_rules! debug {
    ($($name:ident),*) => {$(
        /// Shows neither URL nor headers: they may hold what is personal.
        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("operation", &self.operation())
                    .field("number", &self.number())
                    .finish_non_exhaustive()
            }
        }
    )*};
}

debug!(Sending, Outgoing);
