//! One OpenAPI document, and what its references lead to.

use std::collections::BTreeSet;

use jsonschema::Draft;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::problem::Problem;

/// Longer chains of references than this are taken for circles.
const LONGEST_CHAIN: usize = 64;

/// Whose document it is: the sandbox's own four are read a little more narrowly than any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As the specifications say.
    Specified,
    /// Optional or not, a body that these calls describe is what they are about;
    /// text in the format `json` holds an object.
    Sandbox,
}

/// A document that everything compiled from it shares.
pub(super) struct Source {
    root: Value,
    pub(super) draft: Draft,
    pub(super) reading: Reading,
}

impl Source {
    pub(super) fn of(root: Value, reading: Reading) -> Result<Self, String> {
        let version = root.get("openapi").and_then(Value::as_str);
        let version = version.ok_or("it has no `openapi`, the version of OpenAPI")?;
        // OpenAPI 3.0 has draft 4's `exclusiveMinimum`; from 3.1 on it is JSON Schema 2020-12.
        let draft = if version == "3.0" || version.starts_with("3.0.") {
            Draft::Draft4
        } else if version.starts_with("3.") {
            Draft::Draft202012
        } else {
            return Err(format!("OpenAPI {version} is not one of 3.0 and 3.1"));
        };
        Ok(Self {
            root,
            draft,
            reading,
        })
    }

    pub(super) const fn root(&self) -> &Value {
        &self.root
    }

    pub(super) fn is_old(&self) -> bool {
        self.draft == Draft::Draft4
    }

    /// What a reference names; nothing where it is broken or leads elsewhere.
    pub(super) fn named(&self, reference: &str) -> Option<&Value> {
        if let Some(fragment) = reference.strip_prefix('#') {
            let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
            if fragment.is_empty() || fragment.starts_with('/') {
                return self.root.pointer(&fragment);
            }
            let is_anchor = |object: &Map<String, Value>| {
                ["$anchor", "$dynamicAnchor"].into_iter().any(|keyword| {
                    object.get(keyword).and_then(Value::as_str) == Some(fragment.as_ref())
                })
            };
            return first_object(&self.root, &is_anchor);
        }
        let is_it = |object: &Map<String, Value>| {
            object.get("$id").and_then(Value::as_str) == Some(reference)
        };
        first_object(&self.root, &is_it)
    }

    /// The object itself, wherever references lead; an `Err` says which one leads nowhere.
    pub(super) fn behind<'a>(&'a self, mut described: &'a Value) -> Result<&'a Value, Problem> {
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = reference(described) else {
                return Ok(described);
            };
            described = self
                .named(reference)
                .ok_or_else(|| Problem::of_document(nowhere(reference)))?;
        }
        Err(Problem::of_document("references that lead in a circle"))
    }

    /// The schema with every other that describes the same value, or may: behind
    /// its references and in its `allOf`, `anyOf` and `oneOf`.
    pub(super) fn all_and_any<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        self.same_value(schema, &["allOf", "anyOf", "oneOf"])
    }

    /// The schema with every other that describes the same value in any case.
    pub(super) fn all<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        self.same_value(schema, &["allOf"])
    }

    fn same_value<'a>(&'a self, schema: &'a Value, keywords: &[&str]) -> Vec<&'a Value> {
        let mut found = Vec::new();
        let mut open = vec![schema];
        let mut seen = BTreeSet::new();
        while let Some(schema) = open.pop() {
            if let Some(reference) = reference(schema) {
                if seen.insert(reference) {
                    open.extend(self.named(reference));
                }
                if self.is_old() {
                    continue;
                }
            }
            found.push(schema);
            for keyword in keywords {
                let branches = schema.get(*keyword).and_then(Value::as_array);
                open.extend(branches.into_iter().flatten());
            }
        }
        found
    }
}

pub(super) fn reference(described: &Value) -> Option<&str> {
    described.get("$ref")?.as_str()
}

pub(super) fn nowhere(reference: &str) -> String {
    format!("{reference:?} leads to nothing in it")
}

pub(super) fn is_true(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool) == Some(true)
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn first_object<'a>(
    value: &'a Value,
    is_it: &dyn Fn(&Map<String, Value>) -> bool,
) -> Option<&'a Value> {
    match value {
        Value::Object(members) if is_it(members) => Some(value),
        Value::Object(members) => members
            .values()
            .find_map(|value| first_object(value, is_it)),
        Value::Array(items) => items.iter().find_map(|value| first_object(value, is_it)),
        _ => None,
    }
}
