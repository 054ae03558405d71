//! Several types at once, null among them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, direction, document, schema};

pub(super) const RULE: Rule = Rule {
    name: "type-lists",
    statement: "Accepts a list of types, and null as a type, a value or a member of a union; emits one type or a oneOf of types, and nullable; a list of types beside an allOf, a union or a reference is left to these.",
    apply,
};

/// Keywords that go with the type that they speak of when a list of types is taken apart.
const OF_STRINGS: [&str; 4] = ["format", "pattern", "minLength", "maxLength"];
const OF_NUMBERS: [&str; 6] = [
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
const OF_ARRAYS: [&str; 5] = [
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "prefixItems",
];
const OF_OBJECTS: [&str; 6] = [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "minProperties",
    "maxProperties",
];

/// Keywords that say what a schema is made of.
const COMPOSED: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let nulls: BTreeSet<String> = document::schemas_mut(document)
        .iter()
        .filter(|(_, schema)| is_null(schema))
        .map(|(name, _)| name.clone())
        .collect();
    document::each_schema_mut(document, &mut |at, schema| {
        list(schema, at, scribe);
        null_type(schema, at, scribe);
        null_member(schema, "oneOf", &nulls, at, scribe);
        null_member(schema, "anyOf", &nulls, at, scribe);
        null_value(schema, at, scribe);
    });
    Ok(())
}

/// Whether `schema` says that only null is valid.
fn is_null(schema: &Value) -> bool {
    let only_null = |values: &Vec<Value>| !values.is_empty() && values.iter().all(Value::is_null);
    schema.get("type").and_then(Value::as_str) == Some("null")
        || schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(only_null)
}

fn list(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    let found = Value::Array(types.clone()).to_string();
    let mut kinds: Vec<String> = types
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let with_null = kinds.iter().any(|kind| kind == "null");
    kinds.retain(|kind| kind != "null");
    kinds.dedup();
    // An integer is a number.
    if kinds.iter().any(|kind| kind == "number") {
        kinds.retain(|kind| kind != "integer");
    }
    only_with_values(schema, &mut kinds);
    schema.remove("type");
    let composed = COMPOSED.iter().any(|keyword| schema.contains_key(*keyword));
    match kinds.as_slice() {
        [] => {}
        [kind] => {
            schema.insert("type".to_owned(), kind.clone().into());
        }
        _ if composed => {}
        _ => {
            let members = kinds.iter().map(|kind| member(schema, kind)).collect();
            schema.retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
            schema.insert("oneOf".to_owned(), Value::Array(members));
        }
    }
    if with_null {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    let left = if composed && kinds.len() > 1 {
        "left to what the schema is made of".to_owned()
    } else {
        kinds.join(" or ")
    };
    let or_null = if with_null { ", nullable" } else { "" };
    scribe.note(at, format!("type {found} became {left}{or_null}"));
}

/// A type of which the enumeration has no value is none of the types.
fn only_with_values(schema: &Map<String, Value>, kinds: &mut Vec<String>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    let has_value = |kind: &String| values.iter().any(|value| is_of(value, kind));
    if kinds.iter().any(has_value) {
        kinds.retain(has_value);
    }
}

/// The schema of one of several types, with the keywords that concern it.
fn member(schema: &Map<String, Value>, kind: &str) -> Value {
    let concerning: &[&str] = match kind {
        "string" => &OF_STRINGS,
        "number" | "integer" => &OF_NUMBERS,
        "array" => &OF_ARRAYS,
        "object" => &OF_OBJECTS,
        _ => &[],
    };
    let mut member = json!({"type": kind});
    for keyword in concerning {
        if let Some(value) = schema.get(*keyword) {
            member[*keyword] = value.clone();
        }
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        let fitting: Vec<_> = values
            .iter()
            .filter(|value| is_of(value, kind))
            .cloned()
            .collect();
        if !fitting.is_empty() {
            member["enum"] = Value::Array(fitting);
        }
    }
    member
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn null_type(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    if schema::kind(schema) == Some("null") {
        schema.remove("type");
        schema.insert("nullable".to_owned(), Value::Bool(true));
        scribe.note(at, "type null became nullable");
    }
}

fn null_member(
    schema: &mut Map<String, Value>,
    keyword: &str,
    nulls: &BTreeSet<String>,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    let names_null = |member: &Value| {
        let name = member.get("$ref").and_then(Value::as_str);
        name.and_then(direction::component_name)
            .is_some_and(|name| nulls.contains(&name))
    };
    let Some(Value::Array(members)) = schema.get_mut(keyword) else {
        return;
    };
    let before = members.len();
    members.retain(|member| !is_null(member) && !names_null(member));
    if members.len() == before {
        return;
    }
    if let [only] = members.as_mut_slice() {
        // A union of one member is that member.
        let only = only.take();
        schema.remove(keyword);
        match only {
            Value::Object(object) if !object.contains_key("$ref") => {
                for (inner, value) in object {
                    schema.entry(inner).or_insert(value);
                }
            }
            other => {
                schema.insert("allOf".to_owned(), Value::Array(vec![other]));
            }
        }
    }
    schema.insert("nullable".to_owned(), Value::Bool(true));
    scribe.note(at, format!("null in {keyword} became nullable"));
}

/// `null` among the values of an enumeration.
fn null_value(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    if values.len() != before {
        if values.is_empty() {
            // Nothing but null is left of it.
            schema.remove("enum");
            schema.remove("type");
        }
        schema.insert("nullable".to_owned(), Value::Bool(true));
        scribe.note(at, "null in enum became nullable");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;
    use crate::{lower, wire_names};

    #[test]
    fn a_type_or_null_becomes_a_nullable_type() {
        let (schema, report) =
            lower_request_schema(json!({"type": ["string", "null"], "maxLength": 3}));
        assert_eq!(
            schema,
            json!({"type": "string", "nullable": true, "maxLength": 3})
        );
        assert_eq!(
            report.applied()[0].detail,
            r#"type ["string","null"] became string, nullable"#
        );
    }

    #[test]
    fn several_types_become_a_union_and_each_keeps_its_own_constraints() {
        let (schema, _) =
            lower_request_schema(json!({"type": ["boolean", "object"], "maxProperties": 3}));
        assert_eq!(
            schema,
            json!({"oneOf": [
                {"type": "boolean", "title": "Boolean"},
                {"type": "object", "maxProperties": 3, "title": "Object"}
            ]})
        );
    }

    #[test]
    fn null_in_a_union_of_two_leaves_the_other_one_nullable() {
        let (schema, _) =
            lower_request_schema(json!({"anyOf": [{"type": "boolean"}, {"type": "null"}]}));
        assert_eq!(schema, json!({"type": "boolean", "nullable": true}));
    }

    #[test]
    fn null_in_an_enumeration_makes_it_nullable() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "enum": ["a", null]}));
        assert_eq!(
            schema,
            json!({"type": "string", "nullable": true, "enum": ["a"]})
        );
    }
    #[test]
    fn a_value_that_is_null_in_a_union_makes_it_nullable() {
        let flag = json!({"type": "boolean"});
        for member in [json!({"const": null}), json!({"enum": [null]})] {
            let (schema, _) = lower_request_schema(json!({"oneOf": [flag, member]}));
            assert_eq!(schema, json!({"type": "boolean", "nullable": true}));
        }
    }

    #[test]
    fn a_named_schema_of_null_in_a_union_makes_it_nullable() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let member = json!({"oneOf": [reference("Genre"), reference("Blank"), reference("Null")]});
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "required": ["genre"], "properties": {"genre": member}}
            }}}}}},
            "components": {"schemas": {
                "Genre": {"type": "string", "enum": ["pop", "rock"]}, "Blank": {"enum": [""]}, "Null": {"enum": [null]}
            }}
        }))
        .unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["ARequest"]["properties"]["genre"]["nullable"], true);
        let values: Vec<_> = schemas["ARequestGenre"]["enum"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| wire_names(value.as_str().unwrap()))
            .collect();
        assert_eq!(values, ["pop", "rock", ""]);
    }

    #[test]
    fn a_list_of_types_beside_a_composition_is_left_to_it() {
        let members = json!([{"type": "object", "properties": {"a": {"type": "boolean"}}}, {"type": "string"}]);
        let (schema, report) =
            lower_request_schema(json!({"type": ["object", "string"], "oneOf": members}));
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2, "{schema}");
        let told = report.to_string();
        assert!(
            told.contains("left to what the schema is made of"),
            "{told}"
        );
    }

    #[test]
    fn a_type_without_a_value_in_the_enumeration_is_none_of_the_types() {
        let (schema, _) =
            lower_request_schema(json!({"type": ["string", "integer"], "enum": ["a", "b"]}));
        assert_eq!(schema, json!({"type": "string", "enum": ["a", "b"]}));
    }
}
