//! Walking a document: its operations, and every schema with the direction in which it is used.

use serde_json::{Map, Value};

use crate::direction::{self, Direction};
use crate::{pointer, schema};

/// The methods that OpenAPI knows.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Calls `visit` with the pointer and the object of every operation.
pub(crate) fn each_operation_mut(
    document: &mut Value,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths.iter_mut() {
        let at = pointer::join("/paths", path);
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        for (method, operation) in item.iter_mut() {
            if let (true, Value::Object(operation)) =
                (METHODS.contains(&method.as_str()), operation)
            {
                visit(&pointer::join(&at, method), operation);
            }
        }
    }
}

/// The same, to read only.
pub(crate) fn each_operation(document: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let at = pointer::join("/paths", path);
        for method in METHODS {
            if let Some(operation) = item.get(method).filter(|found| found.is_object()) {
                visit(&pointer::join(&at, method), operation);
            }
        }
    }
}

/// Calls `visit` with the pointer, the direction and the schema of every parameter, body and answer of
/// every operation; schemas of components are reached from these by reference only.
pub(crate) fn each_operation_schema<'a>(
    document: &'a Value,
    visit: &mut dyn FnMut(&str, Direction, &'a Value),
) {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return;
    };
    for (path, item) in paths {
        let at = pointer::join("/paths", path);
        each_schema_of_item(item, &at, visit);
    }
}

fn each_schema_of_item<'a>(
    item: &'a Value,
    at: &str,
    visit: &mut dyn FnMut(&str, Direction, &'a Value),
) {
    parameter_schemas(item, at, visit);
    for method in METHODS {
        let Some(operation) = item.get(method) else {
            continue;
        };
        let at = pointer::join(at, method);
        parameter_schemas(operation, &at, visit);
        if let Some(body) = operation.get("requestBody") {
            content_schemas(
                body,
                &pointer::join(&at, "requestBody"),
                Direction::REQUEST,
                visit,
            );
        }
        if let Some(responses) = operation.get("responses").and_then(Value::as_object) {
            let at = pointer::join(&at, "responses");
            for (status, response) in responses {
                content_schemas(
                    response,
                    &pointer::join(&at, status),
                    Direction::ANSWER,
                    visit,
                );
            }
        }
    }
}

fn parameter_schemas<'a>(
    owner: &'a Value,
    at: &str,
    visit: &mut dyn FnMut(&str, Direction, &'a Value),
) {
    let Some(parameters) = owner.get("parameters").and_then(Value::as_array) else {
        return;
    };
    for (index, parameter) in parameters.iter().enumerate() {
        let at = pointer::join(&pointer::join(at, "parameters"), &index.to_string());
        if let Some(schema) = parameter.get("schema") {
            visit(&pointer::join(&at, "schema"), Direction::REQUEST, schema);
        }
        content_schemas(parameter, &at, Direction::REQUEST, visit);
    }
}

fn content_schemas<'a>(
    owner: &'a Value,
    at: &str,
    direction: Direction,
    visit: &mut dyn FnMut(&str, Direction, &'a Value),
) {
    let Some(content) = owner.get("content").and_then(Value::as_object) else {
        return;
    };
    for (media_type, media) in content {
        if let Some(schema) = media.get("schema") {
            let at = pointer::join(&pointer::join(at, "content"), media_type);
            visit(&pointer::join(&at, "schema"), direction, schema);
        }
    }
}

/// Takes the pointer, the direction and the object of a schema.
pub(crate) type SchemaVisitor<'a> = dyn FnMut(&str, Direction, &mut Map<String, Value>) + 'a;

/// Calls `visit` for every schema object of the document, components included, with its pointer and the
/// direction in which it is used. Schemas that no operation reaches are visited as well, with neither.
pub(crate) fn each_schema_mut(document: &mut Value, visit: &mut SchemaVisitor<'_>) {
    let (mut roots, mut schemas) = (Vec::new(), Vec::new());
    each_operation_schema(document, &mut |at, direction, schema| {
        roots.push((at.to_owned(), direction));
        schemas.push((direction, schema));
    });
    let directions = direction::from_roots(document, schemas);
    let components = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for name in components.into_iter().flat_map(Map::keys) {
        let direction = directions.get(name).copied().unwrap_or_default();
        roots.push((pointer::join("/components/schemas", name), direction));
    }
    for (at, direction) in roots {
        if let Some(root) = pointer::find_mut(document, &at) {
            schema::walk_mut(root, &at, &mut |at, object| visit(at, direction, object));
        }
    }
}

/// Adds a named schema; takes the next free number behind the name if another schema has it already.
pub(crate) fn add_component(document: &mut Value, name: &str, schema: Value) -> String {
    let schemas = schemas_mut(document);
    let mut chosen = name.to_owned();
    let mut number = 2;
    while schemas
        .get(&chosen)
        .is_some_and(|existing| *existing != schema)
    {
        chosen = format!("{name}{number}");
        number += 1;
    }
    schemas.insert(chosen.clone(), schema);
    chosen
}

/// `components.schemas`, made if it is missing or no object.
pub(crate) fn schemas_mut(document: &mut Value) -> &mut Map<String, Value> {
    object_entry(object_entry(as_object(document), "components"), "schemas")
}

fn object_entry<'a>(owner: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    as_object(
        owner
            .entry(key)
            .or_insert_with(|| Value::Object(Map::new())),
    )
}

/// `value` as an object; anything else is replaced by an empty one.
fn as_object(value: &mut Value) -> &mut Map<String, Value> {
    loop {
        if let Value::Object(object) = value {
            return object;
        }
        *value = Value::Object(Map::new());
    }
}

/// A `$ref` to a named schema.
pub(crate) fn reference_to(name: &str) -> Value {
    // A percent sign begins an escape of a URI.
    let escaped = name
        .replace('~', "~0")
        .replace('/', "~1")
        .replace('%', "%25");
    serde_json::json!({"$ref": format!("#/components/schemas/{escaped}")})
}
