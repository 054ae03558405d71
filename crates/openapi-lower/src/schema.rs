//! Walking a schema and its subschemas, without mistaking data (examples, defaults, enumerations) for schemas.

use serde_json::{Map, Value};

use crate::pointer;

/// Keywords whose value is one schema.
const SINGLE: [&str; 9] = [
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a map from names to schemas.
const MAPS: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];

/// Calls `visit` for `schema` and then for every schema inside it, with the pointer of each.
pub(crate) fn walk_mut(
    schema: &mut Value,
    at: &str,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    let Value::Object(object) = schema else {
        return;
    };
    visit(at, object);
    for (keyword, value) in object.iter_mut() {
        let inner = pointer::join(at, keyword);
        match value {
            Value::Object(_) if SINGLE.contains(&keyword.as_str()) => {
                walk_mut(value, &inner, visit)
            }
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                for (index, member) in list.iter_mut().enumerate() {
                    walk_mut(member, &pointer::join(&inner, &index.to_string()), visit);
                }
            }
            Value::Object(map) if MAPS.contains(&keyword.as_str()) => {
                for (name, member) in map.iter_mut() {
                    walk_mut(member, &pointer::join(&inner, name), visit);
                }
            }
            _ => {}
        }
    }
}

/// Calls `visit` for `schema` and every schema inside it, without following references.
pub(crate) fn walk<'a>(schema: &'a Value, visit: &mut dyn FnMut(&'a Map<String, Value>)) {
    let Value::Object(object) = schema else {
        return;
    };
    visit(object);
    for (keyword, value) in object {
        match value {
            Value::Object(_) if SINGLE.contains(&keyword.as_str()) => walk(value, visit),
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                list.iter().for_each(|member| walk(member, visit));
            }
            Value::Object(map) if MAPS.contains(&keyword.as_str()) => {
                map.values().for_each(|member| walk(member, visit));
            }
            _ => {}
        }
    }
}

/// The `$ref` of a schema object.
pub(crate) fn reference(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref")?.as_str()
}

/// The `type` of a schema object, where it is one word.
pub(crate) fn kind(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("type")?.as_str()
}

/// The `format` of a schema object.
pub(crate) fn format(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("format")?.as_str()
}

/// Keywords that say nothing about which instances are valid.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    matches!(
        keyword,
        "description"
            | "title"
            | "example"
            | "examples"
            | "deprecated"
            | "externalDocs"
            | "xml"
            | "readOnly"
            | "writeOnly"
            | "default"
    ) || (keyword.starts_with("x-") && keyword != crate::rust_type::EXTENSION)
}
