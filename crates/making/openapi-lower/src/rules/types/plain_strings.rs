//! Formats of texts.

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "plain-strings",
    statement: "Accepts a text of any format that no other rule types, and a format beside anything else than a text or a number; emits a plain text, so that what a format disagrees with still goes through, and anything else without the format, which says nothing of it.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        let says_nothing = match schema::kind(schema) {
            Some("integer" | "number") => return,
            Some("string") => "a plain text".to_owned(),
            Some(kind) => format!("it says nothing of the type {kind}"),
            None => "it says nothing without a type".to_owned(),
        };
        if let Some(format) = schema.remove("format") {
            scribe.note(at, format!("format {format} is left out: {says_nothing}"));
        }
    });
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

    #[test]
    fn a_format_beside_an_object_a_list_or_a_flag_goes() {
        for schema in [
            json!({"type": "object"}),
            json!({"type": "boolean"}),
            json!({"type": "array", "items": {"type": "boolean"}}),
            json!({}),
        ] {
            let mut with_format = schema.clone();
            with_format["format"] = "uri-map".into();
            let (lowered, report) = lower_answer_schema(with_format);
            assert_eq!(lowered, schema);
            assert_eq!(report.counts()["plain-strings"], 1);
        }
    }
}
