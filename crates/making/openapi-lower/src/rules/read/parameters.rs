//! Which parameters an operation has, and where.

use std::collections::BTreeSet;

use openapi_model::{At, Id, Parameter, Part};

use super::Rule;
use super::calls::{Called, Calls, Listed, key, leads_nowhere, named};
use crate::facts::OfOperation;
use crate::plan::{KeyPlace, Scheme, SchemeKind};
use crate::report::Scribe;
use crate::{pointer, wire};

pub(crate) const RULE: Rule = Rule {
    name: "parameters",
    statement: "Accepts parameters of a path, twice, or missing on one side of path and list, or that are an API key that it asks for; emits those of each operation once, the key as none.",
    apply,
};

/// Headers that are no parameters, says OpenAPI: other parts of the document say what they are.
const OF_HTTP: [&str; 3] = ["accept", "content-type", "authorization"];

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    let Calls { list, facts, .. } = calls;
    // What is wrong with a parameter of a path is told once.
    let mut told = BTreeSet::new();
    for (call, called) in list.iter_mut().filter(|(_, called)| !called.is_stand_in) {
        let (item, operation) = (called.call.item, called.call.operation);
        let of_path = pointer::join("/paths", called.call.path);
        let of_operation = pointer::join(&of_path, call.method);
        let shared = read(
            called,
            item,
            &item.said().parameters,
            &of_path,
            scribe,
            &mut told,
        );
        let own = &operation.said().parameters;
        let own = read(called, operation, own, &of_operation, scribe, &mut told);
        let is_own: BTreeSet<_> = own.iter().map(Listed::key).collect();
        let shared = shared
            .into_iter()
            .filter(|one| !is_own.contains(&one.key()));
        let keys = keys_of(facts.named(called.id.as_deref()));
        let at = pointer::join(&call.pointer(), "parameters");
        let mut seen = BTreeSet::new();
        for parameter in shared.chain(own) {
            let (name, place) = parameter.key();
            if let ("body" | "formdata", Some(said)) = (place.as_str(), parameter.said) {
                called.of_body.push(said);
            } else if !seen.insert((name.clone(), place.clone())) {
                let told = format!("{name:?} in {place} is listed twice: the first is kept");
                scribe.note(&at, told);
            } else if keys.contains(&(name.clone(), place.clone())) {
                let told = format!(
                    "{name:?} in {place} is a key that it asks for: sent with the credentials"
                );
                scribe.note(&at, told);
            } else if belongs(&name, &place, &call.path, &at, scribe) {
                called.parameters.push(parameter);
            }
        }
        for name in &called.query {
            if !called.parameters.iter().any(|known| known.name == *name) {
                called.parameters.push(Listed::text(name, "query"));
            }
        }
        for name in in_template(&call.path) {
            let is_it = |known: &Listed<'_>| known.name == name && known.place == "path";
            if !called.parameters.iter().any(is_it) {
                let told = wire::wire_names(&name);
                scribe.note(&at, format!("{told:?} is in the path only: a text"));
                called.parameters.push(Listed::text(&name, "path"));
            }
        }
    }
}

/// The parameters of a list, under the names that the path has for them.
fn read<'m, T: Part<'m>>(
    called: &Called<'m>,
    owner: At<'m, T>,
    list: &[Id<Parameter<'m>>],
    at: &str,
    scribe: &mut Scribe<'_>,
    told: &mut BTreeSet<String>,
) -> Vec<Listed<'m>> {
    let at = pointer::join(at, "parameters");
    let mut left_out = |at: &str, why: &str| {
        if told.insert(at.to_owned()) {
            scribe.left_out(at, why);
        }
    };
    let is_said = || {
        owner
            .raw()
            .get("parameters")
            .is_some_and(|found| !found.is_null())
    };
    if owner.malformed().contains(&"parameters") && is_said() {
        left_out(&at, "is no list: no parameter is known");
    }
    let mut all = Vec::new();
    for (index, parameter) in list.iter().enumerate() {
        let said = owner.at(*parameter);
        let at = || pointer::join(&at, &index.to_string());
        if !said.raw().is_object() {
            left_out(&at(), "is no object: no parameter can be told from it");
        } else if let Some(reference) = said.raw().get("$ref") {
            left_out(&at(), &leads_nowhere(reference));
        } else if let Some((name, place)) = named(said) {
            let renamed = called.renamed.get(&name).filter(|_| place == "path");
            all.push(Listed {
                name: renamed.cloned().unwrap_or(name),
                place,
                said: Some(said),
            });
        } else {
            let why = "has no name or no place: no parameter can be told from it";
            left_out(&at(), why);
        }
    }
    all
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
            Some(key(name, place))
        }
        _ => None,
    };
    let alternatives = operation.security.iter().flatten();
    let keys = alternatives.map(|needed| needed.iter().filter_map(key_of).collect());
    keys.reduce(|common: BTreeSet<_>, more| &common & &more)
        .unwrap_or_default()
}

/// Whether a parameter can be sent at all.
fn belongs(name: &str, place: &str, path: &str, at: &str, scribe: &mut Scribe<'_>) -> bool {
    match place {
        "query" | "cookie" => return true,
        "path" if in_template(path).iter().any(|known| known == name) => return true,
        "path" => {
            let told = format!("{name:?} is not in the path: there is no such parameter");
            scribe.note(at, told);
        }
        "header" if OF_HTTP.contains(&name) => {
            let told = format!(
                "{name:?} is no parameter in OpenAPI: authentication and bodies say what it is"
            );
            scribe.note(at, told);
        }
        "header" if name.bytes().all(is_of_token) => return true,
        _ => scribe.left_out(at, format!("{name:?} in {place:?} cannot be sent")),
    }
    false
}

/// RFC 9110, section 5.6.2.
pub(crate) fn is_of_token(byte: u8) -> bool {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::plan::{Style, StyleName};
    use crate::rules::testing::lowered;

    fn parameters(path: &str, item: Value) -> Vec<(String, String, bool)> {
        let lowered = lowered(json!({path: item}), json!({}));
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
    fn an_object_in_a_media_type_that_is_not_json_is_a_text() {
        let object = json!({"type": "object", "properties": {"a": {"type": "boolean"}}});
        let of = |media_type: &str, schema: Value| json!({"name": media_type, "in": "query", "content": {media_type: {"schema": schema}}});
        let lowered = lowered(
            json!({"/a": {"get": get(json!([
                of("application/x-www-form-urlencoded", object.clone()),
                of("application/xml", json!({"$ref": "#/components/schemas/List"})),
                of("text/plain", json!({"type": "integer"}))
            ]))}}),
            json!({"List": {"type": "array", "items": object}}),
        );
        let parameters = lowered.document["paths"]["/a"]["get"]["parameters"].as_array();
        let parameters = parameters.unwrap().iter();
        let types: Vec<_> = parameters
            .map(|one| {
                (
                    one["name"].as_str().unwrap(),
                    one["schema"]["type"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            types,
            [
                ("application/x-www-form-urlencoded", "string"),
                ("application/xml", "string"),
                ("text/plain", "integer")
            ]
        );
    }

    #[test]
    fn the_members_of_a_whole_query_are_its_parameters() {
        let object = json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": "string"}, "b": {"type": "integer"}
        }});
        let of = |media_type: &str| json!([{"name": "all", "in": "querystring", "required": true, "content": {media_type: {"schema": object}}}]);
        let item = |media_type| json!({"get": get(of(media_type))});
        assert_eq!(
            parameters("/a", item("application/x-www-form-urlencoded")),
            [named("a", "query", true), named("b", "query", false)]
        );
        // There is no name that a text of JSON would be the value of.
        assert_eq!(parameters("/a", item("application/json")), []);
    }

    #[test]
    fn a_parameter_with_a_media_type_is_json_or_a_text() {
        let lowered = lowered(
            json!({"/a": {"get": get(json!([
                {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "boolean"}}}}}},
                {"name": "note", "in": "query", "content": {"text/plain": {}}}
            ]))}}),
            json!({}),
        );
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

    #[test]
    fn what_a_document_advises_against_is_planned_so() {
        let mut old = text("q", "query");
        old["deprecated"] = json!(true);
        let item = json!({"get": get(json!([old, text("r", "query")]))});
        let planned = crate::rules::testing::planned(json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": item}
        }));
        let found = planned.parameters.iter();
        let found = found.map(|one| (one.name.as_str(), one.is_deprecated));
        assert!(found.eq([("q", true), ("r", false)]));
    }
}
