//! Which schemas are sent, which are received.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::{document, reference, schema};

/// How a schema is used by the operations of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Direction {
    /// It is part of what a client sends.
    pub(crate) request: bool,
    /// It is part of what a client receives.
    pub(crate) answer: bool,
}

impl Direction {
    pub(crate) const REQUEST: Self = Self {
        request: true,
        answer: false,
    };
    pub(crate) const ANSWER: Self = Self {
        request: false,
        answer: true,
    };
}

/// The direction of every named schema, by name; absent: used by no operation.
pub(crate) fn of_components(document: &Value) -> BTreeMap<String, Direction> {
    let components = document.pointer("/components/schemas");
    let Some(components) = components.and_then(Value::as_object) else {
        return BTreeMap::new();
    };
    let mut directions: HashMap<&str, Direction> = HashMap::new();
    let mut queue = Vec::new();
    document::each_operation_schema(document, &mut |_, direction, root| {
        queue.push((direction, root));
    });
    while let Some((direction, schema)) = queue.pop() {
        each_reference(schema, &mut |name| {
            let Some((name, component)) = components.get_key_value(name.as_ref()) else {
                return;
            };
            let known = directions.entry(name).or_default();
            let both = Direction {
                request: known.request || direction.request,
                answer: known.answer || direction.answer,
            };
            if *known != both {
                *known = both;
                queue.push((direction, component));
            }
        });
    }
    let owned = |(name, direction): (&str, Direction)| (name.to_owned(), direction);
    directions.into_iter().map(owned).collect()
}

/// Names of the components that `root` refers to directly, from the arguments of a Rust type as well.
pub(crate) fn references(root: &Value) -> Vec<String> {
    let mut names = Vec::new();
    each_reference(root, &mut |name| names.push(name.into_owned()));
    names
}

fn each_reference<'a>(root: &'a Value, visit: &mut dyn FnMut(Cow<'a, str>)) {
    schema::walk(root, &mut |object| {
        if let Some(name) = schema::reference(object).and_then(reference::schema_name) {
            visit(name);
        }
        let arguments = object
            .get(crate::rust_type::EXTENSION)
            .and_then(|extension| extension.get("parameters"))
            .and_then(Value::as_array);
        for argument in arguments.into_iter().flatten() {
            each_reference(argument, visit);
        }
    });
}

/// `Name` of `#/components/schemas/Name`.
pub(crate) fn component_name(reference: &str) -> Option<String> {
    reference::schema_name(reference).map(Cow::into_owned)
}
