//! Whether an example contradicts its own document, judged by a JSON Schema validator.

use jsonschema::ValidationOptions;
use serde_json::{Map, Value, json};

/// How much of a validator's message is shown.
const LONGEST: usize = 200;

/// A document in the words of JSON Schema.
pub(super) struct Judge {
    document: Value,
}

impl Judge {
    pub(super) fn new(document: &Value) -> Self {
        let old = document
            .get("openapi")
            .and_then(Value::as_str)
            .is_some_and(|version| version.starts_with("3.0"));
        Self {
            document: plain(document, old),
        }
    }

    /// How `example` contradicts the schema at `pointer`; nothing if it does not.
    pub(super) fn contradiction(&self, pointer: &str, example: &Value) -> Option<String> {
        self.document.pointer(pointer)?;
        let mut schema = self.document.clone();
        schema
            .as_object_mut()?
            .insert("$ref".to_owned(), format!("#{}", escaped(pointer)).into());
        let options: ValidationOptions =
            jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        let validator = match options.build(&schema) {
            Ok(validator) => validator,
            Err(error) => {
                return Some(format!(
                    "the schema is none that a validator reads ({})",
                    short(&error.to_string())
                ));
            }
        };
        let error = validator.iter_errors(example).next()?;
        Some(format!(
            "the schema refuses {:?}: {}",
            error.instance_path().to_string(),
            short(&error.to_string())
        ))
    }
}

/// The beginning of a message, which may quote all of an example.
pub(super) fn short(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A pointer as the fragment of a URI has it.
fn escaped(pointer: &str) -> String {
    let mut fragment = String::new();
    for byte in pointer.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'~' | b'-' | b'_' | b'.' => {
                fragment.push(char::from(byte));
            }
            other => fragment.push_str(&format!("%{other:02X}")),
        }
    }
    fragment
}

/// A document whose schemas are those of JSON Schema 2020-12: `old` ones have `nullable`, exclusive limits
/// as flags, and nothing beside a reference.
fn plain(value: &Value, old: bool) -> Value {
    match value {
        Value::Object(object) => of_object(object, old),
        Value::Array(list) => list.iter().map(|value| plain(value, old)).collect(),
        other => other.clone(),
    }
}

fn of_object(object: &Map<String, Value>, old: bool) -> Value {
    let mut schema = Map::new();
    if old && let Some(reference) = object.get("$ref").filter(|found| found.is_string()) {
        schema.insert("$ref".to_owned(), reference.clone());
        return Value::Object(schema);
    }
    for (keyword, value) in object {
        let limit = match keyword.as_str() {
            "exclusiveMinimum" => "minimum",
            "exclusiveMaximum" => "maximum",
            _ => "",
        };
        match (keyword.as_str(), value) {
            // What an example holds is no schema, nor is an id of OpenAPI.
            ("example" | "examples" | "default" | "id" | "$id", Value::Object(_)) => {
                schema.insert(keyword.clone(), plain(value, old));
            }
            ("example" | "examples" | "default" | "id" | "$id" | "$schema", _) => {}
            ("nullable", Value::Bool(_)) if old => {}
            (_, Value::Bool(flag)) if !limit.is_empty() => {
                if let (true, Some(limit)) = (*flag, object.get(limit)) {
                    schema.insert(keyword.clone(), limit.clone());
                }
            }
            _ => {
                schema.insert(keyword.clone(), plain(value, old));
            }
        }
    }
    if old && object.get("nullable") == Some(&json!(true)) {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(version: &str, schema: Value, example: &Value) -> Option<String> {
        let document = json!({"openapi": version, "components": {"schemas": {"A": schema, "B c": {"type": "boolean"}}}});
        Judge::new(&document).contradiction("/components/schemas/A", example)
    }

    #[test]
    fn the_place_of_a_contradiction_is_told() {
        let schema =
            json!({"type": "object", "properties": {"on": {"$ref": "#/components/schemas/B%20c"}}});
        assert_eq!(judged("3.0.3", schema.clone(), &json!({"on": true})), None);
        let told = judged("3.0.3", schema, &json!({"on": "yes"})).unwrap();
        assert!(
            told.starts_with("the schema refuses \"/on\": \"yes\" is not of type"),
            "{told}"
        );
    }

    #[test]
    fn the_words_of_openapi_3_0_are_understood() {
        let nullable =
            json!({"type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true});
        assert_eq!(judged("3.0.3", nullable.clone(), &Value::Null), None);
        assert!(judged("3.0.3", nullable.clone(), &json!(1)).is_some());
        assert_eq!(judged("3.0.3", nullable, &json!(2)), None);
        let text = json!({"type": ["string", "null"]});
        assert_eq!(judged("3.1.0", text, &Value::Null), None);
    }

    #[test]
    fn a_schema_that_is_none_is_told() {
        let told = judged("3.1.0", json!({"type": "money"}), &json!(1)).unwrap();
        assert!(
            told.starts_with("the schema is none that a validator reads"),
            "{told}"
        );
    }
}
