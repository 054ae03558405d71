//! Keywords that JSON Schema 2020-12 (OpenAPI 3.1) has and OpenAPI 3.0 has not.

use serde_json::{Map, Value};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document};

pub(super) const RULE: Rule = Rule {
    name: "schema-keywords",
    statement: "Accepts const, numeric exclusive bounds and examples of schemas; emits enum, boolean exclusive bounds and the first example.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, schema| {
        constant(schema, at, scribe);
        bound(schema, "exclusiveMinimum", "minimum", at, scribe);
        bound(schema, "exclusiveMaximum", "maximum", at, scribe);
        examples(schema, at, scribe);
        no_bound(schema);
    });
    Ok(())
}

fn constant(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    if let Some(value) = schema.remove("const") {
        scribe.note(
            at,
            format!("const {value} became an enumeration of one value"),
        );
        if !schema.contains_key("type")
            && let Some(kind) = kind_of(&value)
        {
            schema.insert("type".to_owned(), kind.into());
        }
        schema.insert("enum".to_owned(), Value::Array(vec![value]));
    }
}

/// The `type` that a value has; none for null.
pub(super) fn kind_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
        Value::Null => None,
    }
}

fn bound(
    schema: &mut Map<String, Value>,
    exclusive: &str,
    inclusive: &str,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    if schema.get(exclusive).is_some_and(Value::is_number)
        && let Some(limit) = schema.insert(exclusive.to_owned(), Value::Bool(true))
    {
        scribe.note(
            at,
            format!("{exclusive} {limit} became {inclusive} {limit}, exclusive"),
        );
        schema.insert(inclusive.to_owned(), limit);
    }
}

/// No length is below nothing: the keyword says nothing, and the generated check would be a warning.
fn no_bound(schema: &mut Map<String, Value>) {
    if schema.get("minLength").and_then(Value::as_u64) == Some(0) {
        schema.remove("minLength");
    }
}

fn examples(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    if let Some(Value::Array(mut examples)) = schema.remove("examples")
        && !examples.is_empty()
        && !schema.contains_key("example")
    {
        schema.insert("example".to_owned(), examples.swap_remove(0));
        scribe.note(at, "the first of examples became example");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_constant_becomes_an_enumeration_of_one_value() {
        let (schema, report) = lower_request_schema(json!({"const": "card"}));
        assert_eq!(schema, json!({"type": "string", "enum": ["card"]}));
        assert_eq!(report.counts()["schema-keywords"], 1);
    }

    #[test]
    fn numeric_exclusive_bounds_become_boolean_ones() {
        let (schema, _) = lower_request_schema(
            json!({"type": "string", "exclusiveMinimum": 3, "exclusiveMaximum": 9}),
        );
        assert_eq!(schema["minimum"], 3);
        assert_eq!(schema["exclusiveMinimum"], true);
        assert_eq!(schema["maximum"], 9);
        assert_eq!(schema["exclusiveMaximum"], true);
    }

    #[test]
    fn a_least_length_of_nothing_goes() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "minLength": 0}));
        assert_eq!(schema, json!({"type": "string"}));
    }

    #[test]
    fn the_first_of_several_examples_is_kept() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "examples": ["a", "b"]}));
        assert_eq!(schema, json!({"type": "string", "example": "a"}));
    }
}
