//! The document as the rules read it.

use openapi_model::Model;
use serde_json::{Map, Value, json};

use super::Rule;
use super::calls::{Calls, leads_nowhere, method, text, write_texts};
use super::operations::Writer;
use super::schemas::Schemas;
use crate::pointer;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "reading",
    statement: "Accepts any document of OpenAPI 3.0, 3.1 or 3.2, and what is malformed in it or of OpenAPI 2; emits what it means in OpenAPI 3.0, each thing in one way: what is referred to and no schema is written out, a schema gets a name, and what means nothing, or can be called by nobody, is left out.",
    apply,
};

/// The version that is emitted.
const LOWERED: &str = "3.0.3";

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    let model = calls.model;
    for note in &model.notes {
        scribe.note(&note.pointer, note.problem.to_string());
    }
    unreachable(model, scribe);
    let mut writer = Writer {
        model,
        schemas: Schemas::of(model),
        scribe,
    };
    let mut paths = Map::new();
    for (key, called) in &calls.list {
        let item = paths.entry(&key.path).or_insert_with(|| json!({}));
        item[key.method] = match called.is_stand_in {
            true => writer.stand_in(called),
            false => writer.operation(called, &key.pointer()),
        };
    }
    let Writer {
        mut schemas,
        scribe,
        ..
    } = writer;
    calls.written = json!({
        "openapi": LOWERED,
        "info": information(model.document),
        "paths": paths,
        "components": {"schemas": schemas.named(scribe)},
    });
}

fn information(document: &Value) -> Value {
    let info = document.get("info").unwrap_or(&Value::Null);
    let mut written = json!({
        "title": text(info, "title").unwrap_or_default(),
        "version": text(info, "version").unwrap_or_default(),
    });
    write_texts(info, &["description"], &mut written);
    written
}

/// What the document has among its paths and nobody can call.
fn unreachable(model: &Model<'_>, scribe: &mut Scribe<'_>) {
    if model.root().malformed().contains(&"paths") {
        scribe.left_out("/paths", "is no object: there is no operation");
    }
    for (path, item) in &model.root().said().paths {
        let end = model.at(*item).end();
        if let Some(reference) = end.raw().get("$ref") {
            let at = pointer::join("/paths", path);
            scribe.left_out(&at, leads_nowhere(reference));
        }
        for key in end.malformed() {
            let spelt = key.to_ascii_lowercase();
            if spelt != *key && end.raw().get(&spelt).is_some() {
                let told = format!("there is {spelt} as well: another operation has its place");
                scribe.left_out(&pointer::join(&end.pointer(), key), told);
            }
        }
    }
    for call in model.calls() {
        if method(&call).is_none() {
            let told = "of OpenAPI 3.2: the client has no such method";
            scribe.left_out(&call.operation.pointer(), told);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;
    use crate::rules::testing::left_out;

    #[test]
    fn a_document_of_3_1_becomes_one_of_3_0() {
        let lowered = lower(&json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1", "summary": "s"}, "webhooks": {}})).unwrap();
        assert_eq!(
            lowered.document,
            json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {}}})
        );
    }

    #[test]
    fn a_document_of_another_version_is_refused_with_its_place() {
        let refused = lower(&json!({"swagger": "2.0"})).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "/openapi: the version is missing: write `openapi: 3.0.3` or `3.1.0` (rule reading)"
        );
        let refused = lower(&json!({"openapi": 4})).unwrap_err();
        assert_eq!(refused.pointer, "/openapi");
        assert_eq!(lower(&json!([])).unwrap_err().pointer, "");
    }

    #[test]
    fn a_version_that_yaml_read_as_a_number_is_that_version() {
        let lowered = lower(&json!({"openapi": 3.1})).unwrap();
        assert_eq!(lowered.document["openapi"], "3.0.3");
    }

    #[test]
    fn methods_of_3_2_are_left_out_with_their_pointers() {
        let operation = json!({"responses": {"204": {"description": ""}}});
        let lowered = lower(&json!({"openapi": "3.2.0", "paths": {"/a": {
            "get": operation, "query": operation, "additionalOperations": {"COPY": operation}
        }}}))
        .unwrap();
        assert_eq!(
            left_out(&lowered.report),
            ["/paths/~1a/additionalOperations/COPY", "/paths/~1a/query"]
        );
        let item = lowered.document["paths"]["/a"].as_object().unwrap();
        assert_eq!(item.keys().collect::<Vec<_>>(), ["get"]);
    }

    #[test]
    fn a_path_item_is_found_among_the_components_and_behind_another_path() {
        let lowered = lower(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"$ref": "#/components/pathItems/A", "put": {"operationId": "own", "responses": {"204": {"description": ""}}}},
                "/b": {"$ref": "#/paths/~1a"}
            },
            "components": {"pathItems": {"A": {"get": {"responses": {"204": {"description": "done"}}}}}}
        }))
        .unwrap();
        for path in ["/a", "/b"] {
            let responses = &lowered.document["paths"][path]["get"]["responses"];
            assert_eq!(
                *responses,
                json!({"204": {"description": "done"}}),
                "{path}"
            );
        }
        assert_eq!(lowered.document["paths"]["/a"]["put"]["operationId"], "own");
        assert!(left_out(&lowered.report).is_empty());
    }

    #[test]
    fn what_makes_no_difference_to_a_client_goes() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": 7, "tags": null,
            "paths": {"/a": {"servers": [], "get": {
                "operationId": "a", "tags": "none", "callbacks": {}, "security": false,
                "responses": {"204": {"description": "done", "headers": null, "links": 3}}
            }}},
            "components": {"headers": null, "securitySchemes": []}
        }))
        .unwrap();
        assert_eq!(
            lowered.document,
            json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}},
                "components": {"schemas": {}}
            })
        );
    }
}
