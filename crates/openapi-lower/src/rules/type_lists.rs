//! Several types at once, null among them.

use serde_json::{Map, Value, json};

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document, schema};

pub(super) const RULE: Rule = Rule {
    name: "type-lists",
    statement: "Accepts a list of types, null as a type or a member of a union, and x-nullable; emits one type or a oneOf of types, and nullable.",
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

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, _, schema| {
        list(schema, at, scribe);
        null_extension(schema, at, scribe);
        null_type(schema, at, scribe);
        null_member(schema, "oneOf", at, scribe);
        null_member(schema, "anyOf", at, scribe);
        null_value(schema, at, scribe);
    });
    Ok(())
}

/// What OpenAPI 2.0 could not say, and converters have kept.
fn null_extension(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    if schema.get("x-nullable") == Some(&Value::Bool(true)) && !schema.contains_key("nullable") {
        schema.insert("nullable".to_owned(), Value::Bool(true));
        scribe.note(at, "x-nullable became nullable");
    }
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
    schema.remove("type");
    match kinds.as_slice() {
        [] => {}
        [kind] => {
            schema.insert("type".to_owned(), kind.clone().into());
        }
        _ => {
            let members = kinds.iter().map(|kind| member(schema, kind)).collect();
            schema.retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
            schema.insert("oneOf".to_owned(), Value::Array(members));
        }
    }
    if with_null {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    scribe.note(
        at,
        format!(
            "type {found} became {}{}",
            kinds.join(" or "),
            if with_null { ", nullable" } else { "" }
        ),
    );
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

fn null_member(schema: &mut Map<String, Value>, keyword: &str, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Array(members)) = schema.get_mut(keyword) else {
        return;
    };
    let before = members.len();
    members.retain(|member| member.get("type").and_then(Value::as_str) != Some("null"));
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
        schema.insert("nullable".to_owned(), Value::Bool(true));
        scribe.note(at, "null in enum became nullable");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

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
    fn x_nullable_is_nullable() {
        let (schema, report) = lower_request_schema(json!({"type": "boolean", "x-nullable": true}));
        assert_eq!(schema["nullable"], json!(true));
        assert_eq!(report.counts()["type-lists"], 1);
        let (schema, _) = lower_request_schema(json!({"type": "boolean", "x-nullable": "no"}));
        assert_eq!(schema.get("nullable"), None);
    }
}
