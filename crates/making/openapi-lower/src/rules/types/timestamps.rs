//! Dates with a time.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "timestamps",
    statement: "Accepts a text of format date-time, or that or an integer; emits the run time's Timestamp, which reads what providers really send and keeps its text.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if is_date_time(schema) || is_union(schema) {
            let limits = rust_type::become_runtime_type(schema, "Timestamp", Vec::new());
            scribe.note(at, format!("date-time became Timestamp{limits}"));
        }
    });
}

fn is_date_time(schema: &Map<String, Value>) -> bool {
    schema::kind(schema) == Some("string")
        && schema::format(schema) == Some("date-time")
        && !schema.contains_key("enum")
}

/// A date-time or an integer (seconds or milliseconds since 1970).
fn is_union(schema: &Map<String, Value>) -> bool {
    super::number_or_text::union_members(schema).is_some_and(|members| {
        let integers = members
            .iter()
            .filter(|member| schema::kind(member) == Some("integer"))
            .count();
        let dates = members.iter().filter(|member| is_date_time(member)).count();
        integers > 0 && dates > 0 && integers + dates == members.len()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, runtime_type};

    #[test]
    fn a_date_time_becomes_a_timestamp_in_both_directions() {
        let date = json!({"type": "string", "format": "date-time"});
        assert_eq!(
            lower_answer_schema(date.clone()).0,
            runtime_type("Timestamp")
        );
        assert_eq!(lower_request_schema(date).0, runtime_type("Timestamp"));
    }

    #[test]
    fn a_date_time_or_an_integer_becomes_a_timestamp() {
        let either =
            json!({"type": ["string", "integer"], "format": "date-time", "description": "d"});
        let (schema, _) = lower_answer_schema(either);
        assert_eq!(schema["description"], "d");
        assert_eq!(
            schema["x-rust-type"],
            runtime_type("Timestamp")["x-rust-type"]
        );
    }
}
