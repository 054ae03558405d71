//! Values of enumerations that are of another type than the schema, or of several.

use openapi_model::schema::Type;
use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "enum-values",
    statement: "Accepts an enumeration of values that are not of the schema's type, of several types, or without a type; emits values of the type, a oneOf of an enumeration for each type, and the type that they have; lists and objects are not enumerated, and a value that is not of the type is left out.",
    apply,
};

/// Keywords that say what a schema is, in place of a type.
const SAY_IT: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];
/// The types that values have, in the order in which a union lists them.
const KINDS: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if SAY_IT.iter().any(|keyword| schema.contains_key(*keyword)) {
            return;
        }
        let values = match schema.get("enum") {
            Some(Value::Array(values)) if !values.is_empty() => values.clone(),
            _ => return,
        };
        match said(schema) {
            Some(kind) => of_type(schema, &kind, values, at, scribe),
            None => by_values(schema, values, at, scribe),
        }
    });
}

/// The type that the schema says, or implies by other keywords.
fn said(schema: &Map<String, Value>) -> Option<String> {
    let implied = || {
        let of = [("properties", "object"), ("items", "array")];
        let found = of
            .iter()
            .find(|(keyword, _)| schema.contains_key(*keyword))?;
        Some(found.1)
    };
    schema::kind(schema).or_else(implied).map(str::to_owned)
}

/// The values as what the schema says that they are.
fn of_type(
    schema: &mut Map<String, Value>,
    kind: &str,
    values: Vec<Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    if matches!(kind, "array" | "object") {
        schema.remove("enum");
        let found = Value::Array(values);
        scribe.note(
            at,
            format!("the values {found} of type {kind} are left to the provider"),
        );
        return;
    }
    let mut kept: Vec<Value> = Vec::new();
    for value in &values {
        match as_type(value, kind) {
            Some(read) => {
                if read != *value {
                    scribe.note(at, format!("the value {value} is {read}, of type {kind}"));
                }
                if read == *value || !kept.contains(&read) {
                    kept.push(read);
                }
            }
            None => scribe.note(
                at,
                format!("the value {value} is left out: it is not of type {kind}"),
            ),
        }
    }
    if kept.is_empty() {
        schema.remove("enum");
    } else if kept != values {
        schema.insert("enum".to_owned(), Value::Array(kept));
    }
}

/// `value` as one of type `kind`, where it says one: pages written by hand leave quotation marks out, or
/// have some too many.
fn as_type(value: &Value, kind: &str) -> Option<Value> {
    match (kind, value) {
        ("string", Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        ("integer", Value::Number(number)) if number.is_f64() => {
            let text = number.to_string();
            text.strip_suffix(".0")?
                .parse::<i64>()
                .ok()
                .map(Value::from)
        }
        ("integer", Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
        ("number", Value::String(text)) => serde_json::from_str(text.trim())
            .ok()
            .filter(Value::is_number),
        ("boolean", Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(json!(true)),
        ("boolean", Value::String(text)) if text.eq_ignore_ascii_case("false") => {
            Some(json!(false))
        }
        _ => is_of(value, kind).then(|| value.clone()),
    }
}

/// The `type` that a value has; none for null.
fn kind_of(value: &Value) -> Option<&'static str> {
    let kind = Type::of_value(value);
    (kind != Type::Null).then(|| kind.name())
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind_of(value) {
        Some("integer") => matches!(kind, "integer" | "number"),
        found => found == Some(kind),
    }
}

/// The type that all values have, or a union with an enumeration for each of their types.
fn by_values(
    schema: &mut Map<String, Value>,
    values: Vec<Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    let mut found: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| values.iter().any(|value| kind_of(value) == Some(*kind)))
        .collect();
    // An integer is a number.
    if found.contains(&"number") {
        found.retain(|kind| *kind != "integer");
    }
    match found.as_slice() {
        [] => {}
        [kind] => {
            scribe.note(at, format!("values without a type: {kind}"));
            schema.insert("type".to_owned(), (*kind).into());
            of_type(schema, kind, values, at, scribe);
            with_items(schema);
        }
        _ => {
            let members: Vec<Value> = found.iter().map(|kind| member(kind, &values)).collect();
            scribe.note(
                at,
                format!("values of several types became one of {}", found.join(", ")),
            );
            // The values say it all.
            schema.retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
            schema.insert("oneOf".to_owned(), Value::Array(members));
        }
    }
}

/// One type of several, with the values that are of it.
fn member(kind: &str, values: &[Value]) -> Value {
    let mut member = Map::new();
    member.insert("type".to_owned(), kind.into());
    if !matches!(kind, "array" | "object") {
        let fitting = values.iter().filter(|value| is_of(value, kind)).cloned();
        member.insert("enum".to_owned(), fitting.collect());
    }
    with_items(&mut member);
    Value::Object(member)
}

/// A list is one of anything if nothing else is said.
fn with_items(schema: &mut Map<String, Value>) {
    if schema::kind(schema) == Some("array") {
        schema.entry("items").or_insert_with(|| json!({}));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, runtime_type};

    #[test]
    fn values_that_are_written_without_quotation_marks_are_texts() {
        for (values, texts) in [
            (json!([true, false]), json!(["true", "false"])),
            (json!([1, 2, "3"]), json!(["1", "2", "3"])),
            (json!([1.5, "a"]), json!(["1.5", "a"])),
            (json!(["1", 1]), json!(["1"])),
            (json!(["a", {"b": 1}]), json!(["a"])),
        ] {
            let (schema, report) = lower_request_schema(json!({"type": "string", "enum": values}));
            assert_eq!(schema, json!({"type": "string", "enum": texts}));
            assert!(report.counts().contains_key("enum-values"));
        }
    }

    #[test]
    fn values_with_quotation_marks_too_many_are_numbers_and_flags() {
        for (kind, values, read) in [
            ("integer", json!(["1", 2]), json!([1, 2])),
            ("integer", json!([1.0, "x", 2]), json!([1, 2])),
            ("boolean", json!(["true", "False"]), json!([true, false])),
        ] {
            let (schema, _) = lower_request_schema(json!({"type": kind, "enum": values}));
            assert_eq!(schema["enum"], read);
            assert_eq!(schema["type"], kind);
        }
    }

    #[test]
    fn an_enumeration_of_which_no_value_is_of_the_type_goes_with_a_note() {
        let (schema, report) =
            lower_request_schema(json!({"type": "boolean", "enum": ["on", "off"]}));
        assert_eq!(schema, json!({"type": "boolean"}));
        let told = report.to_string();
        assert!(told.contains(r#"the value "on" is left out"#), "{told}");
    }

    #[test]
    fn values_of_several_types_become_a_union() {
        let values = json!({"enum": [1, 2, "three"]});
        let (schema, _) = lower_answer_schema(values);
        assert_eq!(schema, runtime_type("NumberOrText"));
        let (schema, _) =
            lower_request_schema(json!({"enum": [[1], {"a": 2}, true], "description": "d"}));
        let kinds: Vec<_> = schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| member["type"].as_str().unwrap_or_default())
            .collect();
        // The enumeration of flags has got a name.
        assert_eq!(
            (kinds[1..].to_vec(), kinds.len()),
            (vec!["array", "object"], 3)
        );
        assert_eq!(schema["description"], "d");
    }

    #[test]
    fn values_without_a_type_say_it() {
        for (values, kind) in [(json!(["a", ""]), "string"), (json!([1, 2]), "integer")] {
            let (schema, _) = lower_request_schema(json!({"enum": values}));
            assert_eq!(schema["type"], kind);
        }
        let (schema, _) = lower_request_schema(json!({"enum": [[1], [2]]}));
        assert_eq!(schema, json!({"type": "array", "items": {}}));
    }
}
