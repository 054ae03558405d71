//! What the documented examples of answers hold, place by place.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::direction::{self, Direction};
use crate::{document, pointer};

/// How deep an example is compared with its schema.
const DEPTH: usize = 64;

/// Takes the pointer of a schema, the schema, and a value that a documented answer has there.
pub(super) type Visitor<'a> = dyn FnMut(&str, &Value, &Value) + 'a;

/// Calls `visit` for every place in every example of an answer, a reference first and then what it refers to.
/// The members of unions are left alone: which of them an example is of is not known.
pub(super) fn each_place(document: &Value, visit: &mut Visitor<'_>) {
    document::each_operation(document, &mut |at, operation| {
        let responses = operation.get("responses").and_then(Value::as_object);
        let at = pointer::join(at, "responses");
        for (status, response) in responses.into_iter().flatten() {
            let content = response.get("content").and_then(Value::as_object);
            let at = pointer::join(&pointer::join(&at, status), "content");
            for (media_type, media) in content.into_iter().flatten() {
                let at = pointer::join(&pointer::join(&at, media_type), "schema");
                let named = media.get("examples").and_then(Value::as_object);
                let named = named.into_iter().flat_map(Map::values);
                let values = named
                    .filter_map(|example| example.get("value"))
                    .chain(media.get("example"));
                for example in values {
                    compare(document, &at, &meant(example), DEPTH, visit);
                }
                if let Some(schema) = media.get("schema") {
                    of_schema(document, &at, schema, visit);
                }
            }
        }
    });
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object);
    for (name, direction) in direction::of_components(document) {
        // What a client sends as well may be an example of that.
        if direction == Direction::ANSWER
            && let Some(schema) = components.and_then(|components| components.get(&name))
        {
            let at = pointer::join("/components/schemas", &name);
            of_schema(document, &at, schema, visit);
        }
    }
}

/// The examples of a schema itself; a null is often only a sign that nobody gave any.
fn of_schema(document: &Value, at: &str, schema: &Value, visit: &mut Visitor<'_>) {
    let several = schema.get("examples").and_then(Value::as_array);
    let all = several
        .into_iter()
        .flatten()
        .chain(schema.get("example"))
        .filter(|example| !example.is_null());
    for example in all {
        compare(document, at, example, DEPTH, visit);
    }
}

/// An example that is the text of the JSON that is meant, as that JSON.
fn meant(example: &Value) -> Cow<'_, Value> {
    let text = example.as_str().map(str::trim_start);
    let quoted = text.filter(|text| text.starts_with(['{', '[']));
    match quoted.and_then(|text| serde_json::from_str(text).ok()) {
        Some(meant) => Cow::Owned(meant),
        None => Cow::Borrowed(example),
    }
}

fn compare(document: &Value, at: &str, example: &Value, depth: usize, visit: &mut Visitor<'_>) {
    let (Some(depth), Some(schema)) = (depth.checked_sub(1), document.pointer(at)) else {
        return;
    };
    visit(at, schema, example);
    // A place that holds null is the one that may, and not what it refers to.
    if example.is_null() {
        return;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if let Some(target) = reference.strip_prefix('#') {
            compare(document, &pointer::decode(target), example, depth, visit);
        }
        return;
    }
    let members = schema.get("allOf").and_then(Value::as_array);
    for index in 0..members.map_or(0, Vec::len) {
        let at = format!("{at}/allOf/{index}");
        compare(document, &at, example, depth, visit);
    }
    match example {
        Value::Object(members) => {
            let at = pointer::join(at, "properties");
            for (name, value) in members {
                compare(document, &pointer::join(&at, name), value, depth, visit);
            }
        }
        Value::Array(items) => {
            let at = pointer::join(at, "items");
            for item in items {
                compare(document, &at, item, depth, visit);
            }
        }
        _ => {}
    }
}

/// Whether clients send the schema at `at`, which decides what it takes more than what they receive.
pub(super) struct Sent {
    directions: std::collections::BTreeMap<String, Direction>,
}

impl Sent {
    pub(super) fn of(document: &Value) -> Self {
        Self {
            directions: direction::of_components(document),
        }
    }

    pub(super) fn is(&self, at: &str) -> bool {
        let name = at.strip_prefix("/components/schemas/");
        let name = name.map(|rest| pointer::unescape(rest.split('/').next().unwrap_or(rest)));
        name.and_then(|name| self.directions.get(&name))
            .is_some_and(|direction| direction.request)
    }
}
