//! Alternatives that differ in what is required only.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::document;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "required-alternatives",
    statement: "Accepts an anyOf or oneOf whose members say only what is required; emits the object without it: a Rust struct cannot say either-or, the provider checks it.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        for keyword in ["anyOf", "oneOf"] {
            let Some(alternatives) = only_required(schema, keyword) else {
                continue;
            };
            schema.remove(keyword);
            scribe.note(
                at,
                format!(
                    "{keyword} of what is required is left to the provider: {}",
                    alternatives.join(" or ")
                ),
            );
        }
    });
}

/// What each member requires, if no member says anything else.
fn only_required(schema: &Map<String, Value>, keyword: &str) -> Option<Vec<String>> {
    let members = schema.get(keyword)?.as_array()?;
    // Without properties beside it, the union is all that the schema says.
    schema.get("properties")?;
    members
        .iter()
        .map(|member| {
            let member = member.as_object().filter(|member| member.len() == 1)?;
            let names = member.get("required")?.as_array()?;
            Some(
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(" and "),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn alternatives_of_what_is_required_are_left_to_the_provider() {
        let properties = json!({"a": {"type": "boolean"}, "b": {"type": "boolean"}});
        let (schema, report) = lower_request_schema(json!({
            "type": "object", "properties": properties, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]
        }));
        assert_eq!(schema, json!({"type": "object", "properties": properties}));
        assert_eq!(
            report.applied()[0].detail,
            "anyOf of what is required is left to the provider: a or b"
        );
    }

    #[test]
    fn alternatives_that_say_more_stay() {
        let (schema, _) = lower_request_schema(json!({
            "type": "object", "properties": {"a": {"type": "boolean"}},
            "oneOf": [{"required": ["a"]}, {"properties": {"b": {"type": "boolean"}}}]
        }));
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2);
    }
}
