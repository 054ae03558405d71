//! Wire types that may be null.

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "nullable-wire-types",
    statement: "Accepts a wire type that may be null; emits an allOf of the wire type beside nullable, since the generator sees null only there; a parameter is never null.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if set_apart(schema, !document::is_parameter(at)) {
            scribe.note(at, "a wire type or null: Option");
        }
    });
}

/// Moves the Rust type of `schema`, and of what its arguments hold, below an allOf where null may stand for
/// it; says whether there was one.
fn set_apart(schema: &mut Map<String, Value>, may_be_null: bool) -> bool {
    let Some(mut extension) = schema.remove(rust_type::EXTENSION) else {
        return false;
    };
    let mut found = false;
    let arguments = extension
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for argument in arguments.into_iter().flatten() {
        schema::walk_mut(argument, "", &mut |_, inner| {
            found |= set_apart(inner, may_be_null);
        });
        schema::walk_mut(argument, "", &mut |_, inner| or_null(inner, may_be_null));
    }
    let nullable = schema.remove("nullable") == Some(Value::Bool(true));
    if nullable && may_be_null {
        schema.insert("nullable".to_owned(), Value::Bool(true));
        schema.insert(
            "allOf".to_owned(),
            json!([{rust_type::EXTENSION: extension}]),
        );
        return true;
    }
    schema.insert(rust_type::EXTENSION.to_owned(), extension);
    found
}

/// The generator reads arguments as JSON Schema, which knows null as a type only.
fn or_null(schema: &mut Map<String, Value>, may_be_null: bool) {
    if schema.remove("nullable") == Some(Value::Bool(true)) && may_be_null {
        let value = Value::Object(std::mem::take(schema));
        schema.insert("oneOf".to_owned(), json!([value, {"type": "null"}]));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, lowered, runtime_type};

    fn or_null(name: &str) -> Value {
        json!({"allOf": [runtime_type(name)], "nullable": true})
    }

    #[test]
    fn a_wire_type_that_may_be_null_keeps_its_null() {
        for (schema, name) in [
            (json!({"type": "number", "nullable": true}), "Amount"),
            (json!({"type": ["number", "null"]}), "Amount"),
            (
                json!({"type": "string", "format": "decimal", "nullable": true}),
                "AmountText",
            ),
            (
                json!({"type": "string", "format": "date-time", "nullable": true}),
                "Timestamp",
            ),
            (
                json!({"type": ["integer", "string", "null"]}),
                "NumberOrText",
            ),
        ] {
            let (lowered, report) = lower_answer_schema(schema);
            assert_eq!(lowered, or_null(name));
            assert_eq!(report.counts()["nullable-wire-types"], 1);
        }
        let (lowered, _) = lower_request_schema(json!({"type": "number", "nullable": true}));
        assert_eq!(lowered, or_null("RequestAmount"));
    }

    #[test]
    fn an_open_enumeration_that_may_be_null_keeps_its_null() {
        let (schema, _) =
            lower_answer_schema(json!({"type": "string", "nullable": true, "enum": ["a", "b"]}));
        assert_eq!(schema["nullable"], true, "{schema}");
        let inner = &schema["allOf"][0]["x-rust-type"];
        assert_eq!(inner["path"], "provider_runtime::Open", "{schema}");
    }

    #[test]
    fn items_and_values_of_a_map_may_be_null() {
        let amount = json!({"type": "number", "nullable": true});
        let (list, _) = lower_answer_schema(json!({"type": "array", "items": amount}));
        assert_eq!(list["items"], or_null("Amount"));
        let (map, _) =
            lower_answer_schema(json!({"type": "object", "additionalProperties": amount}));
        assert_eq!(map["additionalProperties"], or_null("Amount"));
    }

    #[test]
    fn a_list_and_a_map_in_a_wire_type_keep_the_nulls_in_them() {
        let text = json!({"type": "string", "nullable": true});
        let lowered = lowered(
            json!({"/a": {"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "properties": {
                    "may": {"type": "array", "nullable": true, "items": {"type": "number", "nullable": true}},
                    "texts": {"type": "object", "nullable": true, "additionalProperties": {"type": "array", "nullable": true, "items": text}}
                }}
            }}}}}}),
            json!({}),
        );
        let properties = &lowered.document["components"]["schemas"]["ARequest"]["properties"];
        let within = |name: &str| &properties[name]["x-rust-type"]["parameters"][0];
        let or = |value: Value| json!({"oneOf": [value, {"type": "null"}]});
        // JSON Schema, as which the generator reads the arguments of a type, has no `nullable`.
        let amount = json!({"allOf": [runtime_type("RequestAmount")]});
        assert_eq!(within("may")["items"], or(amount));
        let texts = json!({"type": "array", "items": or(json!({"type": "string"}))});
        assert_eq!(within("texts")["additionalProperties"], or(texts));
    }

    #[test]
    fn a_parameter_is_never_null() {
        let number = json!({"type": "number", "nullable": true});
        let lowered = lowered(
            json!({"/parameters": {"get": {"operationId": "a", "responses": {"204": {"description": ""}}, "parameters": [
                {"name": "n", "in": "query", "schema": {"type": "array", "items": number}}
            ]}}}),
            json!({}),
        );
        let schema = &lowered.document["paths"]["/parameters"]["get"]["parameters"][0]["schema"];
        assert_eq!(schema["items"], runtime_type("RequestAmount"), "{schema}");
    }
}
