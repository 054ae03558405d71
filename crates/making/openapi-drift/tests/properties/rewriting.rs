//! Documents that say the same in another way.

use fastrand::Rng;
use serde_json::{Map, Value};

/// Lists that are sets.
const SETS: [&str; 8] = [
    "required",
    "enum",
    "parameters",
    "oneOf",
    "anyOf",
    "allOf",
    "servers",
    "tags",
];

/// Puts the entries of lists that are sets into another order.
pub(crate) fn shuffle(value: &mut Value, random: &mut Rng) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let is_types = key == "type" && value.is_array();
                if let Value::Array(list) = value
                    && (SETS.contains(&key.as_str()) || is_types)
                {
                    random.shuffle(list);
                }
                shuffle(value, random);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| shuffle(value, random)),
        _ => {}
    }
}

/// Puts what some references lead to in their place; what stands beside them wins.
pub(crate) fn inline(value: &mut Value, document: &Value, random: &mut Rng) {
    match value {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|text| document.pointer(text.strip_prefix('#')?));
            if let Some(Value::Object(target)) = target
                && random.bool()
            {
                let mut merged: Map<String, Value> = target.clone();
                object.remove("$ref");
                merged.append(object);
                *object = merged;
            }
            object
                .values_mut()
                .for_each(|value| inline(value, document, random));
        }
        Value::Array(list) => list
            .iter_mut()
            .for_each(|value| inline(value, document, random)),
        _ => {}
    }
}

/// Gives every component schema another name, in another order.
pub(crate) fn rename_components(document: &Value, random: &mut Rng) -> Value {
    let mut text = document.to_string();
    let mut names: Vec<String> = document["components"]["schemas"]
        .as_object()
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default();
    random.shuffle(&mut names);
    let mut renamed: Value = document.clone();
    let schemas = renamed["components"]["schemas"]
        .as_object_mut()
        .expect("schemas");
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (new_name(&names, &name), schema))
        .collect();
    text.clear();
    text.push_str(&renamed.to_string());
    for name in &names {
        let quoted = |name: &str| format!("\"#/components/schemas/{name}\"");
        text = text.replace(&quoted(name), &quoted(&new_name(&names, name)));
    }
    serde_json::from_str(&text).expect("JSON")
}

fn new_name(names: &[String], name: &str) -> String {
    let index = names.iter().position(|found| found == name);
    format!("Renamed{}", index.expect("a name of the list"))
}

/// Adds words to some descriptions; gives their number.
pub(crate) fn add_words(value: &mut Value, random: &mut Rng) -> usize {
    match value {
        Value::Object(object) => {
            let mut edited = 0;
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "description" && random.bool() => {
                        text.push_str("\nSee the guide of the provider.");
                        edited += 1;
                    }
                    value => edited += add_words(value, random),
                }
            }
            edited
        }
        Value::Array(list) => list.iter_mut().map(|value| add_words(value, random)).sum(),
        _ => 0,
    }
}
