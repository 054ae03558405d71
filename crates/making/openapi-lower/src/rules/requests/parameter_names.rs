//! What parameters are called in Rust.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::report::Scribe;
use crate::rules::read::parameters::in_template;
use crate::spelling::{free, snake};
use crate::{pointer, wire};

/// Names that the generated code uses beside the parameters, and [`OF_OPTIONS`].
const OF_CODE: [&str; 14] = [
    "body",
    "body_map",
    "encode_path",
    "header_map",
    "info",
    "into_call",
    "items",
    "new",
    "other_body",
    "pages",
    "send",
    "send_blocking",
    "settings",
    "stream",
];

/// What the names of options of a call begin with, those that there will be one day among them.
const OF_OPTIONS: &str = "with_";

/// Gives parameters whose names are one in Rust, or taken there, names that are not; they are sent under
/// their own.
pub(crate) fn distinguish(list: &mut [Value], at: &str, scribe: &mut Scribe<'_>) {
    let mut taken: BTreeSet<String> = OF_CODE.iter().map(|&name| name.to_owned()).collect();
    let mut order: Vec<&mut Value> = list.iter_mut().collect();
    order.sort_by_key(|parameter| match parameter["in"].as_str() {
        Some("path") => 0,
        Some("query") => 1,
        _ => 2,
    });
    for parameter in order {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        let rust = snake(&name);
        if place == "path" {
            // These were told apart with the path itself.
            taken.insert(rust);
            continue;
        }
        let chosen = free(wanted(&rust, &place, &taken), "_", &mut taken);
        if chosen != rust {
            scribe.note(
                &pointer::join(at, "parameters"),
                format!("{name:?} in {place} is called {chosen} in Rust"),
            );
            parameter["name"] = wire::spoken(&chosen, &name).into();
        }
    }
}

fn wanted(rust: &str, place: &str, taken: &BTreeSet<String>) -> String {
    if rust.starts_with(OF_OPTIONS) {
        format!("{place}_{rust}")
    } else if taken.contains(rust) {
        format!("{}_{place}", rust.trim_end_matches('_'))
    } else {
        rust.to_owned()
    }
}

/// The same for the names in paths, which the path and every operation of it have to agree on.
pub(crate) fn distinguish_in_paths(document: &mut Value, scribe: &mut Scribe<'_>) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, mut item) in std::mem::take(paths) {
        let mut taken: BTreeSet<String> = OF_CODE.iter().map(|&name| name.to_owned()).collect();
        let mut renamed = path.clone();
        let mut known = BTreeSet::new();
        for name in in_template(&path) {
            let rust = snake(&name);
            // A name that stands in the path twice is one parameter.
            if !known.insert(name.clone()) {
                continue;
            }
            let chosen = free(wanted(&rust, "path", &taken), "_", &mut taken);
            if chosen != rust {
                let spoken = wire::spoken(&chosen, &wire::wire_names(&name));
                renamed = renamed.replace(&format!("{{{name}}}"), &format!("{{{spoken}}}"));
                rename(&mut item, &name, &spoken);
                scribe.note(
                    &pointer::join("/paths", &path),
                    format!("{name:?} in the path is called {chosen} in Rust"),
                );
            }
        }
        paths.insert(renamed, item);
    }
}

fn rename(item: &mut Value, name: &str, spoken: &str) {
    let operations = item.as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in operations {
        let list = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in list.into_iter().flatten() {
            if parameter["name"] == name && parameter["in"] == "path" {
                parameter["name"] = spoken.into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::snake;

    use crate::rules::testing::lowered;

    fn parameters(path: &str, parameters: Value) -> Vec<Value> {
        let lowered = lowered(
            json!({path: {"get": {"operationId": "find", "parameters": parameters, "responses": {"204": {"description": ""}}}}}),
            json!({}),
        );
        let paths = lowered.document["paths"].as_object().unwrap();
        let operation = &paths.values().next().unwrap()["get"];
        operation["parameters"].as_array().unwrap().clone()
    }

    #[test]
    fn names_that_are_one_in_rust_are_called_after_their_places() {
        let text = json!({"type": "string"});
        let found = parameters(
            "/a/{id}/{ID}",
            json!([
                {"name": "id", "in": "path", "required": true, "schema": text},
                {"name": "ID", "in": "path", "required": true, "schema": text},
                {"name": "id", "in": "query", "schema": text},
                {"name": "send", "in": "query", "schema": text},
                {"name": "with_deadline", "in": "query", "schema": text},
                {"name": "With-Fees", "in": "header", "schema": text}
            ]),
        );
        let names: Vec<_> = found
            .iter()
            .map(|parameter| snake(parameter["name"].as_str().unwrap()))
            .collect();
        assert_eq!(
            names,
            [
                "id",
                "id_path",
                "id_query",
                "send_query",
                "query_with_deadline",
                "header_with_fees"
            ]
        );
        let wire: Vec<_> = found
            .iter()
            .map(|parameter| crate::wire_names(parameter["name"].as_str().unwrap()).into_owned())
            .collect();
        assert_eq!(
            wire,
            ["id", "ID", "id", "send", "with_deadline", "With-Fees"]
        );
    }
}
