//! Formats of texts.

use serde_json::Value;

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document, schema};

pub(super) const RULE: Rule = Rule {
    name: "plain-strings",
    statement: "Accepts a text of any format that no other rule types; emits a plain text, so that what a format disagrees with still goes through.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, _, schema| {
        if schema::kind(schema) != Some("string") {
            return;
        }
        if let Some(format) = schema.remove("format") {
            scribe.note(at, format!("format {format} is left out: a plain text"));
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_answer_schema;

    #[test]
    fn a_text_with_a_format_becomes_a_plain_text() {
        let (schema, report) = lower_answer_schema(json!({"type": "string", "format": "uuid"}));
        assert_eq!(schema, json!({"type": "string"}));
        assert_eq!(report.counts()["plain-strings"], 1);
    }
}
