use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    documents::{Incoming, Operation, Problem},
    ledger::Book,
};

/// A documented call with what was read from it.
pub(crate) struct Call<'a> {
    pub(crate) number: u64,
    pub(crate) operation: &'a Operation,
    pub(crate) path_values: &'a BTreeMap<String, String>,
    pub(crate) query: &'a BTreeMap<String, String>,
    pub(crate) request: &'a Incoming,
    pub(crate) body: Option<&'a Value>,
    pub(crate) now: DateTime<Utc>,
    /// What becomes of the answer, as far as the provider knows.
    pub(crate) delivery: Delivery,
    /// The status word of a refund that is to fail at once.
    pub(crate) fails_as: Option<&'a str>,
}

/// What becomes of an answer: which ones an idempotency key keeps depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The provider gives it.
    Given,
    /// The provider gives it, and the connection breaks at once.
    Lost,
    /// A 5xx is given instead, which no key keeps.
    Replaced,
    /// It is given although nothing was done.
    Rehearsed,
}

/// What a provider writes to while it carries a call out.
pub(crate) struct Desk<'a> {
    pub(crate) book: &'a mut Book,
    /// What is wrong with the request beyond its schema.
    pub(crate) problems: Vec<Problem>,
}

/// Why a request is not carried out.
pub(crate) enum Refusal<'a> {
    /// No such path, or another method.
    NoSuchCall { status: u16 },
    /// Not as the document says.
    Invalid {
        problems: &'a [Problem],
        body: Option<&'a Value>,
    },
    /// Credentials are missing or wrong.
    Unauthorized,
    /// Too many requests, with the seconds to wait if they are told.
    TooMany { seconds: Option<u64> },
    /// The provider failed.
    Broken { status: u16 },
}

impl Call<'_> {
    /// A value from the path; these are never missing in a call that was found.
    pub(crate) fn path_value(&self, name: &str) -> &str {
        self.path_values.get(name).map_or("", String::as_str)
    }

    /// A text of the body.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body?.get(name)?.as_str()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name)?.to_str().ok()
    }
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(request: &Incoming) -> Option<&str> {
    authorization(request, "Bearer")
}

/// User name and password of `Authorization: Basic`.
pub(crate) fn basic(request: &Incoming) -> Option<(String, String)> {
    let encoded = authorization(request, "Basic")?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn authorization<'a>(request: &'a Incoming, scheme: &str) -> Option<&'a str> {
    let value = request.headers.get("authorization")?.to_str().ok()?;
    let (given, credentials) = value.split_once(' ')?;
    given
        .eq_ignore_ascii_case(scheme)
        .then_some(credentials.trim())
}

/// The name of a status, as these providers write it into errors.
pub(crate) fn status_name(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}

/// All problems in one line.
pub(crate) fn in_words(problems: &[Problem]) -> String {
    let words = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.problem));
    words.collect::<Vec<_>>().join("; ")
}

/// Something that looks like a UUID, the same in every run.
pub(crate) fn uuid_like(kind: u16, number: u64) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}
