//! `null` in a documented answer.

use serde_json::{Map, Value};

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document, pointer};

pub(super) const RULE: Rule = Rule {
    name: "null-in-examples",
    statement: "Accepts an example of an answer that holds null where the schema has no null; emits the schema as nullable.",
    apply,
};

/// How deep an example is compared with its schema.
const DEPTH: usize = 64;

/// The documented examples of answers, each with the pointer of the schema that it is of.
pub(super) fn examples_of_answers(document: &mut Value) -> Vec<(String, Value)> {
    let mut examples = Vec::new();
    document::each_operation_mut(document, &mut |at, operation| {
        let Some(responses) = operation.get("responses").and_then(Value::as_object) else {
            return;
        };
        for (status, response) in responses {
            let Some(content) = response.get("content").and_then(Value::as_object) else {
                continue;
            };
            for (media_type, media) in content {
                let at = [at, "responses", status, "content", media_type, "schema"];
                let at = at[1..]
                    .iter()
                    .fold(at[0].to_owned(), |at, token| pointer::join(&at, token));
                let named = media
                    .get("examples")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(Map::values);
                let values = named
                    .filter_map(|example| example.get("value"))
                    .chain(media.get("example"));
                examples.extend(values.map(|value| (at.clone(), value.clone())));
            }
        }
    });
    examples
}

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let examples = examples_of_answers(document);
    let mut nullable = Vec::new();
    for (at, example) in &examples {
        compare(document, at, example, DEPTH, &mut nullable);
    }
    nullable.sort();
    nullable.dedup();
    for at in nullable {
        if let Some(Value::Object(schema)) = document.pointer_mut(&at) {
            make_nullable(schema);
            scribe.note(&at, "a documented answer holds null here: nullable");
        }
    }
    Ok(())
}

/// Collects the pointers of the schemas, at `at` and below, for which `example` holds an undeclared null.
fn compare(document: &Value, at: &str, example: &Value, depth: usize, found: &mut Vec<String>) {
    let (Some(depth), Some(schema)) = (depth.checked_sub(1), document.pointer(at)) else {
        return;
    };
    if example.is_null() {
        if schema.get("nullable") != Some(&Value::Bool(true))
            && !accepts_null_elsewhere(document, schema)
        {
            found.push(at.to_owned());
        }
        return;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if let Some(target) = reference.strip_prefix('#') {
            compare(document, target, example, depth, found);
        }
        return;
    }
    if let Some(members) = schema.get("allOf").and_then(Value::as_array) {
        for index in 0..members.len() {
            compare(
                document,
                &pointer::join(&pointer::join(at, "allOf"), &index.to_string()),
                example,
                depth,
                found,
            );
        }
    }
    match example {
        Value::Object(members) => {
            let at = pointer::join(at, "properties");
            for (name, value) in members {
                compare(document, &pointer::join(&at, name), value, depth, found);
            }
        }
        Value::Array(items) => {
            let at = pointer::join(at, "items");
            items
                .iter()
                .for_each(|item| compare(document, &at, item, depth, found));
        }
        _ => {}
    }
}

fn accepts_null_elsewhere(document: &Value, schema: &Value) -> bool {
    let target = crate::shape::follow(document, schema);
    // A schema that says nothing of types takes null as well.
    target.get("nullable") == Some(&Value::Bool(true))
        || target.as_object().is_some_and(Map::is_empty)
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
