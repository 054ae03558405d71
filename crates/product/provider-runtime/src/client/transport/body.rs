//! Collects a body against its limit and the deadline of its attempt.

use std::future::Future;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::Limits;
use crate::client::error::BodyFault;

/// When an attempt has to be over; `None` if no clock can hold it, so that it never comes.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn of(limits: Limits) -> Self {
        Self(Instant::now().checked_add(limits.timeout))
    }

    /// What the future gives, unless the deadline comes first.
    pub(super) async fn bound<F: Future>(self, future: F) -> Option<F::Output> {
        match self.0 {
            Some(deadline) => timeout_at(deadline, future).await.ok(),
            None => Some(future.await),
        }
    }
}

/// Takes the chunks of a body; one of a single chunk, which most are, is not copied.
pub(super) struct Body {
    limit: usize,
    announced: usize,
    first: Bytes,
    joined: BytesMut,
}

impl Body {
    pub(super) fn new(headers: &HeaderMap, limits: Limits) -> Self {
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
            .unwrap_or(0);
        Self {
            limit: limits.body,
            announced: announced.min(limits.body),
            first: Bytes::new(),
            joined: BytesMut::new(),
        }
    }

    /// Takes a chunk, or as much of it as there is room for.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), BodyFault> {
        let room = self.limit - self.len();
        if chunk.len() > room {
            self.join(chunk.slice(..room));
            return Err(BodyFault::TooLarge { limit: self.limit });
        }
        self.join(chunk);
        Ok(())
    }

    fn len(&self) -> usize {
        self.first.len().max(self.joined.len())
    }

    fn join(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.joined.is_empty() {
            self.joined.reserve(self.announced);
            self.joined.extend_from_slice(&self.first);
        }
        self.joined.extend_from_slice(&chunk);
    }

    pub(super) fn finish(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        }
    }
}
