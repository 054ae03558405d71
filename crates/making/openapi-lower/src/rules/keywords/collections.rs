//! Lists by position and maps by pattern.

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "collections",
    statement: "Accepts a list without items or with items by position, a list of one length only, a map whose keys have patterns; emits a list of any of its items, of any length, and a map of any of its values: position, length and keys are the provider's to check.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        positions(schema, at, scribe);
        patterns(schema, at, scribe);
        if schema::kind(schema) == Some("array") && !schema.contains_key("items") {
            schema.insert("items".to_owned(), json!({}));
            scribe.note(at, "a list without items is one of anything");
        }
        fixed_length(schema, at, scribe);
    });
}

/// A list of one length only would become an array of that length, which refuses any other.
fn fixed_length(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let length = schema.get("minItems").cloned();
    if length.is_some() && length.as_ref() == schema.get("maxItems") {
        schema.remove("minItems");
        schema.remove("maxItems");
        let length = length.unwrap_or_default();
        scribe.note(
            at,
            format!("the length of {length} is left to the provider"),
        );
    }
}

fn positions(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Array(mut members)) = schema.remove("prefixItems") else {
        return;
    };
    let longest = schema.get("maxItems").and_then(Value::as_u64);
    let full = longest.is_some_and(|longest| longest <= members.len() as u64);
    match schema.remove("items") {
        // Nothing follows: `false`, which stands as the schema of nothing by now, or no room for more.
        Some(Value::Object(items)) if is_nothing(&items) => {}
        _ if full => {}
        Some(items) => members.push(items),
        None => members.push(json!({})),
    }
    schema.insert("items".to_owned(), any_of(members));
    scribe.note(at, "items by position became items of any of these kinds");
}

fn patterns(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Object(patterns)) = schema.remove("patternProperties") else {
        return;
    };
    let found = patterns.keys().cloned().collect::<Vec<_>>().join(", ");
    let mut members: Vec<Value> = patterns.into_iter().map(|(_, member)| member).collect();
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(more @ Value::Object(_)) => members.push(more.clone()),
        _ => members.push(json!({})),
    }
    schema.insert("additionalProperties".to_owned(), any_of(members));
    scribe.note(
        at,
        format!("members by pattern became members of any name: {found}"),
    );
}

fn any_of(mut members: Vec<Value>) -> Value {
    let mut seen = Vec::new();
    members.retain(|member| {
        let new = !seen.contains(member);
        seen.push(member.clone());
        new
    });
    // What accepts anything accepts all the others.
    if members
        .iter()
        .any(|member| member.as_object().is_some_and(Map::is_empty))
    {
        return json!({});
    }
    match members.as_mut_slice() {
        [] => json!({}),
        [only] => only.take(),
        _ => json!({"anyOf": members}),
    }
}

fn is_nothing(schema: &Map<String, Value>) -> bool {
    schema.len() == 1 && schema.object("not").is_some_and(Map::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_list_without_items_is_one_of_anything() {
        let (schema, report) =
            lower_request_schema(json!({"type": "array", "minItems": 3, "maxItems": 3}));
        assert_eq!(schema, json!({"type": "array", "items": {}}));
        assert_eq!(report.counts()["collections"], 2);
    }

    #[test]
    fn items_by_position_become_items_of_any_of_these_kinds() {
        let flag = json!({"type": "boolean"});
        let closed = json!({"type": "array", "prefixItems": [flag, flag], "items": false});
        assert_eq!(
            lower_request_schema(closed).0,
            json!({"type": "array", "items": flag})
        );
        let full =
            json!({"type": "array", "prefixItems": [flag, flag], "minItems": 2, "maxItems": 2});
        assert_eq!(
            lower_request_schema(full).0,
            json!({"type": "array", "items": flag})
        );
        let open = json!({"type": "array", "items": [flag]});
        assert_eq!(
            lower_request_schema(open).0,
            json!({"type": "array", "items": {}})
        );
    }

    #[test]
    fn members_by_pattern_become_members_of_any_name() {
        let (schema, _) = lower_request_schema(json!({
            "type": "object", "patternProperties": {"^x-": {"type": "boolean"}}, "additionalProperties": false
        }));
        assert_eq!(
            schema,
            json!({"type": "object", "additionalProperties": {"type": "boolean"}})
        );
    }
}
