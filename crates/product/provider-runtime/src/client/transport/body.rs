//! Collects a body against its limit and the deadline of its attempt.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, HeaderMap};

use super::Limits;
use crate::client::error::BodyFault;

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
