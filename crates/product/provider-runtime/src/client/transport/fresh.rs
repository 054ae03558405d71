//! Requests that move money: each on a connection of its own, of which is known what went over it.
//!
//! A connection that has idled may be closed by the server at any moment. A request that meets this is
//! in doubt, though nobody has seen it.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use http::header::{ACCEPT, CONNECTION, Entry, HOST, HeaderValue, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{
    body::{Body as _, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use reqwest::{Request, Url};

use super::{
    Arrived, Limits, NoAnswer, Transport, TransportFuture,
    body::Body,
    connect::{self, Stream},
    tls::Tls,
    traffic::Traffic,
    way::Way,
};
use crate::client::{deadline::Deadline, error::BodyFault};

type Connection = http1::Connection<TokioIo<Stream>, reqwest::Body>;

/// HTTP/1.1 without a pool, a redirect or a retry.
#[derive(Debug)]
pub(crate) struct Fresh {
    tls: Tls,
    connect_timeout: Duration,
    user_agent: HeaderValue,
    way: Way,
}

impl Fresh {
    pub(crate) fn new(
        tls: Tls,
        connect_timeout: Duration,
        user_agent: HeaderValue,
        way: Way,
    ) -> Self {
        Self {
            way,
            tls,
            connect_timeout,
            user_agent,
        }
    }

    async fn exchange(&self, request: Request, limits: Limits) -> Result<Arrived, NoAnswer> {
        let deadline = Deadline::after(limits.timeout);
        let url = request.url().clone();
        let request = self.written(request).map_err(NoAnswer::not_sent)?;
        let traffic = Traffic::default();
        let stream = deadline
            .bound(connect::connect(
                &url,
                &self.tls,
                &traffic,
                &self.way,
                self.connect_timeout,
            ))
            .await
            .unwrap_or_else(|| Err(connect::late(limits.timeout)))
            .map_err(NoAnswer::not_sent)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(NoAnswer::not_sent)?;
        let mut connection = Some(connection);
        let head = head(&mut connection, sender.send_request(request));
        let response = match deadline.bound(head).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(no_answer(error, &traffic)),
            None => return Err(late(limits.timeout, &traffic)),
        };
        let (parts, mut incoming) = response.into_parts();
        let mut body = Body::new(&parts.headers, limits);
        let read = read(&mut connection, &mut incoming, &mut body);
        let fault = match deadline.bound(read).await {
            Some(outcome) => outcome.err(),
            None => Some(BodyFault::TimedOut {
                after: limits.timeout,
            }),
        };
        Ok(Arrived {
            status: parts.status,
            headers: parts.headers,
            body: body.finish(),
            fault,
        })
    }

    /// The request as hyper takes it, with the headers that reqwest would add.
    fn written(&self, mut request: Request) -> Result<http::Request<reqwest::Body>, http::Error> {
        let url = request.url();
        let proxy = self.way.hands_over(url);
        let target = match (proxy, url.query()) {
            // RFC 9112, section 3.2.2: a proxy is told the host as well.
            (Some(_), _) => url.to_string(),
            (None, Some(query)) => format!("{}?{query}", url.path()),
            (None, None) => url.path().to_owned(),
        };
        let authorization = proxy.and_then(|proxy| proxy.authorization.clone());
        let host = host_of(url)?;
        let body = request.body_mut().take().unwrap_or_default();
        let mut written = http::Request::builder()
            .method(request.method().clone())
            .uri(target)
            .body(body)?;
        let headers = written.headers_mut();
        *headers = std::mem::take(request.headers_mut());
        if let Some(authorization) = authorization {
            headers.insert(PROXY_AUTHORIZATION, authorization);
        }
        for (name, value) in [
            (ACCEPT, HeaderValue::from_static("*/*")),
            (USER_AGENT, self.user_agent.clone()),
            (HOST, host),
            (CONNECTION, HeaderValue::from_static("close")),
        ] {
            if let Entry::Vacant(free) = headers.entry(name) {
                free.insert(value);
            }
        }
        Ok(written)
    }
}

impl Transport for Fresh {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        Box::pin(self.exchange(request, limits))
    }
}

fn host_of(url: &Url) -> Result<HeaderValue, http::Error> {
    let host = url.host_str().unwrap_or_default();
    Ok(match url.port() {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}"))?,
        None => HeaderValue::from_str(host)?,
    })
}

/// Works the connection until the head of the answer is there.
async fn head<F, T>(connection: &mut Option<Connection>, answer: F) -> F::Output
where
    F: Future<Output = Result<T, hyper::Error>>,
{
    let mut answer = pin!(answer);
    poll_fn(|context| {
        work(connection, context);
        answer.as_mut().poll(context)
    })
    .await
}

async fn read(
    connection: &mut Option<Connection>,
    incoming: &mut Incoming,
    body: &mut Body,
) -> Result<(), BodyFault> {
    loop {
        let frame = poll_fn(|context| {
            work(connection, context);
            pin!(&mut *incoming).poll_frame(context)
        });
        match frame.await {
            // A frame of trailers holds no data.
            Some(Ok(frame)) => body.push(frame.into_data().unwrap_or_default())?,
            Some(Err(error)) => return Err(BodyFault::Broken(error.into())),
            None => return Ok(()),
        }
    }
}

/// A connection that has ended has told the answer or the body why, and must not be polled again.
fn work(connection: &mut Option<Connection>, context: &mut std::task::Context<'_>) {
    if let Some(open) = connection
        && let Poll::Ready(_) = pin!(open).poll(context)
    {
        *connection = None;
    }
}

fn no_answer(error: hyper::Error, traffic: &Traffic) -> NoAnswer {
    match traffic.wrote() {
        false => NoAnswer::not_sent(error),
        true => NoAnswer::lost(error, traffic.heard()),
    }
}

fn late(after: Duration, traffic: &Traffic) -> NoAnswer {
    let heard = traffic.heard();
    match traffic.wrote() {
        false => NoAnswer::not_sent(connect::late(after)),
        true => NoAnswer::TimedOut { after, heard },
    }
}
