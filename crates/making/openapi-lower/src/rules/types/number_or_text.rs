//! A number, or the same as a text.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "number-or-text",
    statement: "Accepts a union of numbers and texts; emits Amount where one of them is a decimal, NumberOrText elsewhere; both keep the form that came.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        let Some(members) = union_members(schema) else {
            return;
        };
        let count = |wanted: &[&str]| {
            members
                .iter()
                .filter(|member| schema::kind(member).is_some_and(|kind| wanted.contains(&kind)))
                .count()
        };
        let (numbers, texts) = (count(&["number", "integer"]), count(&["string"]));
        if numbers == 0 || texts == 0 || numbers + texts != members.len() {
            return;
        }
        let decimal = members.iter().any(|member| {
            schema::kind(member) == Some("number") || schema::format(member) == Some("decimal")
        });
        let name = if decimal { "Amount" } else { "NumberOrText" };
        let limits = rust_type::become_runtime_type(schema, name, Vec::new());
        scribe.note(at, format!("a number or a text became {name}{limits}"));
    });
}

/// The members of a union (`oneOf` or `anyOf`), if all of them are objects.
pub(crate) fn union_members(schema: &Map<String, Value>) -> Option<Vec<&Map<String, Value>>> {
    schema.union()?.iter().map(Value::as_object).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, runtime_type};

    #[test]
    fn an_integer_or_a_text_keeps_what_came() {
        let (schema, report) =
            lower_answer_schema(json!({"oneOf": [{"type": "integer"}, {"type": "string"}]}));
        assert_eq!(schema, runtime_type("NumberOrText"));
        assert_eq!(report.counts()["number-or-text"], 1);
    }

    #[test]
    fn a_decimal_as_number_or_text_becomes_an_amount() {
        let number = json!({"anyOf": [{"type": "number"}, {"type": "string"}]});
        assert_eq!(lower_answer_schema(number).0, runtime_type("Amount"));
        let digits = json!({"type": ["integer", "string"], "format": "decimal"});
        assert_eq!(lower_answer_schema(digits).0, runtime_type("Amount"));
    }

    #[test]
    fn a_text_or_an_object_stays_a_union() {
        let (schema, _) =
            lower_answer_schema(json!({"oneOf": [{"type": "object"}, {"type": "string"}]}));
        assert!(schema.get("x-rust-type").is_none());
    }
}
