//! Which schemas are sent, which are received.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{document, pointer, schema};

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
    let mut directions: BTreeMap<String, Direction> = BTreeMap::new();
    for direction in [Direction::REQUEST, Direction::ANSWER] {
        let mut seen = BTreeSet::new();
        let mut queue = Vec::new();
        document::each_operation_schema(document, &mut |_, found, root| {
            if found == direction {
                queue.extend(references(root));
            }
        });
        while let Some(name) = queue.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let entry = directions.entry(name.clone()).or_default();
            entry.request |= direction.request;
            entry.answer |= direction.answer;
            let at = pointer::join("#/components/schemas", &name);
            if let Some(component) = pointer::resolve(document, &at) {
                queue.extend(references(component));
            }
        }
    }
    directions
}

/// Names of the components that `root` refers to directly, from the arguments of a Rust type as well.
pub(crate) fn references(root: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect_references(root, &mut names);
    names
}

fn collect_references(root: &Value, names: &mut Vec<String>) {
    schema::walk(root, &mut |object| {
        names.extend(schema::reference(object).and_then(component_name));
        let arguments = object
            .get(crate::rust_type::EXTENSION)
            .and_then(|extension| extension.get("parameters"))
            .and_then(Value::as_array);
        for argument in arguments.into_iter().flatten() {
            collect_references(argument, names);
        }
    });
}

/// `Name` of `#/components/schemas/Name`.
pub(crate) fn component_name(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    let unescaped = || pointer::decode(name).replace("~1", "/").replace("~0", "~");
    (!name.contains('/')).then(unescaped)
}
