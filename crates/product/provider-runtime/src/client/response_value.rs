//! A decoded answer with everything it came with.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};

use super::{RawBody, Reply, redactor::Redactor};

/// A decoded answer together with its status, headers and raw body.
pub struct ResponseValue<T> {
    value: T,
    reply: Reply,
}

impl<T> ResponseValue<T> {
    /// An answer made by hand, for tests of code that takes one; its raw body is empty.
    pub fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        let reply = Reply::new(None, status, headers, Bytes::new(), Redactor::default());
        Self { value, reply }
    }

    pub(crate) fn of(value: T, reply: Reply) -> Self {
        Self { value, reply }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.reply.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.reply.headers()
    }

    /// The body as the provider sent it. It may hold personal data.
    pub fn raw_body(&self) -> &Bytes {
        self.reply.body()
    }

    /// The answer before it was decoded.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The length that the answer announced.
    pub fn content_length(&self) -> Option<u64> {
        let header = self.headers().get(reqwest::header::CONTENT_LENGTH)?;
        header.to_str().ok()?.parse().ok()
    }

    /// The same answer with another value made from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> ResponseValue<U> {
        ResponseValue {
            value: change(self.value),
            reply: self.reply,
        }
    }

    pub(crate) fn reply_mut(&mut self) -> &mut Reply {
        &mut self.reply
    }
}

impl ResponseValue<RawBody> {
    /// An answer whose body has no documented type.
    pub fn stream(reply: Reply) -> Self {
        Self {
            value: RawBody::from(reply.body().clone()),
            reply,
        }
    }
}

impl ResponseValue<()> {
    /// An answer whose body does not matter.
    pub fn empty(reply: Reply) -> Self {
        Self { value: (), reply }
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> AsRef<T> for ResponseValue<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseValue")
            .field("reply", &self.reply)
            .finish_non_exhaustive()
    }
}
