//! Schemas that stand for a Rust type of the run time.

use serde_json::{Map, Value, json};

pub(crate) use crate::schema::RUST_TYPE as EXTENSION;

/// The value of `x-rust-type` for `provider_runtime::NAME`, with the schemas of its type parameters.
pub(crate) fn extension(name: &str, parameters: Vec<Value>) -> Value {
    let mut value = json!({
        "crate": "provider-runtime",
        "version": "*",
        "path": format!("provider_runtime::{name}"),
    });
    if !parameters.is_empty() {
        value["parameters"] = Value::Array(parameters);
    }
    value
}

/// The value of `x-rust-type` for what is of the schema `inner`, in a box.
pub(crate) fn boxed(inner: Value) -> Value {
    json!({"crate": "std", "version": "*", "path": "std::boxed::Box", "parameters": [inner]})
}

/// Keywords that say which type a schema has; the Rust type says it afterwards.
const OF_TYPE: [&str; 8] = [
    "type", "format", "oneOf", "anyOf", "allOf", "$ref", "enum", "nullable",
];

/// Makes `schema` stand for `provider_runtime::NAME`: what describes it stays, what constrains it goes.
/// Gives back, for the report, the constraints that went.
pub(crate) fn become_runtime_type(
    schema: &mut Map<String, Value>,
    name: &str,
    parameters: Vec<Value>,
) -> String {
    let constrains =
        |keyword: &str| !crate::schema::is_annotation(keyword) && !OF_TYPE.contains(&keyword);
    let gone: Vec<_> = schema
        .iter()
        .filter(|(keyword, _)| constrains(keyword))
        .map(|(keyword, value)| format!("{keyword} {value}"))
        .collect();
    schema.retain(|keyword, _| crate::schema::is_annotation(keyword) || keyword == "nullable");
    // An example of the original type says nothing about the Rust type; defaults are no data of ours.
    schema.remove("example");
    schema.insert(EXTENSION.to_owned(), extension(name, parameters));
    if gone.is_empty() {
        String::new()
    } else {
        format!("; left to the provider: {}", gone.join(", "))
    }
}

/// Whether `schema` already stands for a Rust type.
pub(crate) fn is_runtime_type(schema: &Map<String, Value>) -> bool {
    schema.contains_key(EXTENSION)
}
