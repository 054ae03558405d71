//! Types that a schema implies and does not say.

use serde_json::{Map, Value};

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document, schema};

pub(super) const RULE: Rule = Rule {
    name: "implied-types",
    statement: "Accepts a schema without a type that has properties, items, a format, or limits of one type only; emits it with the type that these speak of.",
    apply,
};

/// Keywords that say what a schema is, in place of a type.
const SAY_IT: [&str; 8] = [
    "type", "$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const",
];
/// Keywords that speak of one type, and the type. Earlier ones are the stronger sign.
const IMPLY: [(&str, &str); 15] = [
    ("properties", "object"),
    ("items", "array"),
    ("additionalProperties", "object"),
    ("minProperties", "object"),
    ("maxProperties", "object"),
    ("minItems", "array"),
    ("maxItems", "array"),
    ("pattern", "string"),
    ("minLength", "string"),
    ("maxLength", "string"),
    ("minimum", "number"),
    ("maximum", "number"),
    ("exclusiveMinimum", "number"),
    ("exclusiveMaximum", "number"),
    ("multipleOf", "number"),
];

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, _, schema| {
        if SAY_IT.iter().any(|keyword| schema.contains_key(*keyword)) {
            return;
        }
        if let Some((keyword, kind)) = implied(schema) {
            schema.insert("type".to_owned(), kind.into());
            scribe.note(at, format!("{keyword} without a type: {kind}"));
        }
    });
    Ok(())
}

fn implied(schema: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let by_keyword = IMPLY.into_iter().find(|(keyword, _)| {
        schema
            .get(*keyword)
            .is_some_and(|value| !value.is_boolean())
    });
    let by_format = || Some(("format", kind_of_format(schema::format(schema)?)));
    match by_keyword {
        // A format says which number it is.
        Some((_, "number")) | None => by_format().or(by_keyword),
        found => found,
    }
}

/// The type that a format is of, by the registry of formats of the OpenAPI Initiative; a format that it
/// does not know is one of texts, as most are.
fn kind_of_format(format: &str) -> &'static str {
    match format {
        "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" => {
            "integer"
        }
        "float" | "double" | "double-int" | "decimal" | "decimal128" => "number",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn properties_without_a_type_are_those_of_an_object() {
        let (schema, report) = lower_request_schema(json!({"items": {"type": "boolean"}}));
        assert_eq!(
            schema,
            json!({"type": "array", "items": {"type": "boolean"}})
        );
        assert_eq!(report.applied()[0].detail, "items without a type: array");
        let (_, report) = lower_request_schema(json!({"properties": {"a": {"type": "boolean"}}}));
        assert_eq!(
            report.applied()[0].detail,
            "properties without a type: object"
        );
    }

    #[test]
    fn a_format_or_limits_without_a_type_are_those_of_the_type_that_they_speak_of() {
        for (schema, kind) in [
            (json!({"format": "uuid"}), "string"),
            (json!({"format": "int32", "minimum": 1}), "integer"),
            (json!({"pattern": "^a$"}), "string"),
            (json!({"maxProperties": 3}), "object"),
            (json!({"maxItems": 3}), "array"),
        ] {
            let (lowered, _) = lower_request_schema(schema.clone());
            assert_eq!(lowered["type"], kind, "{schema}");
        }
        // An amount is a number, and exact.
        let (lowered, report) = lower_request_schema(json!({"multipleOf": 0.01}));
        assert!(lowered["x-rust-type"].is_object(), "{lowered}");
        assert_eq!(report.counts()["implied-types"], 1);
    }

    #[test]
    fn a_closed_or_empty_schema_says_nothing_of_a_type() {
        for schema in [
            json!({}),
            json!({"additionalProperties": false}),
            json!({"description": "d"}),
        ] {
            let (_, report) = lower_request_schema(schema.clone());
            assert!(!report.counts().contains_key("implied-types"), "{schema}");
        }
    }
}
