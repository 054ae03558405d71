//! An answer before it goes on the wire.

use std::borrow::Cow;

use serde_json::Value;

use crate::money::Written;

/// What a provider answers.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<Cow<'static, str>>,
    /// The headers `Retry-After`, of which a well-behaved server sends one at most.
    pub(crate) retry_after: Vec<String>,
    /// The header `Date`, where another time than the system's counts.
    pub(crate) date: Option<String>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Bytes(Vec<u8>),
}

impl Answer {
    pub(crate) const fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            content_type: Some(Cow::Borrowed("application/json")),
            retry_after: Vec::new(),
            date: None,
            body: Body::Json(body),
        }
    }

    pub(crate) const fn problem(status: u16, body: Value) -> Self {
        Self {
            status,
            content_type: Some(Cow::Borrowed("application/problem+json")),
            retry_after: Vec::new(),
            date: None,
            body: Body::Json(body),
        }
    }

    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            retry_after: Vec::new(),
            date: None,
            body: Body::Empty,
        }
    }

    /// What a proxy sends that has no answer of the provider.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body><h1>{status} {title}</h1></body>\r\n</html>\r\n"
        );
        Self {
            status,
            content_type: Some(Cow::Borrowed("text/html")),
            retry_after: Vec::new(),
            date: None,
            body: Body::Bytes(page.into_bytes()),
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The headers but for those that frame the message.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let content_type = self.content_type.as_deref();
        let retry_after = self.retry_after.iter();
        let date = self.date.as_deref();
        content_type
            .into_iter()
            .map(|value| ("content-type", value))
            .chain(retry_after.map(|value| ("retry-after", value.as_str())))
            .chain(date.map(|value| ("date", value)))
    }

    pub(crate) fn body_bytes(&self) -> Vec<u8> {
        match &self.body {
            Body::Empty => Vec::new(),
            // Writing it into memory does not fail.
            Body::Json(value) => serde_json::to_vec(&Written(value)).unwrap_or_default(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }
}
