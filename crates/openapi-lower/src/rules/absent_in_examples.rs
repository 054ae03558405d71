//! Members that a documented answer lacks although they are required.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Rule, null_in_examples};
use crate::report::Scribe;
use crate::{LowerError, direction, pointer};

pub(super) const RULE: Rule = Rule {
    name: "absent-in-examples",
    statement: "Accepts an example of an answer that lacks a member that its schema requires; emits the member as optional, unless requests have the schema as well.",
    apply,
};

/// How deep an example is compared with its schema.
const DEPTH: usize = 64;

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let mut absent = BTreeSet::new();
    for (at, example) in null_in_examples::examples_of_answers(document) {
        compare(document, &at, &example, DEPTH, &mut absent);
    }
    if absent.is_empty() {
        return Ok(());
    }
    let directions = direction::of_components(document);
    // What a client has to send is not decided by what it receives.
    let is_sent = |at: &str| {
        let name = at.strip_prefix("/components/schemas/");
        let name = name.map(|rest| pointer::unescape(rest.split('/').next().unwrap_or(rest)));
        name.and_then(|name| directions.get(&name))
            .is_some_and(|direction| direction.request)
    };
    for (at, name) in absent {
        let place = pointer::join(&at, "required");
        if !is_sent(&at)
            && let Some(Value::Array(required)) = document.pointer_mut(&place)
        {
            required.retain(|required| *required != name.as_str());
            scribe.note(
                &at,
                format!("{name} is required, and a documented answer lacks it: optional"),
            );
        }
    }
    Ok(())
}

/// Collects the pointers of the schemas, at `at` and below, with what they require and `example` lacks.
fn compare(
    document: &Value,
    at: &str,
    example: &Value,
    depth: usize,
    absent: &mut BTreeSet<(String, String)>,
) {
    let (Some(depth), Some(schema)) = (depth.checked_sub(1), document.pointer(at)) else {
        return;
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if let Some(target) = reference.strip_prefix('#') {
            compare(document, &pointer::decode(target), example, depth, absent);
        }
        return;
    }
    // By now `allOf` holds one reference at most, with annotations beside it.
    if schema.get("allOf").and_then(Value::as_array).map(Vec::len) == Some(1) {
        let at = format!("{at}/allOf/0");
        compare(document, &at, example, depth, absent);
    }
    match example {
        Value::Object(members) => {
            let required = schema.get("required").and_then(Value::as_array);
            for name in required.into_iter().flatten() {
                if let Some(name) = name.as_str().filter(|name| !members.contains_key(*name)) {
                    absent.insert((at.to_owned(), name.to_owned()));
                }
            }
            let at = pointer::join(at, "properties");
            for (name, value) in members {
                compare(document, &pointer::join(&at, name), value, depth, absent);
            }
        }
        Value::Array(items) => {
            let at = pointer::join(at, "items");
            for item in items {
                compare(document, &at, item, depth, absent);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn document(post: Value) -> Value {
        json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {
                "get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/A"},
                    "example": {"there": true, "list": [{}]}
                }}}}},
                "post": post
            }},
            "components": {"schemas": {
                "A": {"type": "object", "required": ["there", "gone"], "properties": {
                    "there": {"type": "boolean"}, "gone": {"type": "boolean"},
                    "list": {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
                }},
                "B": {"type": "object", "required": ["x"], "properties": {"x": {"type": "boolean"}}}
            }}
        })
    }

    #[test]
    fn a_member_that_a_documented_answer_lacks_is_optional() {
        let post = json!({"operationId": "b", "responses": {"204": {"description": ""}}});
        let lowered = lower(&document(post)).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["A"]["required"], json!(["there"]));
        assert_eq!(schemas["B"]["required"], json!([]));
        assert_eq!(lowered.report.counts()["absent-in-examples"], 2);
    }

    #[test]
    fn a_request_keeps_what_it_requires() {
        let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}}});
        let post = json!({"operationId": "b", "requestBody": body, "responses": {"204": {"description": ""}}});
        let lowered = lower(&document(post)).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["A"]["required"], json!(["there"]));
        assert_eq!(schemas["B"]["required"], json!(["x"]));
    }
}
