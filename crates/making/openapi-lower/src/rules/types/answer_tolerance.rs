//! Constraints that would make a client refuse an answer.

use serde_json::Value;

use super::{Draft, Rule};
use crate::document;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "answer-tolerance",
    statement: "Accepts limits, patterns, closed objects and defaults; emits answers without them and requests without defaults: a client reads what came and invents nothing.",
    apply,
};

/// Keywords by which a generated type would refuse, or change, an answer.
const IN_ANSWERS: [&str; 14] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        let keywords: &[&str] = if direction.received {
            &IN_ANSWERS
        } else {
            &["default"]
        };
        for keyword in keywords {
            if let Some(value) = schema.remove(*keyword) {
                let why = if *keyword == "default" {
                    "the provider fills it in, not the client"
                } else {
                    "an answer outside of it still has to be read"
                };
                scribe.note(at, format!("{keyword} {value} is left out: {why}"));
            }
        }
        if direction.received && schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            schema.remove("additionalProperties");
            scribe.note(
                at,
                "the object is not closed: a new field in an answer must not break old clients",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema};

    #[test]
    fn limits_of_an_answer_are_left_out_and_those_of_a_request_stay() {
        let limited = json!({"type": "string", "maxLength": 3, "pattern": "^a"});
        assert_eq!(
            lower_answer_schema(limited.clone()).0,
            json!({"type": "string"})
        );
        assert_eq!(lower_request_schema(limited.clone()).0, limited);
    }

    #[test]
    fn defaults_are_left_to_the_provider() {
        let (schema, report) = lower_request_schema(json!({"type": "boolean", "default": true}));
        assert_eq!(schema, json!({"type": "boolean"}));
        assert_eq!(
            report.applied()[0].detail,
            "default true is left out: the provider fills it in, not the client"
        );
    }

    #[test]
    fn an_object_in_an_answer_is_never_closed() {
        let closed = json!({"type": "object", "additionalProperties": false});
        assert_eq!(
            lower_answer_schema(closed.clone()).0,
            json!({"type": "object"})
        );
        assert_eq!(lower_request_schema(closed.clone()).0, closed);
    }
}
