//! Types that a schema implies and does not say.

use serde_json::Value;

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document};

pub(super) const RULE: Rule = Rule {
    name: "implied-types",
    statement: "Accepts a schema without a type that has properties or items; emits it as an object or an array.",
    apply,
};

/// Keywords that say what a schema is, in place of a type.
const SAY_IT: [&str; 6] = ["type", "$ref", "allOf", "anyOf", "oneOf", "not"];

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, _, schema| {
        if SAY_IT.iter().any(|keyword| schema.contains_key(*keyword)) {
            return;
        }
        let implied = [("properties", "object"), ("items", "array")];
        if let Some((keyword, kind)) = implied
            .iter()
            .find(|(keyword, _)| schema.contains_key(*keyword))
        {
            schema.insert("type".to_owned(), (*kind).into());
            scribe.note(at, format!("{keyword} without a type: {kind}"));
        }
    });
    Ok(())
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
}
