//! `null` in a documented answer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::answer_examples;
use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::schema::is_annotation;

/// How deep a schema is looked into for what takes null.
const DEPTH: usize = 16;

pub(crate) const RULE: Rule = Rule {
    name: "null-in-examples",
    statement: "Accepts an example of an answer that holds null where the schema has no null; emits the schema as nullable.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
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
}

/// Whether a null at a place that `schema` describes contradicts it, and would have to be taken from requests as
/// well: for a member that is required, and for one of a list or a map.
pub(crate) fn contradicts(document: &Value, at: &str, schema: &Value, example: &Value) -> bool {
    let mut tokens = at.rsplit('/');
    let is_one_of_many = matches!(tokens.next(), Some("items" | "additionalProperties"))
        && tokens.next() != Some("properties");
    if is_one_of_many && example.is_null() {
        return !takes_null(document, schema, DEPTH);
    }
    schema.required().any(|name| {
        let member = schema.object("properties").and_then(|all| all.get(name));
        example.get(name).is_some_and(Value::is_null)
            && member.is_some_and(|member| !takes_null(document, member, DEPTH))
    })
}

/// Whether `schema`, or what it is made of, takes null.
fn takes_null(document: &Value, schema: &Value, depth: usize) -> bool {
    let (Value::Object(target), Some(depth)) = (
        crate::reference::followed(document, schema),
        depth.checked_sub(1),
    ) else {
        // `true` takes everything.
        return true;
    };
    let takes = |member: &Value| takes_null(document, member, depth);
    let parts = target.get("allOf").and_then(Value::as_array);
    let all = parts.is_some_and(|parts| parts.iter().all(takes));
    let any = ["oneOf", "anyOf"]
        .into_iter()
        .flat_map(|keyword| target.list(keyword))
        .any(takes);
    let says_nothing = target.keys().all(|keyword| is_annotation(keyword));
    target.is_true("nullable") || all || any || says_nothing
}

fn accepts_null(document: &Value, schema: &Value) -> bool {
    let target = crate::reference::followed(document, schema);
    // A schema that says nothing of types takes null as well.
    schema.is_true("nullable")
        || target.is_true("nullable")
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

    use crate::rules::testing::lowered;

    #[test]
    fn a_null_in_a_documented_answer_makes_its_schema_nullable() {
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/A"},
                "examples": {"one": {"value": {"plain": null, "list": [{"deep": null}], "said": null}}}
            }}}}}}}),
            json!({
                "A": {"type": "object", "properties": {
                    "plain": {"type": "boolean"},
                    "said": {"type": "boolean", "nullable": true},
                    "list": {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
                }},
                "B": {"type": "object", "properties": {"deep": {"$ref": "#/components/schemas/C"}}},
                "C": {"type": "object", "properties": {"x": {"type": "boolean"}}}
            }),
        );
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
