//! Whether a request is as its document says.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde_json::Value;

use super::{given::Parts, operation::Operation, pairs::pairs, problem::Problem};

/// A request as it came in.
#[derive(Clone)]
pub struct Incoming {
    /// The method.
    pub method: Method,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without its `?`.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, empty where there is none.
    pub body: Bytes,
    /// Set when the client leaves before it is answered.
    pub client_left: Arc<AtomicBool>,
}

impl Incoming {
    /// Whether the client still waits for its answer.
    pub fn is_awaited(&self) -> bool {
        !self.client_left.load(Ordering::Acquire)
    }
}

/// A request with what was found in it.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) problems: Vec<Problem>,
    pub(crate) query: BTreeMap<String, String>,
    /// The body; a form is an object of texts.
    pub(crate) body: Option<Value>,
}

pub(crate) fn check(operation: &Operation, request: &Incoming) -> Checked {
    let source = &operation.source;
    let parts = Parts {
        path: operation.template.values(&request.path).unwrap_or_default(),
        query: pairs(request.query.as_deref().unwrap_or_default()),
        headers: &request.headers,
    };
    let mut checked = Checked {
        problems: operation.security.judge(parts.headers, &parts.query),
        ..Checked::default()
    };
    for parameter in &operation.parameters {
        parameter.judge(source, &parts, &mut checked.problems);
    }
    let values = parts.query.into_iter().map(|pair| (pair.name, pair.value));
    checked.query = values.collect();
    for name in checked.query.keys() {
        let is_known = operation.key_names.contains(name)
            || operation
                .parameters
                .iter()
                .any(|parameter| parameter.has_query_name(name));
        // A parameter that cannot be read could be the one.
        if !is_known && operation.flaws.is_empty() {
            let problem = Problem::at(format!("query/{name}"), "not a parameter of this call");
            checked.problems.push(problem);
        }
    }
    match &operation.body {
        Some(body) => {
            let read = body.judge(source, request);
            checked.problems.extend(read.problems);
            checked.body = read.value;
        }
        None if request.body.is_empty() || !operation.flaws.is_empty() => {}
        None => {
            let problem = Problem::at("body", "this call has no body");
            checked.problems.push(problem);
        }
    }
    checked.problems.extend(operation.flaws.iter().cloned());
    checked
}

pub(super) fn header(request: &Incoming, name: &str) -> Option<String> {
    let value = request.headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
