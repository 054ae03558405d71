use hyper::Method;
use serde_json::Value;

use super::{
    bundle::Direction,
    check::{Incoming, header},
    content::{Content, ReadBody},
    problem::Problem,
    schema::Schema,
    source::{Reading, Source, is_true},
};

/// The body that a call documents.
pub(super) struct RequestBody {
    /// None where it may be anything.
    content: Option<Content>,
    required: bool,
}

impl RequestBody {
    pub(super) fn of(source: &Source, method: &Method, described: &Value) -> Result<Self, Problem> {
        let described = source.behind(described)?;
        // 3.0 has consumers ignore the body of a method for which HTTP gives it no meaning.
        let has_meaning = ![Method::GET, Method::HEAD, Method::DELETE].contains(method);
        Ok(Self {
            content: Content::of(source, described, Direction::Request),
            required: is_true(described, "required") && (has_meaning || !source.is_old()),
        })
    }

    pub(super) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.content.iter().flat_map(Content::schemas)
    }

    pub(super) fn judge(&self, source: &Source, request: &Incoming) -> ReadBody {
        let mut read = ReadBody {
            value: None,
            problems: Vec::new(),
        };
        let given = header(request, "content-type").unwrap_or_default();
        let may_be_absent = source.reading == Reading::Specified && request.body.is_empty();
        if may_be_absent && !self.required {
            return read;
        }
        if may_be_absent && given.is_empty() {
            read.problems.push(Problem::at("body", "missing"));
            return read;
        }
        match &self.content {
            Some(content) => content.judge(source, &given, &request.body),
            None => read,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use hyper::HeaderMap;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_sandbox_asks_for_the_bodies_that_are_optional_too() {
        let request = Incoming {
            method: Method::POST,
            path: "/a".to_owned(),
            query: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            client_left: Arc::default(),
        };
        let problems = |reading| {
            let source = Source::of(json!({"openapi": "3.0.3"}), reading).unwrap();
            let described = json!({"content": {"application/json": {}}});
            let body = RequestBody::of(&source, &Method::POST, &described).unwrap();
            let problems = body.judge(&source, &request).problems.into_iter();
            problems.map(|problem| problem.place).collect::<Vec<_>>()
        };
        assert_eq!(problems(Reading::Specified), Vec::<String>::new());
        assert_eq!(problems(Reading::Sandbox), ["header/Content-Type", "body"]);
    }
}
