//! An answer before it is decoded.

use std::fmt;

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{codes, redactor::Redactor};
use crate::wire::without_mark;
use crate::{Operation, Provider};

/// Which operation of which provider something happened in.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static str,
}

impl Origin {
    pub(crate) fn details(&self) -> Option<&'static Operation> {
        self.provider.operation(self.operation)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider.name, self.operation)
    }
}

/// What a provider answered: status, headers and the body as it came.
pub struct Reply(Box<Parts>);

struct Parts {
    call: Option<Origin>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    redactor: Redactor,
    is_documented: bool,
}

impl Reply {
    pub(crate) fn new(
        call: Option<Origin>,
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
        redactor: Redactor,
    ) -> Self {
        Self(Box::new(Parts {
            call,
            status,
            headers,
            body,
            redactor,
            is_documented: false,
        }))
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn status_text(&self) -> &str {
        self.0.status.as_str()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body as it came; what was read of it where the rest did not arrive.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Whether the status of an [`UnexpectedResponse`](crate::Error::UnexpectedResponse) is documented, without a type
    /// for its body.
    pub fn is_documented(&self) -> bool {
        self.0.is_documented
    }

    pub(crate) fn documented(mut self, is_documented: bool) -> Self {
        self.0.is_documented = is_documented;
        self
    }

    /// The provider, unless the reply was made by hand.
    pub fn provider(&self) -> Option<&'static Provider> {
        self.0.call.map(|call| call.provider)
    }

    /// The operation's name, unless the reply was made by hand.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.call.map(|call| call.operation)
    }

    /// By what the provider finds the request, from a header that it documents: quote it to their support. Secrets are
    /// masked.
    pub fn request_id(&self) -> Option<String> {
        let names = self.provider()?.request_id_headers;
        let mut values = names.iter().filter_map(|name| self.0.headers.get(*name));
        let found = values.find_map(|value| value.to_str().ok().filter(|text| !text.is_empty()));
        Some(self.0.redactor.redact(found?.to_owned()))
    }

    pub(crate) fn call(&self) -> Option<Origin> {
        self.0.call
    }

    pub(crate) fn set_call(&mut self, call: Origin) {
        self.0.call.get_or_insert(call);
    }

    /// The first text or number that one of the JSON pointers finds in the body, secrets masked.
    pub(crate) fn text_at(&self, pointers: &[&str]) -> Option<String> {
        let body: Value = serde_json::from_slice(without_mark(&self.0.body)).ok()?;
        let found = pointers
            .iter()
            .find_map(|pointer| text_of(body.pointer(pointer)?))?;
        Some(self.0.redactor.redact(found))
    }

    /// The texts at the JSON pointers, secrets masked: where one names the first of a list, that of each in the
    /// list. What is there and cannot be read, or is there twice, is an empty text.
    pub(crate) fn texts_at(&self, pointers: &[&str]) -> Vec<String> {
        codes::texts_at(without_mark(&self.0.body), pointers)
            .into_iter()
            .map(|found| self.0.redactor.redact(found))
            .collect()
    }
}

pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().filter_map(text_of).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        _ => None,
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("operation", &self.operation())
            .field("status", &self.0.status.as_u16())
            .field("body_bytes", &self.0.body.len())
            .finish_non_exhaustive()
    }
}
