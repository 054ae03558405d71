//! Which parameters an operation has, and where.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Draft, Rule};
use crate::document::METHODS;
use crate::draft::OfOperation;
use crate::plan::{KeyPlace, Scheme, SchemeKind};
use crate::report::Scribe;
use crate::{LowerError, pointer, wire};

pub(crate) const RULE: Rule = Rule {
    name: "parameters",
    statement: "Accepts parameters of a path, twice, with a media type, or missing on one side of path and list, or that are an API key that it asks for; emits those of each operation once, with a schema, or with one of JSON, the key as none.",
    apply,
};

/// Headers that are no parameters, says OpenAPI: other parts of the document say what they are.
const OF_HTTP: [&str; 3] = ["accept", "content-type", "authorization"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft {
        document, facts, ..
    } = document;
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    for (path, item) in paths.iter_mut() {
        let at = pointer::join("/paths", path);
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let shared = match item.remove("parameters") {
            Some(Value::Array(shared)) => shared,
            _ => Vec::new(),
        };
        for method in METHODS {
            let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else {
                continue;
            };
            let keys = keys_of(facts.of(operation));
            let at = pointer::join(&pointer::join(&at, method), "parameters");
            let own = match operation.remove("parameters") {
                Some(Value::Array(own)) => own,
                _ => Vec::new(),
            };
            let mut list = together(&shared, own, &at, scribe);
            list.retain(|parameter| {
                let is_key = keys.contains(&key(parameter));
                if is_key {
                    let (name, place) = key(parameter);
                    scribe.note(
                        &at,
                        format!("{name:?} in {place} is a key that it asks for: sent with the credentials"),
                    );
                }
                !is_key && belongs(parameter, path, &at, scribe)
            });
            add_missing(&mut list, path, &at, scribe);
            for parameter in &mut list {
                plain(parameter, &at, scribe);
            }
            if !list.is_empty() {
                operation.insert("parameters".to_owned(), Value::Array(list));
            }
        }
    }
    Ok(())
}

/// The API keys, by name and place, that an operation needs, whichever way it is authenticated: they are given as
/// credentials.
fn keys_of(operation: &OfOperation) -> BTreeSet<(String, String)> {
    let key_of = |scheme: &Scheme| match &scheme.kind {
        SchemeKind::ApiKey { name, place } => {
            let place = match place {
                KeyPlace::Header => "header",
                KeyPlace::Query => "query",
                KeyPlace::Cookie => "cookie",
            };
            Some(key(&json!({"name": name, "in": place})))
        }
        _ => None,
    };
    let alternatives = operation.security.iter().flatten();
    let keys = alternatives.map(|needed| needed.iter().filter_map(key_of).collect());
    keys.reduce(|common: BTreeSet<_>, more| &common & &more)
        .unwrap_or_default()
}

/// Name and place, by which a parameter is known.
fn key(parameter: &Value) -> (String, String) {
    let text = |member: &str| parameter[member].as_str().unwrap_or_default().to_owned();
    let place = text("in").to_ascii_lowercase();
    let name = text("name");
    // The names of headers are the same in any case.
    if place == "header" {
        (name.to_ascii_lowercase(), place)
    } else {
        (name, place)
    }
}

/// Those of the path that the operation does not have itself, and its own, each once.
fn together(shared: &[Value], own: Vec<Value>, at: &str, scribe: &mut Scribe<'_>) -> Vec<Value> {
    let listed: BTreeSet<_> = own.iter().map(key).collect();
    let mut list: Vec<Value> = shared
        .iter()
        .filter(|parameter| !listed.contains(&key(parameter)))
        .cloned()
        .collect();
    let mut seen = BTreeSet::new();
    for parameter in list.split_off(0).into_iter().chain(own) {
        let (name, place) = key(&parameter);
        if seen.insert((name.clone(), place.clone())) {
            list.push(parameter);
        } else {
            scribe.note(
                at,
                format!("{name:?} in {place} is listed twice: the first is kept"),
            );
        }
    }
    list
}

/// Whether a parameter can be sent at all.
fn belongs(parameter: &Value, path: &str, at: &str, scribe: &mut Scribe<'_>) -> bool {
    let (name, place) = key(parameter);
    match place.as_str() {
        "query" | "cookie" => true,
        "path" if in_template(path).contains(&name) => true,
        "path" => {
            scribe.note(
                at,
                format!("{name:?} is not in the path: there is no such parameter"),
            );
            false
        }
        "header" if OF_HTTP.contains(&name.as_str()) => {
            scribe.note(
                at,
                format!(
                    "{name:?} is no parameter in OpenAPI: authentication and bodies say what it is"
                ),
            );
            false
        }
        "header" if name.bytes().all(is_of_token) => true,
        _ => {
            scribe.left_out(at, format!("{name:?} in {place:?} cannot be sent"));
            false
        }
    }
}

/// RFC 9110, section 5.6.2.
pub(super) fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Names between braces.
pub(crate) fn in_template(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        names.push(name.to_owned());
        rest = tail;
    }
    names
}

fn add_missing(list: &mut Vec<Value>, path: &str, at: &str, scribe: &mut Scribe<'_>) {
    for name in in_template(path) {
        let wanted = (name.clone(), "path".to_owned());
        if !list.iter().any(|parameter| key(parameter) == wanted) {
            let told = wire::wire_names(&name);
            scribe.note(at, format!("{told:?} is in the path only: a text"));
            list.push(
                json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
            );
        }
    }
}

/// A parameter with a schema, and required where it is in the path.
fn plain(parameter: &mut Value, at: &str, scribe: &mut Scribe<'_>) {
    let (name, place) = key(parameter);
    let Some(object) = parameter.as_object_mut() else {
        return;
    };
    object.insert("in".to_owned(), place.clone().into());
    if place == "path" {
        object.insert("required".to_owned(), true.into());
    }
    let Some(Value::Object(content)) = object.remove("content") else {
        return;
    };
    if object.contains_key("schema") {
        return;
    }
    let (media_type, media) = content.into_iter().next().unwrap_or_default();
    let schema = media.get("schema").cloned();
    if crate::media::is_json(&media_type) {
        scribe.note(at, format!("{name:?} is sent as JSON"));
        let json = json!({"schema": schema.unwrap_or_else(|| json!({}))});
        object.insert("content".to_owned(), json!({media_type: json}));
        return;
    }
    scribe.note(at, format!("{name:?} is a text in {media_type}"));
    let description = object.get("description").and_then(Value::as_str);
    let description = match description {
        Some(text) => format!("{text}\n\nA text in {media_type}."),
        None => format!("A text in {media_type}."),
    };
    object.insert("description".to_owned(), description.into());
    // A text has no other form in any media type but JSON.
    let schema = schema.unwrap_or_else(|| json!({"type": "string"}));
    object.insert("schema".to_owned(), schema);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;
    use crate::plan::{Style, StyleName};

    fn parameters(path: &str, item: Value) -> Vec<(String, String, bool)> {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {path: item}
        }))
        .unwrap();
        let paths = lowered.document["paths"].as_object().unwrap();
        let operation = &paths.values().next().unwrap()["get"];
        let mut found: Vec<_> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| {
                (
                    parameter["name"].as_str().unwrap().to_owned(),
                    parameter["in"].as_str().unwrap().to_owned(),
                    parameter["required"] == true,
                )
            })
            .collect();
        found.sort();
        found
    }

    fn get(parameters: Value) -> Value {
        json!({"operationId": "a", "parameters": parameters, "responses": {"204": {"description": ""}}})
    }

    fn text(name: &str, place: &str) -> Value {
        json!({"name": name, "in": place, "schema": {"type": "string"}})
    }

    fn named(name: &str, place: &str, required: bool) -> (String, String, bool) {
        (name.to_owned(), place.to_owned(), required)
    }

    #[test]
    fn parameters_of_the_path_are_those_of_each_operation_unless_it_has_them() {
        let item = json!({
            "parameters": [text("id", "path"), text("q", "query")],
            "get": get(json!([{"name": "q", "in": "query", "required": true, "schema": {"type": "boolean"}}]))
        });
        assert_eq!(
            parameters("/a/{id}", item),
            [named("id", "path", true), named("q", "query", true)]
        );
    }

    #[test]
    fn a_name_of_the_path_that_is_not_listed_is_a_text_and_a_listed_one_that_is_not_there_goes() {
        let item = json!({"get": get(json!([text("other", "path")]))});
        assert_eq!(parameters("/a/{id}", item), [named("id", "path", true)]);
    }

    #[test]
    fn headers_of_http_are_no_parameters() {
        let item = json!({"get": get(json!([
            text("Accept-Language", "header"), text("Authorization", "header"), text("x y", "header")
        ]))});
        assert_eq!(
            parameters("/a", item),
            [named("Accept-Language", "header", false)]
        );
    }

    #[test]
    fn a_parameter_with_a_media_type_is_json_or_a_text() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": get(json!([
                {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "boolean"}}}}}},
                {"name": "note", "in": "query", "content": {"text/plain": {}}}
            ]))}}
        }))
        .unwrap();
        let parameters = &lowered.document["paths"]["/a"]["get"]["parameters"];
        assert_eq!(
            parameters[0]["schema"]["x-rust-type"]["parameters"],
            json!([{"$ref": "#/components/schemas/AFilter"}])
        );
        assert_eq!(parameters[1]["schema"], json!({"type": "string"}));
        assert_eq!(parameters[1]["description"], "A text in text/plain.");
        let planned = &lowered.plan.operations[0].parameters;
        let styles: Vec<_> = planned.iter().map(|planned| planned.style).collect();
        assert_eq!(styles, [Some(Style::of(StyleName::Json)), None]);
    }

    #[test]
    fn a_key_that_an_operation_needs_is_no_parameter() {
        let parameters = json!([
            {"name": "x-api-key", "in": "header", "required": true, "schema": {"type": "string"}},
            {"name": "page", "in": "query", "schema": {"type": "string"}}
        ]);
        let document = |security: Value| {
            json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": security,
                "paths": {"/a": {"get": {"operationId": "a", "parameters": parameters, "responses": {"204": {"description": ""}}}}},
                "components": {"securitySchemes": {
                    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                    "id": {"type": "apiKey", "in": "query", "name": "id"},
                    "token": {"type": "http", "scheme": "bearer"}
                }}
            })
        };
        for (security, count) in [
            (json!([{"key": []}]), 1),
            (json!([{"key": [], "id": []}, {"key": []}]), 1),
            (json!([{"key": []}, {"token": []}]), 2),
            (json!([{"key": [], "token": []}]), 1),
            (json!([{"key": []}, {}]), 2),
            (json!([]), 2),
        ] {
            let mut own = document(json!([{"id": []}]));
            own["paths"]["/a"]["get"]["security"] = security.clone();
            for document in [document(security.clone()), own] {
                let lowered = crate::lower(&document).unwrap();
                let operation = &lowered.document["paths"]["/a"]["get"];
                let parameters = operation["parameters"].as_array();
                assert_eq!(parameters.unwrap().len(), count, "{security}");
            }
        }
    }
}
