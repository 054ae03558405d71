//! Which schemas are sent, which are received.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::keyed::Keyed;
use crate::{reference, schema};

pub(crate) use openapi_model::Directions;

/// The direction of every named schema, by name; absent: used by no operation.
pub(crate) fn of_components(document: &Value) -> BTreeMap<String, Directions> {
    let components = document.pointer("/components/schemas");
    let Some(components) = components.and_then(Value::as_object) else {
        return BTreeMap::new();
    };
    let mut directions: HashMap<&str, Directions> = HashMap::new();
    let mut queue = Vec::new();
    let items = document.members("paths");
    let operations = items.filter_map(|(_, item)| item.as_object());
    for operation in operations.flat_map(Map::values) {
        for parameter in operation.list("parameters") {
            let own = parameter.get("schema").into_iter();
            let sent = own.chain(schemas_of_content(parameter));
            queue.extend(sent.map(|schema| (Directions::SENT, schema)));
        }
        let body = operation.get("requestBody").into_iter();
        let sent = body.flat_map(schemas_of_content);
        queue.extend(sent.map(|schema| (Directions::SENT, schema)));
        let answers = operation.members("responses");
        let received = answers.flat_map(|(_, answer)| schemas_of_content(answer));
        queue.extend(received.map(|schema| (Directions::RECEIVED, schema)));
    }
    while let Some((direction, schema)) = queue.pop() {
        each_reference(schema, &mut |name| {
            let Some((name, component)) = components.get_key_value(name.as_ref()) else {
                return;
            };
            let known = directions.entry(name).or_default();
            if known.add(direction) {
                queue.push((direction, component));
            }
        });
    }
    let owned = |(name, direction): (&str, Directions)| (name.to_owned(), direction);
    directions.into_iter().map(owned).collect()
}

fn schemas_of_content(owner: &Value) -> impl Iterator<Item = &Value> {
    let content = owner.members("content");
    content.filter_map(|(_, media)| media.get("schema"))
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
        if let Some(extension) = object.get(crate::rust_type::EXTENSION) {
            let arguments = extension.list("parameters").iter();
            arguments.for_each(|argument| each_reference(argument, visit));
        }
    });
}

/// `Name` of `#/components/schemas/Name`.
pub(crate) fn component_name(reference: &str) -> Option<String> {
    reference::schema_name(reference).map(Cow::into_owned)
}
