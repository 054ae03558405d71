//! Regular expressions of requests.

use serde_json::Value;

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document};

pub(super) const RULE: Rule = Rule {
    name: "patterns",
    statement: "Accepts a pattern in any dialect; emits those of ECMAScript, as JSON Schema has them; any other is left to the provider.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, _, schema| {
        let Some(pattern) = schema.get("pattern").and_then(Value::as_str) else {
            return;
        };
        if let Err(error) = regress::Regex::new(pattern) {
            scribe.note(
                at,
                format!("pattern {pattern:?} is left to the provider: {error}"),
            );
            schema.remove("pattern");
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_pattern_that_is_not_ecmascript_is_left_to_the_provider() {
        for foreign in ["(?P<year>[0-9]+)", "(?i)abc", "[a-z", r"\p{Alpha}+(?>x)"] {
            let text = json!({"type": "string", "pattern": foreign});
            let (schema, report) = lower_request_schema(text);
            assert_eq!(schema, json!({"type": "string"}), "{foreign}");
            assert_eq!(report.counts()["patterns"], 1, "{foreign}");
        }
    }

    #[test]
    fn a_pattern_of_ecmascript_stays() {
        let text = json!({"type": "string", "pattern": "^(?:[A-Z]{3})$"});
        assert_eq!(lower_request_schema(text.clone()).0, text);
    }
}
