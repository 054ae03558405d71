//! From a failure of the generator to the place in the document that caused it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use openapi_model::{METHODS, is_method, pointer, reference};
use serde_json::{Map, Value, json};

use super::GeneratorError;

/// Tries the generator on a document.
pub(super) type Attempt<'a> = dyn Fn(&Value) -> Result<(), String> + 'a;

/// The place that makes the generator fail; `cause` is what it said of the whole document.
pub(super) fn first(lowered: &Value, cause: String, attempt: &Attempt<'_>) -> GeneratorError {
    let alone = all(lowered, attempt).into_iter().next();
    alone
        .or_else(|| together(lowered, attempt))
        .unwrap_or(GeneratorError {
            pointer: String::new(),
            operation: None,
            cause,
        })
}

/// Every schema that fails when what it refers to is anything; else every operation that does.
pub(super) fn all(lowered: &Value, attempt: &Attempt<'_>) -> Vec<GeneratorError> {
    let schemas: Vec<_> = schemas(lowered)
        .filter_map(|(name, schema)| {
            let mut components = stand_ins(schema);
            components.insert(name.clone(), schema.clone());
            let alone = document(lowered, json!({}), components);
            attempt(&alone).err().map(|cause| of_schema(name, cause))
        })
        .collect();
    if !schemas.is_empty() {
        return schemas;
    }
    operations(lowered)
        .filter_map(|place| {
            let paths = place.alone();
            let components = stand_ins(&paths);
            let alone = document(lowered, paths, components);
            attempt(&alone).err().map(|cause| place.fault(cause))
        })
        .collect()
}

/// The first schema, and else the first operation, with which those before it fail. Found by halving.
fn together(lowered: &Value, attempt: &Attempt<'_>) -> Option<GeneratorError> {
    let schemas: Vec<_> = schemas(lowered).collect();
    let with_schemas = |count: usize| {
        let mut components: Map<String, Value> = schemas
            .iter()
            .map(|(name, _)| ((*name).clone(), anything()))
            .collect();
        for (name, schema) in &schemas[..count] {
            components.insert((*name).clone(), (*schema).clone());
        }
        attempt(&document(lowered, json!({}), components))
    };
    if let Some((count, cause)) = halve(schemas.len(), &with_schemas) {
        return Some(of_schema(schemas[count - 1].0, cause));
    }
    let operations: Vec<_> = operations(lowered).collect();
    let components: Map<String, Value> = schemas
        .iter()
        .map(|(name, schema)| ((*name).clone(), (*schema).clone()))
        .collect();
    let with_operations = |count: usize| {
        let mut paths = Map::new();
        for place in &operations[..count] {
            place.add_to(&mut paths);
        }
        attempt(&document(lowered, Value::Object(paths), components.clone()))
    };
    let (count, cause) = halve(operations.len(), &with_operations)?;
    Some(operations[count - 1].fault(cause))
}

/// The least number with which `attempt` fails, if it fails with `count`.
fn halve(count: usize, attempt: &dyn Fn(usize) -> Result<(), String>) -> Option<(usize, String)> {
    let mut cause = attempt(count).err()?;
    let (mut good, mut bad) = (0, count);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        match attempt(middle) {
            Ok(()) => good = middle,
            Err(said) => (bad, cause) = (middle, said),
        }
    }
    (bad > 0).then_some((bad, cause))
}

fn of_schema(name: &str, cause: String) -> GeneratorError {
    GeneratorError {
        pointer: pointer::join("/components/schemas", name),
        operation: None,
        cause,
    }
}

/// An operation in its place.
struct Place<'a> {
    path: &'a str,
    method: &'static str,
    item: &'a Map<String, Value>,
}

impl Place<'_> {
    fn alone(&self) -> Value {
        let mut paths = Map::new();
        self.add_to(&mut paths);
        Value::Object(paths)
    }

    fn add_to(&self, paths: &mut Map<String, Value>) {
        let target = paths.entry(self.path).or_insert_with(|| json!({}));
        for (key, value) in self.item {
            if key == self.method || !is_method(key) {
                target[key] = value.clone();
            }
        }
    }

    fn fault(&self, cause: String) -> GeneratorError {
        let id = self.item[self.method].get("operationId");
        GeneratorError {
            pointer: pointer::join(&pointer::join("/paths", self.path), self.method),
            operation: id.and_then(Value::as_str).map(str::to_owned),
            cause,
        }
    }
}

fn operations(lowered: &Value) -> impl Iterator<Item = Place<'_>> {
    let paths = lowered.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        let item = item.as_object();
        METHODS.into_iter().filter_map(move |method| {
            let item = item.filter(|item| item.contains_key(method))?;
            Some(Place { path, method, item })
        })
    })
}

fn schemas(lowered: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let schemas = lowered
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    schemas.into_iter().flatten()
}

fn document(lowered: &Value, paths: Value, schemas: Map<String, Value>) -> Value {
    json!({
        "openapi": lowered["openapi"],
        "info": lowered["info"],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// Everything that `value` refers to, each of it anything: it is tried on its own.
fn stand_ins(value: &Value) -> Map<String, Value> {
    let mut names = BTreeSet::new();
    references(value, &mut names);
    names.into_iter().map(|name| (name, anything())).collect()
}

fn anything() -> Value {
    json!({"type": "object"})
}

fn references(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(reference::schema_name);
            names.extend(name.map(Cow::into_owned));
            object.values().for_each(|inner| references(inner, names));
        }
        Value::Array(list) => list.iter().for_each(|inner| references(inner, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered() -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}}, "/c": {"get": {"operationId": "c"}}},
            "components": {"schemas": {"A": {"title": "a"}, "B": {"$ref": "#/components/schemas/A"}, "C": {"title": "c"}}}
        })
    }

    #[test]
    fn a_schema_that_fails_only_with_another_one_is_found_by_halving() {
        // Fails as soon as both A and B are what they are.
        let attempt = |document: &Value| {
            let schemas = &document["components"]["schemas"];
            let both = schemas["A"]["title"] == "a" && schemas["B"].get("$ref").is_some();
            if both { Err("both".to_owned()) } else { Ok(()) }
        };
        let fault = first(&lowered(), String::new(), &attempt);
        assert_eq!(fault.pointer, "/components/schemas/B");
        assert_eq!(fault.cause, "both");
    }

    #[test]
    fn an_operation_that_fails_only_with_another_one_is_found_by_halving() {
        let attempt = |document: &Value| {
            let paths = &document["paths"];
            let both = paths["/a"].get("get").is_some() && paths.get("/c").is_some();
            if both { Err("both".to_owned()) } else { Ok(()) }
        };
        let fault = first(&lowered(), String::new(), &attempt);
        assert_eq!(fault.pointer, "/paths/~1c/get");
        assert_eq!(fault.operation.as_deref(), Some("c"));
    }

    #[test]
    fn every_operation_that_fails_alone_is_found() {
        let attempt = |document: &Value| {
            let bad = document["paths"]["/a"].get("post").is_some()
                || document["paths"].get("/c").is_some();
            if bad { Err("bad".to_owned()) } else { Ok(()) }
        };
        let found: Vec<_> = all(&lowered(), &attempt)
            .into_iter()
            .map(|fault| fault.pointer)
            .collect();
        assert_eq!(found, ["/paths/~1a/post", "/paths/~1c/get"]);
    }
}
