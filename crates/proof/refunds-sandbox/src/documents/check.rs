//! Whether a request is as its document says.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use hyper::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::operation::{Body, Operation, Parameter, Place, Scheme};

const JSON: &str = "application/json";

/// A request as it came in.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// The path as sent.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Set when the client leaves before it is answered.
    pub(crate) client_left: Arc<AtomicBool>,
}

impl Incoming {
    /// Whether the client still waits for its answer.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.client_left.load(Ordering::Acquire)
    }
}

/// Something that the document does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Such as `body/refundAmount/amount`.
    pub(crate) place: String,
    pub(crate) problem: String,
    /// Where the body stops being JSON, in bytes.
    pub(crate) not_json_at: Option<usize>,
}

/// A request with what was found in it.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) problems: Vec<Problem>,
    pub(crate) query: BTreeMap<String, String>,
    /// The body; a form is an object of texts.
    pub(crate) body: Option<Value>,
}

impl Problem {
    pub(crate) fn at(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            problem: problem.into(),
            not_json_at: None,
        }
    }
}

pub(crate) fn check(
    operation: &Operation,
    path_values: &BTreeMap<String, String>,
    request: &Incoming,
) -> Checked {
    let mut checked = Checked::default();
    if let Some(scheme) = operation.scheme {
        checked.problems.extend(check_scheme(scheme, request));
    }
    checked.query = query(request, &mut checked.problems);
    for parameter in &operation.parameters {
        let value = match parameter.place {
            Place::Path => path_values.get(&parameter.name).cloned(),
            Place::Query => checked.query.get(&parameter.name).cloned(),
            Place::Header => header(request, &parameter.name),
        };
        check_parameter(parameter, value, &mut checked.problems);
    }
    for name in checked.query.keys() {
        let is_known =
            |parameter: &Parameter| parameter.place == Place::Query && parameter.name == *name;
        if !operation.parameters.iter().any(is_known) {
            let problem = Problem::at(format!("query/{name}"), "not a parameter of this call");
            checked.problems.push(problem);
        }
    }
    match &operation.body {
        Some(body) => checked.body = read_body(body, request, &mut checked.problems),
        None if request.body.is_empty() => {}
        None => {
            let problem = Problem::at("body", "this call has no body");
            checked.problems.push(problem);
        }
    }
    checked
}

fn check_scheme(scheme: Scheme, request: &Incoming) -> Option<Problem> {
    let word = scheme.word();
    let given = header(request, AUTHORIZATION.as_str());
    let fits = given.as_deref().and_then(|value| value.split_once(' '));
    let is_given = fits.is_some_and(|(given, _)| given.eq_ignore_ascii_case(word));
    (!is_given).then(|| Problem::at("header/Authorization", format!("no {word} credentials")))
}

fn query(request: &Incoming, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let text = request.query.as_deref().unwrap_or_default();
    serde_urlencoded::from_str(text).unwrap_or_else(|error| {
        problems.push(Problem::at("query", error.to_string()));
        BTreeMap::new()
    })
}

/// Parameters of these documents are texts, so that the text is the value.
fn check_parameter(parameter: &Parameter, value: Option<String>, problems: &mut Vec<Problem>) {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let place = format!("{place}/{}", parameter.name);
    match value {
        Some(value) => validate(
            &parameter.validator,
            &Value::String(value),
            &place,
            problems,
        ),
        None if parameter.required => problems.push(Problem::at(place, "missing")),
        None => {}
    }
}

fn read_body(body: &Body, request: &Incoming, problems: &mut Vec<Problem>) -> Option<Value> {
    let given = header(request, CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(&body.media_type) {
        problems.push(Problem::at(
            "header/Content-Type",
            format!("{given:?} where {} is documented", body.media_type),
        ));
    }
    let value = if body.media_type == JSON {
        serde_json::from_slice(&request.body).map_err(|error| Problem {
            place: "body".to_owned(),
            not_json_at: Some(offset(&request.body, &error)),
            problem: error.to_string(),
        })
    } else {
        serde_urlencoded::from_bytes::<Vec<(String, String)>>(&request.body)
            .map(|fields| {
                let fields = fields.into_iter();
                Value::Object(
                    fields
                        .map(|(name, value)| (name, Value::String(value)))
                        .collect::<Map<_, _>>(),
                )
            })
            .map_err(|error| Problem::at("body", error.to_string()))
    };
    match value {
        Ok(value) => {
            validate(&body.validator, &value, "body", problems);
            Some(value)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

fn validate(validator: &Validator, value: &Value, place: &str, problems: &mut Vec<Problem>) {
    let found = validator.iter_errors(value).map(|error| {
        Problem::at(
            format!("{place}{}", error.instance_path().as_str()),
            error.to_string(),
        )
    });
    problems.extend(found);
}

/// Where in the body, from 0, reading stopped.
fn offset(body: &[u8], error: &serde_json::Error) -> usize {
    let before = body.split(|byte| *byte == b'\n');
    let lines_before = before.take(error.line().saturating_sub(1));
    let start: usize = lines_before.map(|line| line.len() + 1).sum();
    start + error.column().saturating_sub(1)
}

fn header(request: &Incoming, name: &str) -> Option<String> {
    let value = request.headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
