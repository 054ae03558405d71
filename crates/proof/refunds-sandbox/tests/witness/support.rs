//! Documents with one call, and requests.

use std::sync::Arc;

use refunds_sandbox::witness::{Incoming, Judge};
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

/// A judge by a document with these paths and components.
pub(crate) fn judge(version: &str, paths: &Value, components: &Value) -> Judge {
    let document = json!({
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": components,
    });
    Judge::of(&document.to_string()).unwrap()
}

/// A judge of `GET /a` with these parameters.
pub(crate) fn with_parameters(parameters: &Value) -> Judge {
    let paths =
        json!({"/a": {"get": {"operationId": "a", "parameters": parameters, "responses": {}}}});
    judge("3.0.3", &paths, &json!({}))
}

/// A judge of `POST /a` with a body of this schema.
pub(crate) fn with_body(version: &str, schema: &Value, components: &Value) -> Judge {
    let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    let paths = json!({"/a": {"post": {"operationId": "a", "requestBody": body, "responses": {}}}});
    judge(version, &paths, components)
}

pub(crate) struct Sent(Incoming);

impl Sent {
    pub(crate) fn new(method: Method, url: &str) -> Self {
        let (path, query) = url
            .split_once('?')
            .map_or((url, None), |(path, query)| (path, Some(query)));
        Self(Incoming {
            method,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: HeaderMap::new(),
            body: Vec::new().into(),
            client_left: Arc::default(),
        })
    }

    pub(crate) fn get(url: &str) -> Self {
        Self::new(Method::GET, url)
    }

    pub(crate) fn post(url: &str) -> Self {
        Self::new(Method::POST, url)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.0
            .headers
            .append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn body(mut self, media_type: &str, body: &str) -> Self {
        self.0.body = body.as_bytes().to_vec().into();
        self.header("content-type", media_type)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", &body.to_string())
    }

    pub(crate) fn incoming(&self) -> &Incoming {
        &self.0
    }

    /// The name of the call that it is for.
    pub(crate) fn call(&self, judge: &Judge) -> Option<String> {
        judge.request(&self.0).0
    }

    /// The places of what is wrong.
    pub(crate) fn places(&self, judge: &Judge) -> Vec<String> {
        let problems = judge.request(&self.0).1;
        problems.into_iter().map(|problem| problem.place).collect()
    }

    /// What is wrong, in words.
    pub(crate) fn words(&self, judge: &Judge) -> Vec<String> {
        let problems = judge.request(&self.0).1;
        problems
            .into_iter()
            .map(|problem| problem.problem)
            .collect()
    }
}

pub(crate) const NONE: [&str; 0] = [];
