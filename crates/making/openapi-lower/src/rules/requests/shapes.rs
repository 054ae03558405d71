//! What the values of a schema look like where they are written as text.

use serde_json::{Map, Value, json};

use crate::keyed::Keyed;
use crate::{reference, rust_type, shape};

/// What the values of a schema are, as far as writing them goes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Scalar,
    List,
    Object,
    /// Nothing, or several things.
    Mixed,
}

/// The schema behind references, alone or in an `allOf`.
pub(crate) fn bare<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = reference::followed(document, schema);
    // No further than any document means it: one that is only in itself has no end.
    for _ in 0..64 {
        let Some(only) = schema.only_part() else {
            break;
        };
        schema = reference::followed(document, only);
    }
    schema
}

pub(crate) fn shape_of(document: &Value, schema: &Value) -> Shape {
    let Some(object) = bare(document, schema).as_object() else {
        return Shape::Mixed;
    };
    if rust_type::is_runtime_type(object) {
        return Shape::Scalar;
    }
    let members = |keyword: &str| object.get(keyword).and_then(Value::as_array);
    if let Some(members) = members("oneOf").or_else(|| members("anyOf")) {
        let scalars = members
            .iter()
            .all(|member| member["$ref"].is_null() && shape_of(document, member) == Shape::Scalar);
        return if scalars { Shape::Scalar } else { Shape::Mixed };
    }
    match object.text("type") {
        Some("array") => Shape::List,
        Some("object") => Shape::Object,
        Some(_) => Shape::Scalar,
        None if object.contains_key("properties") => Shape::Object,
        None => Shape::Mixed,
    }
}

pub(crate) fn is_union(document: &Value, schema: &Value) -> bool {
    let schema = bare(document, schema);
    schema["oneOf"].is_array() || schema["anyOf"].is_array()
}

/// Whether every value is a text, a list of texts or an object with texts, for which each style has a form.
pub(crate) fn is_flat(document: &Value, schema: &Value, depth: usize) -> bool {
    let schema = bare(document, schema);
    let is_text = |inner: &Value| !matches!(shape_of(document, inner), Shape::List | Shape::Object);
    match shape_of(document, schema) {
        Shape::Scalar => true,
        Shape::List => is_text(reference::followed(document, &schema["items"])),
        Shape::Object => {
            let properties = schema["properties"].as_object();
            let mut members = properties.into_iter().flat_map(Map::values);
            members.all(is_text) && is_text(&schema["additionalProperties"])
        }
        Shape::Mixed => {
            let forms = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
            // Alternatives within themselves have no end.
            depth < 8
                && forms.is_some_and(|forms| {
                    forms.iter().all(|form| is_flat(document, form, depth + 1))
                })
        }
    }
}

/// The lists and the scalars of a union that has nothing else.
fn lists_and_scalars<'a>(
    document: &'a Value,
    schema: &'a Value,
) -> Option<(Vec<&'a Value>, Vec<&'a Value>)> {
    let schema = reference::followed(document, schema);
    let members = schema["oneOf"].as_array().or(schema["anyOf"].as_array())?;
    let of_scalars = |list: &&Value| {
        let items = &reference::followed(document, list)["items"];
        shape_of(document, items) == Shape::Scalar
    };
    let (lists, scalars): (Vec<&Value>, Vec<&Value>) = members
        .iter()
        .partition(|member| shape_of(document, member) == Shape::List);
    let only = lists.iter().all(of_scalars)
        && scalars
            .iter()
            .all(|member| shape_of(document, member) == Shape::Scalar);
    (only && !lists.is_empty()).then_some((lists, scalars))
}

/// The list that stands for a union of one value and a list of such values: where there is one value, both
/// are the same on the wire.
pub(crate) fn one_or_many(document: &Value, schema: &Value) -> Option<Value> {
    let (lists, scalars) = lists_and_scalars(document, schema)?;
    let [list] = lists.as_slice() else {
        return None;
    };
    let items = &reference::followed(document, list)["items"];
    let is_text = |schema: &Value| reference::followed(document, schema)["type"] == "string";
    if scalars.iter().all(|one| shape::same(document, one, items)) {
        Some(json!({"type": "array", "items": items}))
    } else if is_text(items) && scalars.iter().all(|one| is_text(one)) {
        Some(json!({"type": "array", "items": {"type": "string"}}))
    } else {
        None
    }
}
