//! Whole numbers.

use serde_json::Value;

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "wide-integers",
    statement: "Accepts an integer of any format and limits; emits one of 64 bits, since an amount in minor units outgrows 32.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if schema::kind(schema) != Some("integer") || schema.contains_key("enum") {
            return;
        }
        for limit in [
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ] {
            if let Some(value) = schema.remove(limit) {
                scribe.note(at, format!("{limit} {value} is left to the provider"));
            }
        }
        // One without a sign has its 64 bits already.
        if schema::format(schema) == Some("uint64") {
            return;
        }
        let format = schema.insert("format".to_owned(), "int64".into());
        if format.as_ref().and_then(Value::as_str) != Some("int64") {
            let found = format
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or("no format")
                .to_owned();
            scribe.note(at, format!("an integer of {found} became one of 64 bits"));
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn an_integer_of_32_bits_becomes_one_of_64() {
        let (schema, report) =
            lower_request_schema(json!({"type": "integer", "format": "int32", "minimum": 1}));
        assert_eq!(schema, json!({"type": "integer", "format": "int64"}));
        let details: Vec<_> = report
            .applied()
            .iter()
            .map(|applied| applied.detail.as_str())
            .collect();
        assert_eq!(
            details[..2],
            [
                "minimum 1 is left to the provider",
                "an integer of int32 became one of 64 bits"
            ]
        );
    }
}
