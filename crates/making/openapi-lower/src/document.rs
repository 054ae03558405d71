//! Walking a document: its operations, and every schema with the direction in which it is used.

use serde_json::{Map, Value};

pub(crate) use openapi_model::METHODS;
use openapi_model::{is_method, names};

use crate::direction::{self, Directions};
use crate::keyed::Keyed;
use crate::{pointer, reference, schema};

/// Calls `visit` with the pointer and the object of every operation.
pub(crate) fn each_operation_mut(
    document: &mut Value,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    for (path, item) in document.object_mut("paths").into_iter().flatten() {
        let at = pointer::join("/paths", path);
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let (true, Value::Object(operation)) = (is_method(method), operation) {
                visit(&pointer::join(&at, method), operation);
            }
        }
    }
}

/// The same, to read only.
pub(crate) fn each_operation(document: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    for (path, item) in document.members("paths") {
        let at = pointer::join("/paths", path);
        for method in METHODS {
            if let Some(operation) = item.get(method).filter(|found| found.is_object()) {
                visit(&pointer::join(&at, method), operation);
            }
        }
    }
}

/// The pointers of the schemas of every parameter, body and answer of every operation; schemas of components are reached
/// from these by reference only.
pub(crate) fn operation_schemas(document: &mut Value) -> Vec<String> {
    let mut found = Vec::new();
    each_root_mut(document, &mut |_, at, _| found.push(at.clone()));
    found
}

/// Takes the pointer, the direction and the object of a schema.
pub(crate) type SchemaVisitor<'a> = dyn FnMut(&str, Directions, &mut Map<String, Value>) + 'a;

/// Calls `visit` for every schema object of the document, components included, with its pointer. Schemas that no
/// operation reaches are visited as well.
pub(crate) fn each_schema_mut(
    document: &mut Value,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    each_with(document, |_| Directions::default(), &mut |at, _, schema| {
        visit(at, schema)
    });
}

/// The same with the direction in which a schema is used; where no operation reaches it, with neither.
pub(crate) fn each_directed_schema_mut(document: &mut Value, visit: &mut SchemaVisitor<'_>) {
    let directions = direction::of_components(document);
    let of_component = |name: &str| directions.get(name).copied().unwrap_or_default();
    each_with(document, of_component, visit);
}

fn each_with(
    document: &mut Value,
    of_component: impl Fn(&str) -> Directions,
    visit: &mut SchemaVisitor<'_>,
) {
    let mut inside = |schema: &mut Value, at: &mut String, direction: Directions| {
        schema::walk_at(schema, at, &mut |at, object| visit(at, direction, object));
    };
    each_root_mut(document, &mut inside);
    let mut at = "/components/schemas".to_owned();
    let components = document.get_mut("components");
    let schemas = components.and_then(|components| components.object_mut("schemas"));
    for (name, schema) in schemas.into_iter().flatten() {
        let direction = of_component(name);
        pointer::within(&mut at, name, |at| inside(schema, at, direction));
    }
}

/// Takes a schema, its pointer and its direction.
type RootVisitor<'a> = dyn FnMut(&mut Value, &mut String, Directions) + 'a;

fn each_root_mut(document: &mut Value, visit: &mut RootVisitor<'_>) {
    let mut at = "/paths".to_owned();
    for (path, item) in document.object_mut("paths").into_iter().flatten() {
        pointer::within(&mut at, path, |at| {
            for method in METHODS {
                if let Some(operation) = item.get_mut(method) {
                    pointer::within(at, method, |at| each_of_operation(operation, at, visit));
                }
            }
        });
    }
}

fn each_of_operation(operation: &mut Value, at: &mut String, visit: &mut RootVisitor<'_>) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for (index, parameter) in parameters.into_iter().flatten().enumerate() {
        pointer::at_index(at, "parameters", index, |at| {
            if let Some(schema) = parameter.get_mut("schema") {
                pointer::within(at, "schema", |at| visit(schema, at, Directions::SENT));
            }
            each_of_content(parameter, at, Directions::SENT, visit);
        });
    }
    if let Some(body) = operation.get_mut("requestBody") {
        pointer::within(at, "requestBody", |at| {
            each_of_content(body, at, Directions::SENT, visit);
        });
    }
    pointer::within(at, "responses", |at| {
        for (status, response) in operation.object_mut("responses").into_iter().flatten() {
            pointer::within(at, status, |at| {
                each_of_content(response, at, Directions::RECEIVED, visit);
            });
        }
    });
}

fn each_of_content(
    owner: &mut Value,
    at: &mut String,
    direction: Directions,
    visit: &mut RootVisitor<'_>,
) {
    for (media_type, media) in owner.object_mut("content").into_iter().flatten() {
        if let Some(schema) = media.get_mut("schema") {
            pointer::within(at, "content", |at| {
                pointer::within(at, media_type, |at| {
                    pointer::within(at, "schema", |at| visit(schema, at, direction));
                });
            });
        }
    }
}

/// Adds a named schema; takes the next free number behind the name if another schema has it already.
pub(crate) fn add_component(document: &mut Value, name: &str, schema: Value) -> String {
    let schemas = schemas_mut(document);
    let is_other = |name: &str| schemas.get(name).is_some_and(|known| *known != schema);
    let chosen = names::free(name, "", is_other);
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
    serde_json::json!({"$ref": reference::to_schema(name)})
}

/// Whether the schema at `at` is one of a parameter of an operation.
pub(crate) fn is_parameter(at: &str) -> bool {
    // `/paths/PATH/METHOD/parameters/…`.
    let mut tokens = at.split('/').skip(1);
    tokens.next() == Some("paths") && tokens.nth(2) == Some("parameters")
}
