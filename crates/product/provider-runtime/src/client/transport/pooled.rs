//! Requests over reqwest, whose connections are kept for the next one.

use std::error::Error;

use reqwest::{Client, Request, Response};

use super::{Arrived, Heard, Limits, NoAnswer, Transport, TransportFuture, body::Body};
use crate::client::{
    deadline::Deadline,
    error::{BodyFault, ConnectFailure},
};

/// A reqwest client as a transport.
#[derive(Debug)]
pub(crate) struct Pooled {
    http: Client,
    /// It is the user's own, so that only the answer tells whether it followed a redirect.
    may_redirect: bool,
}

impl Pooled {
    pub(crate) fn new(http: Client, may_redirect: bool) -> Self {
        Self { http, may_redirect }
    }

    async fn exchange(&self, request: Request, limits: Limits) -> Result<Arrived, NoAnswer> {
        let deadline = Deadline::after(limits.timeout);
        let meant_for = self.may_redirect.then(|| request.url().clone());
        let mut response = match deadline.bound(self.http.execute(request)).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(self.no_answer(error)),
            None => {
                return Err(NoAnswer::TimedOut {
                    after: limits.timeout,
                    heard: Heard::CannotTell,
                });
            }
        };
        if meant_for.is_some_and(|url| url != *response.url()) {
            return Err(NoAnswer::Redirected);
        }
        let headers = std::mem::take(response.headers_mut());
        let mut body = Body::new(&headers, limits);
        let fault = read(&mut response, &mut body, limits, deadline).await.err();
        Ok(Arrived {
            status: response.status(),
            headers,
            body: body.finish(),
            fault,
        })
    }

    fn no_answer(&self, error: reqwest::Error) -> NoAnswer {
        let error = error.without_url();
        // After a redirect it is the next host that was not reached: the provider had the request.
        if error.is_builder() {
            return NoAnswer::not_sent(error);
        }
        if error.is_connect() && !self.may_redirect {
            return NoAnswer::not_sent(ConnectFailure::of(error.into()));
        }
        let heard = heard(&error);
        NoAnswer::lost(error, heard)
    }
}

impl Transport for Pooled {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        Box::pin(self.exchange(request, limits))
    }
}

async fn read(
    response: &mut Response,
    body: &mut Body,
    limits: Limits,
    deadline: Deadline,
) -> Result<(), BodyFault> {
    loop {
        match deadline.bound(response.chunk()).await {
            Some(Ok(Some(chunk))) => body.push(chunk)?,
            Some(Ok(None)) => return Ok(()),
            Some(Err(error)) => return Err(BodyFault::Broken(error.without_url().into())),
            None => {
                return Err(BodyFault::TimedOut {
                    after: limits.timeout,
                });
            }
        }
    }
}

/// What hyper could not read has arrived; of an end in the middle it does not say how much came before.
fn heard(error: &reqwest::Error) -> Heard {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
        {
            return Heard::Something;
        }
        cause = error.source();
    }
    Heard::CannotTell
}
