//! Documented answers that hold a value of another type than their schema says.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer_examples;
use super::{Draft, Rule};
use crate::reference;
use crate::report::Scribe;
use crate::rules::types::big_integers;
use crate::schema::is_annotation;

pub(crate) const RULE: Rule = Rule {
    name: "mistyped-in-examples",
    statement: "Accepts an example of an answer that holds a value of another type than its schema says; emits both types as alternatives; texts that stand for a value (placeholders) are none.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut found = BTreeSet::new();
    answer_examples::each_place(document, &mut |at, schema, example| {
        if let Some(other) = mistyped_at(document, at, schema, example) {
            found.insert((at.to_owned(), other));
        }
    });
    for (at, other) in found {
        if let Some(Value::Object(schema)) = document.pointer_mut(&at) {
            scribe.note(
                &at,
                format!("a documented answer holds another type here: or {other}"),
            );
            add(schema, other);
        }
    }
}

/// The type of `example`, if the schema at `at` does not take it. What is referred to is judged, and changed,
/// where it is referred to: others refer to it as well.
pub(crate) fn mistyped_at(
    document: &Value,
    at: &str,
    schema: &Value,
    example: &Value,
) -> Option<&'static str> {
    if is_component(at) {
        return None;
    }
    mistyped(reference::followed(document, schema), example)
}

/// Whether a schema has a name.
fn is_component(at: &str) -> bool {
    at.strip_prefix("/components/schemas/")
        .is_some_and(|name| !name.contains('/'))
}

/// The type of `example`, if it is one that `schema` does not take and that is no mere placeholder.
fn mistyped(schema: &Value, example: &Value) -> Option<&'static str> {
    let declared = schema.get("type")?.as_str()?;
    let of_number = |text: &str| serde_json::from_str::<serde_json::Number>(text).is_ok();
    // A number among the values of an enumeration is one of its texts whose quotes were forgotten.
    if schema.get("enum").is_some() && !(example.is_object() || example.is_array()) {
        return None;
    }
    match (declared, example) {
        ("string", Value::Bool(_)) => Some("boolean"),
        ("string", Value::Number(number)) => Some(of(number)),
        ("integer", Value::Number(number))
            if of(number) == "number" || is_too_great(schema, number) =>
        {
            Some("number")
        }
        ("integer" | "number", Value::String(text)) if of_number(text) => Some("string"),
        ("boolean", Value::String(text)) if text == "true" || text == "false" => Some("string"),
        ("boolean", Value::Number(number)) => Some(of(number)),
        ("integer" | "number", Value::Bool(_)) => Some("boolean"),
        ("array" | "string" | "integer" | "number" | "boolean", Value::Object(_)) => Some("object"),
        ("object" | "string" | "integer" | "number" | "boolean", Value::Array(_)) => Some("array"),
        _ => None,
    }
}

/// The type of a number. JSON Schema takes `1.0` for an integer, and decoding does not.
fn of(number: &serde_json::Number) -> &'static str {
    match number.is_i64() || number.is_u64() {
        true => "integer",
        false => "number",
    }
}

/// Whether the integer type of the schema does not hold a number, which an integer of any size may be.
fn is_too_great(schema: &Value, number: &serde_json::Number) -> bool {
    let of_63_bits = |schema| big_integers::size(schema).is_none();
    !number.is_i64() && schema.as_object().is_some_and(of_63_bits)
}

/// `schema` as it was, or of the `other` type.
fn add(schema: &mut Map<String, Value>, other: &str) {
    // Another example has been here before, if the type is not where it was.
    if !schema.contains_key("type")
        && !schema.contains_key("$ref")
        && let Some(Value::Array(members)) = schema.get_mut("oneOf")
    {
        members.push(json!({"type": other}));
        return;
    }
    let stays = |keyword: &str| is_annotation(keyword) || keyword == "nullable";
    let documented: Map<String, Value> = std::mem::take(schema)
        .into_iter()
        .filter_map(|(keyword, value)| {
            if stays(&keyword) {
                schema.insert(keyword, value);
                return None;
            }
            Some((keyword, value))
        })
        .collect();
    schema.insert("oneOf".to_owned(), json!([documented, {"type": other}]));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{self, runtime_type};

    fn lowered(properties: Value, example: Value, post: bool) -> Value {
        let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
        let operation = json!({"operationId": "b", "requestBody": body, "responses": {"204": {"description": ""}}});
        let mut item = json!({"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/A"}, "example": example
        }}}}}});
        if post {
            item["post"] = operation;
        }
        let lowered = testing::lowered(
            json!({"/a": item}),
            json!({"A": {"type": "object", "properties": properties}}),
        );
        lowered.document["components"]["schemas"]["A"]["properties"].clone()
    }

    #[test]
    fn a_value_of_another_type_is_read_as_well() {
        let properties = json!({
            "id": {"type": "string", "maxLength": 9}, "count": {"type": "integer"}, "rate": {"type": "integer"},
            "context": {"type": "array", "items": {"type": "string"}}
        });
        let example = json!({"id": 7, "count": "100", "rate": 0.5, "context": {"id": 123}});
        let found = lowered(properties, example, false);
        assert_eq!(found["id"], runtime_type("NumberOrText"));
        assert_eq!(found["count"], runtime_type("NumberOrText"));
        assert_eq!(found["rate"], runtime_type("Amount"));
        assert!(found["context"].to_string().contains("$ref"), "{found}");
    }

    #[test]
    fn an_integer_that_63_bits_do_not_hold_is_read_as_well() {
        let properties = json!({
            "issued": {"type": "integer", "minimum": 0}, "size": {"type": "integer", "format": "uint64"}
        });
        let example = json!({"issued": 9_223_372_036_854_775_808_u64, "size": u64::MAX});
        let found = lowered(properties, example, false);
        assert_eq!(found["issued"], runtime_type("Amount"));
        assert_eq!(
            found["size"],
            json!({"type": "integer", "format": "uint64"})
        );
    }

    #[test]
    fn an_example_at_the_schema_of_a_member_is_of_an_answer_too() {
        let properties = json!({
            "code": {"type": "string", "example": 30012},
            "parts": {"type": "array", "items": {"type": "object", "properties": {
                "status": {"type": "integer", "example": "200"}
            }}}
        });
        let found = lowered(properties.clone(), json!({}), false);
        assert_eq!(
            found["code"]["x-rust-type"]["path"],
            "provider_runtime::NumberOrText"
        );
        assert!(
            !found.to_string().contains("\"type\":\"integer\""),
            "{found}"
        );
        // A client sends it as well.
        let found = lowered(properties, json!({}), true);
        assert_eq!(found["code"]["type"], "string");
    }

    #[test]
    fn a_text_that_stands_for_a_value_is_no_type() {
        let properties =
            json!({"count": {"type": "integer", "format": "int64"}, "on": {"type": "boolean"}});
        let example = json!({"count": "<integer>", "on": "yes"});
        assert_eq!(lowered(properties.clone(), example, false), properties);
    }

    #[test]
    fn an_enumeration_is_none_whose_quotes_were_forgotten() {
        let version = json!({"type": "string", "enum": ["1", "2"]});
        let found = lowered(json!({"version": version}), json!({"version": 1}), false);
        assert_eq!(
            found["version"]["x-rust-type"]["path"],
            "provider_runtime::Open"
        );
    }

    #[test]
    fn an_example_changes_the_place_where_it_stands_and_not_what_others_refer_to() {
        let answer = |media: Value| json!({"responses": {"200": {"description": "", "content": {"application/json": media}}}});
        let reference = json!({"$ref": "#/components/schemas/Customer"});
        let mut one = answer(json!({"schema": reference, "example": [{"id": "1"}]}));
        one["operationId"] = "list".into();
        let mut other = answer(json!({"schema": reference}));
        other["operationId"] = "read".into();
        let customer = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let lowered = testing::lowered(
            json!({"/a": {"get": one}, "/b": {"get": other}}),
            json!({"Customer": customer}),
        );
        let schema = |path: &str| {
            let content = &lowered.document["paths"][path]["get"]["responses"]["200"]["content"];
            content["application/json"]["schema"].clone()
        };
        assert_eq!(schema("/b"), reference);
        assert_ne!(schema("/a"), reference);
        assert_eq!(
            lowered.document["components"]["schemas"]["Customer"],
            customer
        );
    }

    #[test]
    fn what_requests_have_as_well_stays_as_it_is() {
        let properties = json!({"count": {"type": "boolean"}});
        assert_eq!(
            lowered(properties.clone(), json!({"count": "true"}), true),
            properties
        );
    }

    #[test]
    fn an_example_that_is_the_text_of_json_is_read_as_json() {
        let example = json!("{\"count\": \"12\"}");
        let found = lowered(json!({"count": {"type": "integer"}}), example, false);
        assert_eq!(found["count"], runtime_type("NumberOrText"));
    }
}
