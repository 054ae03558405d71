//! A transport that the user gave, held to what a built-in one does of itself.

use std::sync::Arc;

use reqwest::{
    Request,
    header::{HeaderValue, USER_AGENT},
};

use super::{Arrived, Heard, Limits, NoAnswer, Transport, TransportFuture};
use crate::client::{deadline::Deadline, error::BodyFault};

/// Adds the user agent, and bounds the transport by the timeout and the limit of the body.
#[derive(Debug)]
pub(crate) struct Bounded {
    inner: Arc<dyn Transport>,
    user_agent: HeaderValue,
}

impl Bounded {
    pub(crate) fn new(inner: Arc<dyn Transport>, user_agent: HeaderValue) -> Self {
        Self { inner, user_agent }
    }

    async fn exchange(&self, mut request: Request, limits: Limits) -> Result<Arrived, NoAnswer> {
        let headers = request.headers_mut();
        if !headers.contains_key(USER_AGENT) {
            headers.insert(USER_AGENT, self.user_agent.clone());
        }
        let answer = Deadline::after(limits.timeout).bound(self.inner.send(request, limits));
        let mut answer = answer.await.unwrap_or(Err(NoAnswer::TimedOut {
            after: limits.timeout,
            heard: Heard::CannotTell,
        }))?;
        if answer.body.len() > limits.body {
            answer.body.truncate(limits.body);
            answer.fault = Some(BodyFault::TooLarge { limit: limits.body });
        }
        Ok(answer)
    }
}

impl Transport for Bounded {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        Box::pin(self.exchange(request, limits))
    }
}
