//! A document of the size of the largest ones, and the same with changes whose number is known.

use serde_json::{Map, Value, json};

/// As many operations as GitHub's document has.
pub(crate) const OPERATIONS: usize = 767;
const SCHEMAS: usize = 100;

/// The document: operation `i` answers with schema `i % 100`, and schema `s` has a field of the next one, in groups of
/// ten. With `changed`, these are other:
///
/// - operations 1, 51, 101, … are gone, and five are new;
/// - a field of the request of operations 0, 10, 20, … is a text in place of a number;
/// - operations 3, 10, 17, … answer 409 as well;
/// - the status of schemas 0, 20, 40, … has one more value;
/// - a field of schemas 9, 29, 49, … is required no more.
pub(crate) fn document(changed: bool) -> Value {
    let mut paths: Map<String, Value> = (0..OPERATIONS)
        .filter(|index| !changed || index % 50 != 1)
        .map(|index| {
            (
                format!("/resources{index}/{{id}}"),
                json!({"post": operation(index, changed)}),
            )
        })
        .collect();
    let schemas: Map<String, Value> = (0..SCHEMAS)
        .map(|index| (format!("Schema{index}"), schema(index, changed)))
        .collect();
    if changed {
        for index in 0..5 {
            // The parameter is one that no operation had, so that none is taken for one that moved.
            let parameter =
                json!({"name": format!("new{index}"), "in": "query", "schema": {"type": "string"}});
            let operation =
                json!({"parameters": [parameter], "responses": {"204": {"description": "done"}}});
            paths.insert(format!("/new{index}"), json!({"get": operation}));
        }
    }
    json!({"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}})
}

fn operation(index: usize, changed: bool) -> Value {
    let fields: Map<String, Value> = (0..10)
        .map(|field| {
            let is_other = changed && index.is_multiple_of(10) && field == 4;
            let kind = if is_other { "string" } else { "integer" };
            (format!("field{field}"), json!({"type": kind}))
        })
        .collect();
    let reference = json!({"$ref": format!("#/components/schemas/Schema{}", index % SCHEMAS)});
    let mut responses = json!({
        "200": {"description": "done", "content": {"application/json": {"schema": reference}}},
    });
    if changed && index % 7 == 3 {
        responses["409"] = json!({"description": "conflict"});
    }
    json!({
        "operationId": format!("operation{index}"),
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": fields}}}},
        "responses": responses,
    })
}

fn schema(index: usize, changed: bool) -> Value {
    let mut fields: Map<String, Value> = (0..12)
        .map(|field| {
            (
                format!("field{field}"),
                json!({"type": "string", "maxLength": 100}),
            )
        })
        .collect();
    let mut states = vec!["open", "done"];
    if changed && index.is_multiple_of(20) {
        states.push("disputed");
    }
    fields.insert(
        "status".to_owned(),
        json!({"type": "string", "enum": states}),
    );
    if !(index + 1).is_multiple_of(10) {
        let next = json!({"$ref": format!("#/components/schemas/Schema{}", index + 1)});
        fields.insert("next".to_owned(), next);
    }
    let mut required = vec!["status", "field1"];
    if changed && index % 20 == 9 {
        required.pop();
    }
    json!({"type": "object", "properties": fields, "required": required})
}
