//! One request and its answer, under a deadline and a limit.

use std::{error::Error, fmt, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Request, Response, StatusCode, header::HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::error::BodyFault;

/// What an answer may cost.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// From the start of connecting to the last byte of the body.
    pub(crate) timeout: Duration,
    /// In bytes.
    pub(crate) body: usize,
    /// The HTTP client is the user's own, so that only the answer tells whether it followed a redirect.
    pub(crate) may_redirect: bool,
}

/// An answer, whose body is incomplete if there is a fault.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) fault: Option<BodyFault>,
    /// The answer comes from somewhere else than the request was meant for.
    pub(crate) redirected: bool,
}

/// Why no head of an answer arrived.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    TimedOut { after: Duration },
    Transport(reqwest::Error),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { after } => write!(f, "no answer within {after:?}"),
            Self::Transport(error) if error.is_connect() => f.write_str("could not connect"),
            Self::Transport(_) => f.write_str("the connection failed"),
        }
    }
}

impl Error for NoAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TimedOut { .. } => None,
            Self::Transport(error) => Some(error),
        }
    }
}

pub(crate) async fn exchange(
    http: &reqwest::Client,
    request: Request,
    limits: Limits,
) -> Result<Answer, NoAnswer> {
    // A deadline that no clock can hold never comes.
    let deadline = Instant::now().checked_add(limits.timeout);
    let meant_for = limits.may_redirect.then(|| request.url().clone());
    let head = by(deadline, http.execute(request)).await;
    let mut response = match head {
        Some(Ok(response)) => response,
        Some(Err(error)) => return Err(NoAnswer::Transport(error.without_url())),
        None => {
            return Err(NoAnswer::TimedOut {
                after: limits.timeout,
            });
        }
    };
    let redirected = meant_for.is_some_and(|url| url != *response.url());
    let headers = std::mem::take(response.headers_mut());
    let (body, fault) = read_body(&mut response, &headers, limits, deadline).await;
    Ok(Answer {
        status: response.status(),
        headers,
        body,
        fault,
        redirected,
    })
}

async fn by<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}

async fn read_body(
    response: &mut Response,
    headers: &HeaderMap,
    limits: Limits,
    deadline: Option<Instant>,
) -> (Bytes, Option<BodyFault>) {
    let mut body = Body::default();
    let fault = loop {
        let chunk = match by(deadline, response.chunk()).await {
            Some(Ok(Some(chunk))) => chunk,
            Some(Ok(None)) => break None,
            Some(Err(error)) => break Some(BodyFault::Broken(error.without_url())),
            None => {
                break Some(BodyFault::TimedOut {
                    after: limits.timeout,
                });
            }
        };
        let room = limits.body - body.len();
        if chunk.len() > room {
            body.push(chunk.slice(..room), headers, limits.body);
            break Some(BodyFault::TooLarge { limit: limits.body });
        }
        body.push(chunk, headers, limits.body);
    };
    (body.finish(), fault)
}

/// Collects chunks; a body of one chunk, which most are, is not copied.
#[derive(Default)]
struct Body {
    first: Bytes,
    joined: BytesMut,
}

impl Body {
    fn len(&self) -> usize {
        self.first.len().max(self.joined.len())
    }

    fn push(&mut self, chunk: Bytes, headers: &HeaderMap, limit: usize) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.joined.is_empty() {
            let announced = headers
                .get(reqwest::header::CONTENT_LENGTH)
                .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
                .unwrap_or(0);
            self.joined.reserve(announced.min(limit));
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&chunk);
    }

    fn finish(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        }
    }
}
