//! Several types at once.

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "type-lists",
    statement: "Accepts a list of types; emits a oneOf of them, or the one that the values have; beside an allOf, a union or a reference it is left to these.",
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

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        let Some(Value::Array(found)) = schema.get("type") else {
            return;
        };
        let names = found.iter().filter_map(Value::as_str);
        let mut kinds: Vec<String> = names.map(str::to_owned).collect();
        let found = kinds.join(", ");
        only_with_values(schema, &mut kinds);
        schema.remove("type");
        let left = match kinds.as_slice() {
            [kind] => {
                schema.insert("type".to_owned(), kind.clone().into());
                kind.clone()
            }
            _ if COMPOSED.iter().any(|keyword| schema.contains_key(*keyword)) => {
                "left to what the schema is made of".to_owned()
            }
            _ => {
                let members = kinds.iter().map(|kind| member(schema, kind)).collect();
                schema.retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
                schema.insert("oneOf".to_owned(), Value::Array(members));
                kinds.join(" or ")
            }
        };
        scribe.note(at, format!("types {found} became {left}"));
    });
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

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
