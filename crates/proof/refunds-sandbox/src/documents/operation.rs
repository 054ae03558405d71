use std::{collections::BTreeMap, sync::Arc};

use hyper::Method;
use serde_json::{Map, Value};

use super::{
    answers::Answers,
    parameter::{Parameter, Place},
    problem::Problem,
    request_body::RequestBody,
    schema::Schema,
    security::{Security, api_keys},
    source::{Reading, Source, text},
    template::Template,
};

/// The methods that a path can have calls for.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The calls that a provider documents.
pub(crate) struct Document {
    pub(super) operations: Vec<Operation>,
}

/// A documented call.
pub(crate) struct Operation {
    /// The name in `provider.toml`; in other documents the `operationId`, else method and path.
    pub(crate) name: String,
    pub(super) method: Method,
    pub(super) template: Template,
    pub(crate) moves_money: bool,
    pub(super) parameters: Vec<Parameter>,
    /// The names in a query of which API keys have some.
    pub(super) key_names: Vec<String>,
    pub(super) body: Option<RequestBody>,
    pub(super) security: Security,
    pub(super) answers: Answers,
    /// What of its description cannot be read.
    pub(super) flaws: Vec<Problem>,
    pub(super) source: Arc<Source>,
    /// Method and path, as documented.
    pub(super) call: String,
}

/// What a method and a path lead to.
pub(crate) enum Found<'a> {
    /// A documented call, and the values in its path.
    Operation(&'a Operation, BTreeMap<String, String>),
    /// A documented path with another method.
    OtherMethod,
    /// Nothing that is documented.
    Nothing,
}

impl Document {
    pub(super) fn of(openapi: Value, reading: Reading) -> Result<Self, String> {
        let source = Arc::new(Source::of(openapi, reading)?);
        let no_paths = Map::new();
        let paths = match source.root().get("paths").and_then(Value::as_object) {
            Some(paths) => paths,
            None if may_have_no_paths(&source) => &no_paths,
            None => return Err("it has no `paths`".to_owned()),
        };
        let keys = api_keys(&source);
        let mut operations = Vec::new();
        for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
            let (item, flaw) = path_item(&source, item);
            for name in METHODS {
                let Some(described) = item.get(name) else {
                    continue;
                };
                let method = Method::from_bytes(name.to_ascii_uppercase().as_bytes())
                    .map_err(|error| error.to_string())?;
                let mut operation = Operation::of(&source, method, path, &item, described, &keys);
                operation.flaws.extend(flaw.clone());
                operations.push(operation);
            }
        }
        // Where a path fits two templates, the one with more words of its own is meant.
        operations.sort_by_key(|operation| operation.template.rank());
        Ok(Self { operations })
    }

    /// The names of its calls, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .operations
            .iter()
            .map(|call| call.name.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let mut found = Found::Nothing;
        for operation in &self.operations {
            if let Some(values) = operation.template.values(path) {
                if operation.method == *method {
                    let values = values.into_iter().map(|value| (value.name, value.text));
                    return Found::Operation(operation, values.collect());
                }
                found = Found::OtherMethod;
            }
        }
        found
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.operations
            .iter()
            .any(|operation| operation.name == name)
    }
}

impl Operation {
    fn of(
        source: &Arc<Source>,
        method: Method,
        path: &str,
        item: &Map<String, Value>,
        described: &Value,
        keys: &[(Place, String)],
    ) -> Self {
        let mut flaws = Vec::new();
        let mut parameters: Vec<Parameter> = Vec::new();
        // The operation's own come first, since they stand instead of the path's.
        let holders = [described.get("parameters"), item.get("parameters")];
        let listed = holders
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten();
        for described in listed {
            match Parameter::of(source, described) {
                Ok(Some(mut parameter)) => {
                    let is_same =
                        |it: &Parameter| it.place == parameter.place && it.name == parameter.name;
                    if !parameters.iter().any(is_same) {
                        parameter.is_secret = keys.iter().any(|(place, name)| {
                            *place == parameter.place && name.eq_ignore_ascii_case(&parameter.name)
                        });
                        parameters.push(parameter);
                    }
                }
                Ok(None) => {}
                Err(flaw) => flaws.push(flaw),
            }
        }
        let body = described.get("requestBody").and_then(|described| {
            RequestBody::of(source, &method, described)
                .map_err(|flaw| flaws.push(flaw))
                .ok()
        });
        let call = format!("{method} {path}");
        let in_query = keys.iter().filter(|(place, _)| *place == Place::Query);
        Self {
            name: text(described, "operationId").unwrap_or(&call).to_owned(),
            method,
            template: Template::of(path),
            moves_money: false,
            parameters,
            key_names: in_query.map(|(_, name)| name.clone()).collect(),
            body,
            security: Security::of(source, described),
            answers: Answers::of(source, described),
            flaws,
            source: Arc::clone(source),
            call,
        }
    }

    /// The schemas that its requests are judged by.
    pub(super) fn request_schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(Parameter::schema);
        parameters.chain(self.body.iter().flat_map(RequestBody::schemas))
    }
}

/// From 3.1 on a document may describe webhooks or components alone.
fn may_have_no_paths(source: &Source) -> bool {
    let has = |name| source.root().get(name).is_some();
    !source.is_old() && (has("webhooks") || has("components"))
}

/// A path's calls and parameters; what stands beside a reference there counts, too.
fn path_item(source: &Source, item: &Value) -> (Map<String, Value>, Option<Problem>) {
    let mut members = item.as_object().cloned().unwrap_or_default();
    let flaw = match source.behind(item) {
        Ok(behind) => {
            for (name, value) in behind.as_object().into_iter().flatten() {
                members.entry(name.clone()).or_insert_with(|| value.clone());
            }
            None
        }
        Err(flaw) => Some(flaw),
    };
    (members, flaw)
}
