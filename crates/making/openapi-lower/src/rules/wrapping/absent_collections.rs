//! Lists and maps that may be left out.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer, schema};

pub(crate) const RULE: Rule = Rule {
    name: "absent-collections",
    statement: "Accepts a list or a map that may be left out; emits it as nullable, since an absent one says nothing (and leaves in an update what there is), and an empty one says that there is nothing; a null in a request is not sent.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        if !direction.received && !direction.sent {
            return;
        }
        let required = schema.get("required").and_then(Value::as_array).cloned();
        let is_required = |name: &str| {
            required
                .as_ref()
                .is_some_and(|names| names.iter().any(|required| required == name))
        };
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        let at = pointer::join(at, "properties");
        for (name, member) in properties.iter_mut() {
            let Some(member) = member.as_object_mut() else {
                continue;
            };
            if is_collection(member) && !is_required(name) && !is_nullable(member) {
                member.insert("nullable".to_owned(), Value::Bool(true));
                scribe.note(
                    &pointer::join(&at, name),
                    "absent and empty are told apart: nullable",
                );
            }
        }
    });
}

/// Whether the generator would make a list or a map of it, which serde fills in where it is absent.
fn is_collection(schema: &Map<String, Value>) -> bool {
    let has_members = || {
        schema
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.is_empty())
    };
    match schema::kind(schema) {
        Some("array") => true,
        Some("object") => !has_members(),
        _ => false,
    }
}

fn is_nullable(schema: &Map<String, Value>) -> bool {
    schema.is_true("nullable")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing;

    /// Lowers a document with one schema, used in a direction; gives the schema's properties back.
    fn lowered(operation: Value, schema: Value) -> (Value, Vec<String>) {
        let lowered = testing::lowered(json!({"/a": {"post": operation}}), json!({"A": schema}));
        let noted = lowered.report.applied().iter();
        let noted = noted
            .filter(|applied| applied.rule == "absent-collections")
            .map(|applied| applied.pointer.clone())
            .collect();
        let properties = &lowered.document["components"]["schemas"]["A"]["properties"];
        (properties.clone(), noted)
    }

    fn answer(schema: Value) -> (Value, Vec<String>) {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let responses = json!({"200": {"description": "", "content": content}});
        lowered(json!({"operationId": "a", "responses": responses}), schema)
    }

    #[test]
    fn a_list_and_a_map_that_may_be_absent_are_nullable() {
        let (properties, noted) = answer(json!({"type": "object", "properties": {
            "list": {"type": "array", "items": {"type": "boolean"}},
            "map": {"type": "object"},
            "values": {"type": "object", "additionalProperties": {"type": "boolean"}}
        }}));
        for name in ["list", "map", "values"] {
            assert_eq!(properties[name]["nullable"], json!(true), "{name}");
            assert!(noted.contains(&format!("/components/schemas/A/properties/{name}")));
        }
    }

    #[test]
    fn what_is_required_or_has_members_of_its_own_stays() {
        let (properties, noted) = answer(
            json!({"type": "object", "required": ["list"], "properties": {
                "list": {"type": "array", "items": {"type": "boolean"}},
                "flag": {"type": "boolean"},
                "named": {"type": "object", "properties": {"x": {"type": "boolean"}}}
            }}),
        );
        assert_eq!(noted, Vec::<String>::new());
        assert_eq!(properties["list"].get("nullable"), None);
        assert_eq!(properties["named"].get("nullable"), None);
    }

    #[test]
    fn in_a_request_as_well_absent_and_empty_are_told_apart_and_null_is_not_sent() {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let operation = json!({"operationId": "a", "requestBody": {"content": content},
            "responses": {"200": {"description": ""}}});
        let list = json!({"type": "array", "items": {"type": "boolean"}});
        let schema = json!({"type": "object", "properties": {"list": list}});
        let (properties, noted) = lowered(operation, schema);
        assert_eq!(noted, ["/components/schemas/A/properties/list"]);
        // Not `Nullable`, which could be null on the wire, and without the mark of this rule.
        let expected = json!({"type": "array", "items": {"type": "boolean"}, "nullable": true});
        assert_eq!(properties["list"], expected);
    }
}
