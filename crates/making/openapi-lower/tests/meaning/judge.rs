//! A JSON Schema validator as judge over schemas before and after lowering.

use jsonschema::Validator;
use openapi_lower::wire_names;
use serde_json::{Map, Value, json};

/// Judges instances of a named schema of a document.
pub(crate) struct Judge(Validator);

impl Judge {
    /// A judge by `Body` of the document as it was published.
    pub(crate) fn before(document: &Value) -> Self {
        Self::of(document, "Body", false)
    }

    /// A judge by the schema `name` of the lowered document. A generated type reads an instance that has several of the forms
    /// of a union, so that its `oneOf` means `anyOf`.
    pub(crate) fn after(lowered: &Value, name: &str) -> Self {
        Self::of(lowered, name, true)
    }

    fn of(document: &Value, name: &str, lowered: bool) -> Self {
        let schema = json!({
            "$ref": format!("#/components/schemas/{name}"),
            "components": {"schemas": plain(&document["components"]["schemas"], lowered)},
        });
        Self(jsonschema::draft202012::new(&schema).unwrap())
    }

    pub(crate) fn accepts(&self, instance: &Value) -> bool {
        self.0.is_valid(instance)
    }
}

/// A schema of OpenAPI in the words of JSON Schema 2020-12.
fn plain(value: &Value, lowered: bool) -> Value {
    match value {
        Value::Object(object) => schema(object, lowered),
        Value::Array(list) => list.iter().map(|value| plain(value, lowered)).collect(),
        Value::String(text) => wire_names(text).into_owned().into(),
        other => other.clone(),
    }
}

fn schema(object: &Map<String, Value>, lowered: bool) -> Value {
    if let Some(extension) = object.get("x-rust-type") {
        // The generator does not read what stands beside it, `nullable` neither.
        return runtime_type(extension);
    }
    let mut schema = Map::new();
    for (keyword, value) in object {
        let keyword = wire_names(keyword).into_owned();
        let inner = plain(value, lowered);
        match (keyword.as_str(), value) {
            ("nullable", Value::Bool(_)) => {}
            ("exclusiveMinimum", Value::Bool(true)) => {
                schema.insert(keyword, object["minimum"].clone());
            }
            ("exclusiveMaximum", Value::Bool(true)) => {
                schema.insert(keyword, object["maximum"].clone());
            }
            ("oneOf", _) if lowered => {
                schema.insert("anyOf".to_owned(), inner);
            }
            _ => {
                schema.insert(keyword, inner);
            }
        }
    }
    if object.get("nullable") == Some(&json!(true)) {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    Value::Object(schema)
}

/// What the types of the run time read and write, from their documentation.
fn runtime_type(extension: &Value) -> Value {
    let path = extension["path"].as_str().unwrap();
    let kinds: &[&str] = match path.rsplit("::").next().unwrap() {
        "Amount" | "AmountText" | "Timestamp" | "NumberOrText" => &["number", "string"],
        "RequestAmount" => &["number"],
        "RequestAmountText" | "Open" => &["string"],
        "Nullable" => {
            let inner = plain(&extension["parameters"][0], true);
            return json!({"anyOf": [inner, {"type": "null"}]});
        }
        other => panic!("what {other} reads has to be said here"),
    };
    json!({"type": kinds})
}
