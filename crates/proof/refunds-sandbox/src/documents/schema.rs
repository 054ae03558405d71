//! Schemas of an OpenAPI document, as JSON Schema.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// The schemas of one document.
pub(super) struct Schemas {
    draft: Draft,
    components: Value,
}

impl Schemas {
    pub(super) fn of(openapi: &Value) -> Self {
        let version = openapi.get("openapi").and_then(Value::as_str);
        // OpenAPI 3.0 has draft 4's `exclusiveMinimum`; 3.1 is JSON Schema 2020-12.
        let draft = match version {
            Some(version) if version.starts_with("3.1") => Draft::Draft202012,
            _ => Draft::Draft4,
        };
        let components = openapi.get("components").cloned().unwrap_or(Value::Null);
        Self { draft, components }
    }

    pub(super) fn compile(&self, schema: &Value) -> Result<Validator, String> {
        // References start at the document's root (`#/components/…`), which the schema becomes.
        let mut root = match schema {
            Value::Bool(true) => json!({}),
            schema => json!({ "allOf": [schema] }),
        };
        root["components"] = self.components.clone();
        if self.draft == Draft::Draft4 {
            allow_null(&mut root);
        }
        jsonschema::options()
            .with_draft(self.draft)
            .should_validate_formats(true)
            .with_format("json", |text| {
                serde_json::from_str::<Map<String, Value>>(text).is_ok()
            })
            .build(&root)
            .map_err(|error| error.to_string())
    }
}

/// Says `nullable: true` in JSON Schema's words.
fn allow_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(allow_null);
            if members.get("nullable") != Some(&Value::Bool(true)) {
                return;
            }
            if let Some(kind @ Value::String(_)) = members.get_mut("type") {
                *kind = json!([kind, "null"]);
            }
            if let Some(Value::Array(values)) = members.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(version: &str, schema: &Value, instance: &Value) -> bool {
        let openapi = json!({
            "openapi": version,
            "components": {"schemas": {"Text": {"type": "string", "nullable": true}}},
        });
        let validator = Schemas::of(&openapi).compile(schema).unwrap();
        validator.is_valid(instance)
    }

    #[test]
    fn nullable_is_obeyed_also_behind_a_reference() {
        let schema =
            json!({"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Text"}}});
        assert!(is_valid("3.0.0", &schema, &json!({"a": null})));
        assert!(is_valid("3.0.0", &schema, &json!({"a": "x"})));
        assert!(!is_valid("3.0.0", &schema, &json!({"a": 1})));
        assert!(!is_valid("3.1.0", &schema, &json!({"a": null})));
    }

    #[test]
    fn an_exclusive_minimum_is_read_in_both_versions() {
        let old = json!({"type": "number", "minimum": 0, "exclusiveMinimum": true});
        assert!(!is_valid("3.0.0", &old, &json!(0)));
        assert!(is_valid("3.0.0", &old, &json!(0.01)));
        let new = json!({"type": "integer", "exclusiveMinimum": 0});
        assert!(!is_valid("3.1.0", &new, &json!(0)));
        assert!(is_valid("3.1.0", &new, &json!(1)));
    }

    #[test]
    fn text_in_the_format_json_must_hold_an_object() {
        let schema = json!({"type": "string", "format": "json"});
        assert!(is_valid("3.1.0", &schema, &json!("{\"a\": \"b\"}")));
        assert!(!is_valid("3.1.0", &schema, &json!("{")));
        assert!(!is_valid("3.1.0", &schema, &json!("[1]")));
    }
}
