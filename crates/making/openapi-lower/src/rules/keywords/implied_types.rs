//! Types that a schema implies and does not say.

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "implied-types",
    statement: "Accepts a schema without a type that has properties, items, or a limit or a format that only texts or numbers have; emits it as an object, an array, a text or a number.",
    apply,
};

/// Keywords that say what a schema is, in place of a type.
const SAY_IT: [&str; 6] = ["type", "$ref", "allOf", "anyOf", "oneOf", "not"];

/// Keywords that say something of instances of one type only.
const IMPLIED: [(&str, &str); 8] = [
    ("properties", "object"),
    ("items", "array"),
    ("pattern", "string"),
    ("minLength", "string"),
    ("maxLength", "string"),
    ("minimum", "number"),
    ("maximum", "number"),
    ("multipleOf", "number"),
];

/// The type of what has a format, as far as OpenAPI's registry of formats and JSON Schema define it.
fn of_format(format: &str) -> Option<&'static str> {
    match format {
        "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" => {
            Some("integer")
        }
        "float" | "double" | "double-int" | "decimal" | "decimal128" => Some("number"),
        "date" | "date-time" | "time" | "duration" | "email" | "hostname" | "ipv4" | "ipv6"
        | "uri" | "uri-reference" | "uuid" | "byte" | "binary" | "password" => Some("string"),
        _ => None,
    }
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if SAY_IT.iter().any(|keyword| schema.contains_key(*keyword)) {
            return;
        }
        // A member of an allOf adds to the type that another member says.
        let of_parts = at.rsplit('/').nth(1) == Some("allOf");
        let known: &[(&str, &str)] = if of_parts { &IMPLIED[..2] } else { &IMPLIED };
        let by_keyword = known
            .iter()
            .find(|(keyword, _)| schema.contains_key(*keyword))
            .copied();
        let by_format = || {
            let format = schema::format(schema).filter(|_| !of_parts)?;
            Some(("format", of_format(format)?))
        };
        if let Some((keyword, kind)) = by_keyword.or_else(by_format) {
            schema.insert("type".to_owned(), kind.into());
            scribe.note(at, format!("{keyword} without a type: {kind}"));
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_request_schema, runtime_type};

    #[test]
    fn a_limit_or_a_format_without_a_type_says_the_type() {
        let (schema, _) = lower_request_schema(json!({"format": "date-time"}));
        assert_eq!(schema, runtime_type("Timestamp"));
        let (schema, _) = lower_request_schema(json!({"format": "int32"}));
        assert_eq!(schema, json!({"type": "integer", "format": "int64"}));
        let (schema, _) = lower_request_schema(json!({"minimum": 1}));
        assert_eq!(schema, runtime_type("RequestAmount"));
        let (schema, _) = lower_request_schema(json!({"maxLength": 3}));
        assert_eq!(schema, json!({"type": "string", "maxLength": 3}));
        let (schema, _) = lower_request_schema(json!({"format": "of-our-own"}));
        assert_eq!(schema, json!({}));
    }

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
}
