//! Walking a schema and its subschemas, without mistaking data (examples, defaults, enumerations) for schemas.

use serde_json::{Map, Value};

use crate::pointer;

/// Keywords whose value is one schema.
const SINGLE: [&str; 10] = [
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Those of them for which `true` and `false` are the usual form.
const BOOLEAN: [&str; 3] = [
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
pub(crate) const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a map from names to schemas.
const MAPS: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];

/// Calls `visit` for every place, directly inside `schema`, where a schema belongs, whatever stands there.
pub(crate) fn each_place_mut(
    schema: &mut Map<String, Value>,
    at: &str,
    visit: &mut dyn FnMut(&str, &mut Value),
) {
    for (keyword, value) in schema.iter_mut() {
        let keyword = keyword.as_str();
        let inner = pointer::join(at, keyword);
        if SINGLE.contains(&keyword) {
            if !(BOOLEAN.contains(&keyword) && value.is_boolean()) {
                visit(&inner, value);
            }
        } else if LISTS.contains(&keyword) {
            for (index, member) in value.as_array_mut().into_iter().flatten().enumerate() {
                visit(&pointer::join(&inner, &index.to_string()), member);
            }
        } else if MAPS.contains(&keyword) {
            for (name, member) in value.as_object_mut().into_iter().flatten() {
                visit(&pointer::join(&inner, name), member);
            }
        }
    }
}

/// Calls `visit` for `schema` and then for every schema inside it, with the pointer of each.
pub(crate) fn walk_mut(
    schema: &mut Value,
    at: &str,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    walk_at(schema, &mut at.to_owned(), visit);
}

/// The same where one text serves as the pointer of every place, since a document has hundreds of thousands
/// of them.
pub(crate) fn walk_at(
    schema: &mut Value,
    at: &mut String,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    let Value::Object(object) = schema else {
        return;
    };
    visit(at, object);
    for (keyword, value) in object.iter_mut() {
        match value {
            Value::Object(_) if SINGLE.contains(&keyword.as_str()) => {
                pointer::within(at, keyword, |at| walk_at(value, at, visit));
            }
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                pointer::within(at, keyword, |at| {
                    for (index, member) in list.iter_mut().enumerate() {
                        pointer::within(at, &index.to_string(), |at| walk_at(member, at, visit));
                    }
                });
            }
            Value::Object(map) if MAPS.contains(&keyword.as_str()) => {
                pointer::within(at, keyword, |at| {
                    for (name, member) in map.iter_mut() {
                        pointer::within(at, name, |at| walk_at(member, at, visit));
                    }
                });
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
