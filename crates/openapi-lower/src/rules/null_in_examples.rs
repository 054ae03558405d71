//! `null` in a documented answer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Rule, answer_examples};
use crate::LowerError;
use crate::report::Scribe;

pub(super) const RULE: Rule = Rule {
    name: "null-in-examples",
    statement: "Accepts an example of an answer that holds null where the schema has no null; emits the schema as nullable.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let mut nullable = BTreeSet::new();
    answer_examples::each_place(document, &mut |at, schema, example| {
        if example.is_null() && !accepts_null(document, schema) {
            nullable.insert(at.to_owned());
        }
    });
    for at in nullable {
        if let Some(Value::Object(schema)) = document.pointer_mut(&at) {
            make_nullable(schema);
            scribe.note(&at, "a documented answer holds null here: nullable");
        }
    }
    Ok(())
}

/// Whether `example` holds null for a member that `schema` requires, and that takes none.
pub(super) fn nulls_required(document: &Value, schema: &Value, example: &Value) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    let mut names = required.into_iter().flatten().filter_map(Value::as_str);
    names.any(|name| {
        example.get(name).is_some_and(Value::is_null)
            && schema["properties"]
                .get(name)
                .is_some_and(|member| !accepts_null(document, member))
    })
}

fn accepts_null(document: &Value, schema: &Value) -> bool {
    let target = crate::shape::follow(document, schema);
    let is_nullable = |schema: &Value| {
        schema.get("nullable") == Some(&Value::Bool(true))
            || schema.get("type").is_some_and(|word| word == "null")
    };
    let members = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|keyword| target.get(*keyword)?.as_array())
        .flatten();
    // A schema that says nothing of types takes null as well.
    is_nullable(schema)
        || is_nullable(target)
        || target.as_object().is_some_and(Map::is_empty)
        || members
            .map(|member| crate::shape::follow(document, member))
            .any(is_nullable)
}

fn make_nullable(schema: &mut Map<String, Value>) {
    if let Some(reference) = schema.remove("$ref") {
        schema.insert("allOf".to_owned(), serde_json::json!([{"$ref": reference}]));
    }
    schema.insert("nullable".to_owned(), Value::Bool(true));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;

    #[test]
    fn a_null_in_a_documented_answer_makes_its_schema_nullable() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/A"},
                "examples": {"one": {"value": {"plain": null, "list": [{"deep": null}], "said": null}}}
            }}}}}}},
            "components": {"schemas": {
                "A": {"type": "object", "properties": {
                    "plain": {"type": "boolean"},
                    "said": {"type": "boolean", "nullable": true},
                    "list": {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
                }},
                "B": {"type": "object", "properties": {"deep": {"$ref": "#/components/schemas/C"}}},
                "C": {"type": "object", "properties": {"x": {"type": "boolean"}}}
            }}
        }))
        .unwrap();
        let noted: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.rule == "null-in-examples")
            .map(|applied| applied.pointer.as_str())
            .collect();
        assert_eq!(
            noted,
            [
                "/components/schemas/A/properties/plain",
                "/components/schemas/B/properties/deep"
            ]
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["A"]["properties"]["plain"],
            json!({"type": "boolean", "nullable": true})
        );
        assert_eq!(
            schemas["B"]["properties"]["deep"],
            json!({"allOf": [{"$ref": "#/components/schemas/C"}], "nullable": true})
        );
    }
}
