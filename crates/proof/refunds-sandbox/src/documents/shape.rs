//! What kinds of values a schema speaks of: how a parameter's names and values stand in a request
//! depends on it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::source::{Source, text};

#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) has_scalars: bool,
    pub(super) has_arrays: bool,
    pub(super) has_objects: bool,
    /// The names of an object's members.
    pub(super) members: BTreeSet<String>,
    /// Whether an object may say other names, too.
    pub(super) is_open: bool,
}

impl Shape {
    pub(super) fn of(source: &Source, schema: &Value) -> Self {
        let mut shape = Self::default();
        for part in source.all_and_any(schema) {
            match part.get("type") {
                Some(Value::String(kind)) => shape.add_type(kind),
                Some(Value::Array(kinds)) => {
                    let kinds = kinds.iter().filter_map(Value::as_str);
                    kinds.for_each(|kind| shape.add_type(kind));
                }
                _ if part.get("properties").is_some() => shape.has_objects = true,
                _ if part.get("items").is_some() => shape.has_arrays = true,
                _ if text(part, "format").is_some() => shape.has_scalars = true,
                _ => {}
            }
            let members = part.get("properties").and_then(Value::as_object);
            shape
                .members
                .extend(members.into_iter().flatten().map(|(name, _)| name.clone()));
            let others = part.get("additionalProperties");
            shape.is_open |= others.is_some_and(|others| *others != Value::Bool(false));
            shape.is_open |= part.get("patternProperties").is_some();
        }
        shape.is_open |= shape.members.is_empty();
        shape
    }

    pub(super) const fn is_object(&self) -> bool {
        self.has_objects && !self.has_arrays && !self.has_scalars
    }

    fn add_type(&mut self, kind: &str) {
        match kind {
            "array" => self.has_arrays = true,
            "object" => self.has_objects = true,
            "null" => {}
            _ => self.has_scalars = true,
        }
    }
}
