//! A schema of an OpenAPI document with all that it refers to, as one JSON Schema.
//!
//! What keywords mean is JSON Schema's and the library's business. Here is what OpenAPI adds:
//! references to anywhere in the document, `nullable`, and members that go one way only.
//! Schemas that are resources of their own (`$id`) are found by that name, but a relative reference
//! in one of them is not; `$dynamicRef` is read as `$ref`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::source::{Source, is_true, nowhere, reference};

/// Which way a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// Keywords of both versions whose values are no schemas.
const PLAIN: [&str; 14] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Those that came with JSON Schema 2020-12.
const NEW_PLAIN: [&str; 4] = ["const", "dependentRequired", "maxContains", "minContains"];
const NEW_SCHEMA: [&str; 4] = [
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const NEW_SAME_VALUE: [&str; 3] = ["if", "then", "else"];
const NEW_BY_NAME: [&str; 2] = ["dependentSchemas", "patternProperties"];

type Names = BTreeSet<String>;

/// A schema, and the first reference of it that leads nowhere: what is there allows everything.
pub(super) struct Bundled {
    pub(super) schema: Value,
    pub(super) flaw: Option<String>,
}

pub(super) fn bundle(source: &Source, schema: &Value, direction: Direction) -> Bundled {
    let mut bundle = Bundle {
        source,
        direction,
        indices: BTreeMap::new(),
        waiting: Vec::new(),
        flaw: None,
    };
    let root = bundle.schema(schema, &Names::new());
    let mut definitions = Map::new();
    while let Some((index, referred, not_required)) = bundle.waiting.pop() {
        let definition = bundle.schema(referred, &not_required);
        definitions.insert(index.to_string(), definition);
    }
    for name in without_end(&definitions) {
        definitions.insert(name, json!({}));
        bundle
            .flaw
            .get_or_insert_with(|| "a schema that refers to itself for the same value".to_owned());
    }
    Bundled {
        // A reference of its own, since draft 4 overlooks what stands beside one.
        schema: json!({ "allOf": [root], "definitions": definitions }),
        flaw: bundle.flaw,
    }
}

struct Bundle<'a> {
    source: &'a Source,
    direction: Direction,
    /// What was referred to, with the names that are not required there.
    indices: BTreeMap<(String, Names), usize>,
    waiting: Vec<(usize, &'a Value, Names)>,
    flaw: Option<String>,
}

impl<'a> Bundle<'a> {
    /// The schema in JSON Schema's words; these names are not required by it.
    fn schema(&mut self, schema: &Value, not_required: &Names) -> Value {
        let Value::Object(members) = schema else {
            return match schema {
                Value::Bool(false) => json!({"not": {}}),
                _ => json!({}),
            };
        };
        let is_old = self.source.is_old();
        if is_old && let Some(reference) = reference(schema) {
            return self.reference(reference, not_required);
        }
        let mut not_required = not_required.clone();
        self.add_one_way(schema, &mut not_required);
        let mut said = Map::new();
        for (keyword, value) in members {
            if let Some(value) = self.keyword(keyword, value, &not_required) {
                said.insert(keyword.clone(), value);
            }
        }
        let referred = ["$ref", "$dynamicRef"]
            .into_iter()
            .filter_map(|keyword| members.get(keyword)?.as_str())
            .map(|reference| self.reference(reference, &not_required))
            .collect::<Vec<_>>();
        if !referred.is_empty() {
            let all = said.entry("allOf").or_insert_with(|| json!([]));
            all.as_array_mut()
                .into_iter()
                .for_each(|all| all.extend(referred.clone()));
        }
        if is_old && is_true(schema, "nullable") {
            allow_null(said)
        } else {
            Value::Object(said)
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value, not_required: &Names) -> Option<Value> {
        match (keyword, value) {
            ("required", Value::Array(names)) => {
                let is_required = |name: &&Value| {
                    name.as_str()
                        .is_none_or(|name| !not_required.contains(name))
                };
                let required: Vec<_> = names.iter().filter(is_required).cloned().collect();
                (!required.is_empty()).then_some(Value::Array(required))
            }
            ("enum", Value::Array(values)) => (!values.is_empty()).then(|| value.clone()),
            ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                let branches: Vec<_> = branches
                    .iter()
                    .map(|branch| self.schema(branch, not_required))
                    .collect();
                (!branches.is_empty()).then_some(Value::Array(branches))
            }
            ("prefixItems", Value::Array(items)) if !self.source.is_old() => {
                Some(items.iter().map(|item| self.inner(item)).collect())
            }
            ("properties", Value::Object(members)) => Some(self.by_name(members)),
            (keyword, Value::Object(members)) if self.is_new(&NEW_BY_NAME, keyword) => {
                Some(self.by_name(members))
            }
            ("additionalProperties", Value::Bool(_)) => Some(value.clone()),
            ("items" | "not" | "additionalProperties", _) => Some(self.inner(value)),
            (keyword, _) if self.is_new(&NEW_SCHEMA, keyword) => Some(self.inner(value)),
            (keyword, _) if self.is_new(&NEW_SAME_VALUE, keyword) => {
                Some(self.schema(value, not_required))
            }
            (keyword, _) if keyword == "type" || PLAIN.contains(&keyword) => Some(value.clone()),
            (keyword, _) if self.is_new(&NEW_PLAIN, keyword) => Some(value.clone()),
            ("required" | "enum" | "properties" | "allOf" | "anyOf" | "oneOf", _) => {
                Some(value.clone())
            }
            _ => None,
        }
    }

    fn is_new(&self, keywords: &[&str], keyword: &str) -> bool {
        !self.source.is_old() && keywords.contains(&keyword)
    }

    /// A schema of another value.
    fn inner(&mut self, schema: &Value) -> Value {
        self.schema(schema, &Names::new())
    }

    fn by_name(&mut self, schemas: &Map<String, Value>) -> Value {
        let schemas = schemas.iter();
        let said = schemas.map(|(name, schema)| (name.clone(), self.inner(schema)));
        Value::Object(said.collect())
    }

    fn reference(&mut self, reference: &str, not_required: &Names) -> Value {
        let Some(referred) = self.source.named(reference) else {
            self.flaw.get_or_insert_with(|| nowhere(reference));
            return json!({});
        };
        let next = self.indices.len();
        let key = (reference.to_owned(), not_required.clone());
        let index = *self.indices.entry(key).or_insert(next);
        if index == next {
            self.waiting.push((index, referred, not_required.clone()));
        }
        json!({ "$ref": format!("#/definitions/{index}") })
    }

    /// Adds the members that this direction does not have: OpenAPI 3.0 says of a required member
    /// which is `readOnly` that it is required in answers only, and of a `writeOnly` one in requests
    /// only. 3.1 leaves it to the two words, which mean the same.
    fn add_one_way(&self, schema: &Value, names: &mut Names) {
        let word = match self.direction {
            Direction::Request => "readOnly",
            Direction::Answer => "writeOnly",
        };
        for part in self.source.all(schema) {
            let properties = part.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                let parts = self.source.all(property);
                if parts.into_iter().any(|part| is_true(part, word)) {
                    names.insert(name.clone());
                }
            }
        }
    }
}

/// Says `nullable: true` in JSON Schema's words. Without a `type` beside it, 3.0.3 gives it no
/// meaning and the versions before it do: null is allowed.
fn allow_null(mut said: Map<String, Value>) -> Value {
    let Some(kind) = said.get_mut("type") else {
        return json!({ "anyOf": [{ "enum": [null] }, said] });
    };
    if kind.is_string() {
        *kind = json!([kind, "null"]);
    }
    if let Some(Value::Array(values)) = said.get_mut("enum") {
        values.push(Value::Null);
    }
    Value::Object(said)
}

/// The definitions that refer to themselves for the same value, or to such ones: validating by
/// them would have no end.
fn without_end(definitions: &Map<String, Value>) -> Vec<String> {
    let mut open: BTreeMap<&str, BTreeSet<&str>> = definitions
        .iter()
        .map(|(name, definition)| (name.as_str(), same_value(definition)))
        .collect();
    loop {
        let ends = |referred: &BTreeSet<&str>| !referred.iter().any(|name| open.contains_key(name));
        let ended: Vec<&str> = open
            .iter()
            .filter(|(_, referred)| ends(referred))
            .map(|(name, _)| *name)
            .collect();
        if ended.is_empty() {
            return open.into_keys().map(str::to_owned).collect();
        }
        for name in ended {
            open.remove(name);
        }
    }
}

/// The definitions that a schema refers to for the value which it describes itself.
fn same_value(schema: &Value) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let name = reference(schema).and_then(|reference| reference.strip_prefix("#/definitions/"));
        found.extend(name);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get(keyword).and_then(Value::as_array);
            open.extend(branches.into_iter().flatten());
        }
        for keyword in ["not", "if", "then", "else"] {
            open.extend(schema.get(keyword));
        }
        let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
        open.extend(dependent.into_iter().flat_map(Map::values));
    }
    found
}
