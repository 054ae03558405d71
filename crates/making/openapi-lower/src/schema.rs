//! Walking a schema and its subschemas, without mistaking data (examples, defaults, enumerations) for schemas.

use serde_json::{Map, Value};

use openapi_model::{Holds, holds};

use crate::pointer;

/// The extension by which typify takes a type instead of making one.
pub(crate) const RUST_TYPE: &str = "x-rust-type";

/// Calls `visit` for every place, directly inside `schema`, where a schema belongs, whatever stands there.
pub(crate) fn each_place_mut(
    schema: &mut Map<String, Value>,
    at: &str,
    visit: &mut dyn FnMut(&str, &mut Value),
) {
    for (keyword, value) in schema.iter_mut() {
        let Some(holds) = holds(keyword) else {
            continue;
        };
        let inner = pointer::join(at, keyword);
        match holds {
            Holds::SchemaOrFlag if value.is_boolean() => {}
            Holds::Schema | Holds::SchemaOrFlag => visit(&inner, value),
            Holds::List => {
                for (index, member) in value.as_array_mut().into_iter().flatten().enumerate() {
                    visit(&pointer::join(&inner, &index.to_string()), member);
                }
            }
            Holds::Map => {
                for (name, member) in value.as_object_mut().into_iter().flatten() {
                    visit(&pointer::join(&inner, name), member);
                }
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
        match (holds(keyword), value) {
            (Some(Holds::Schema | Holds::SchemaOrFlag), value @ Value::Object(_)) => {
                pointer::within(at, keyword, |at| walk_at(value, at, visit));
            }
            (Some(Holds::List), Value::Array(list)) => {
                pointer::within(at, keyword, |at| {
                    for (index, member) in list.iter_mut().enumerate() {
                        pointer::within(at, &index.to_string(), |at| walk_at(member, at, visit));
                    }
                });
            }
            (Some(Holds::Map), Value::Object(map)) => {
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
        match (holds(keyword), value) {
            (Some(Holds::Schema | Holds::SchemaOrFlag), Value::Object(_)) => walk(value, visit),
            (Some(Holds::List), Value::Array(list)) => {
                list.iter().for_each(|member| walk(member, visit));
            }
            (Some(Holds::Map), Value::Object(map)) => {
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
            | "$id"
    ) || (keyword.starts_with("x-") && keyword != RUST_TYPE)
}
