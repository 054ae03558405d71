//! Members that a documented answer lacks although they are required.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer_examples::{self, Sent};
use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::pointer;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "absent-in-examples",
    statement: "Accepts an example of an answer that lacks a member that its schema requires; emits the member as optional, unless requests have the schema as well.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut absent = BTreeSet::new();
    answer_examples::each_place(document, &mut |at, schema, example| {
        for name in self::absent(schema, example) {
            absent.insert((at.to_owned(), name.to_owned()));
        }
    });
    if absent.is_empty() {
        return;
    }
    let sent = Sent::of(document);
    for (at, name) in absent {
        let place = pointer::join(&at, "required");
        if !sent.is(&at)
            && let Some(Value::Array(required)) = document.pointer_mut(&place)
        {
            required.retain(|required| *required != name.as_str());
            scribe.note(
                &at,
                format!("{name} is required, and a documented answer lacks it: optional"),
            );
        }
    }
}

/// What `schema` requires and `example` lacks.
pub(crate) fn absent<'a>(
    schema: &'a Value,
    example: &'a Value,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let members = example.as_object();
    schema
        .required()
        .filter(move |name| members.is_some_and(|members| !members.contains_key(*name)))
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
        assert_eq!(schemas["B"].get("required"), None);
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
