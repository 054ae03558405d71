//! Enumerations that do not close anything.

use serde_json::Value;

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "unusable-enum",
    statement: "Accepts an enumeration without values, or one of numbers or flags in an answer; emits the type without it, since it would refuse what may come.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        let Some(Value::Array(values)) = schema.get("enum") else {
            return;
        };
        if values.is_empty() {
            schema.remove("enum");
            scribe.note(
                at,
                "the enumeration without values is left out: no value would fit it",
            );
        } else if direction.received && schema::kind(schema).is_some_and(|kind| kind != "string") {
            let found = Value::Array(values.clone());
            schema.remove("enum");
            scribe.note(at, format!("the enumeration {found} is left out: a new value in an answer must not break old clients"));
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema};

    #[test]
    fn an_enumeration_without_values_is_left_out() {
        let (schema, report) = lower_answer_schema(json!({"type": "string", "enum": []}));
        assert_eq!(schema, json!({"type": "string"}));
        assert_eq!(report.counts()["unusable-enum"], 1);
    }

    #[test]
    fn an_enumeration_of_numbers_stays_in_requests_only() {
        let (schema, _) = lower_answer_schema(json!({"type": "boolean", "enum": [true]}));
        assert_eq!(schema, json!({"type": "boolean"}));
        let (schema, _) = lower_request_schema(json!({"type": "boolean", "enum": [true]}));
        assert_eq!(schema, json!({"type": "boolean", "enum": [true]}));
    }
}
