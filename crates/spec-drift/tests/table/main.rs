//! Small pairs of documents, each with the class that was worked out by hand from the rules of OpenAPI and JSON Schema.
//!
//! The pairs are in `cases/*.yaml`. An entry is compared from `from` to `to` and back; a schema both as what a client
//! sends and as what it receives. The expected changes are the whole of what is found, `class kind` each, with a word
//! of reason behind.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use serde_json::{Value, json};
use spec_drift::{Kind, compare};

/// The keys of the expectations, whether they are of what is received, and whether they go back.
const EXPECTATIONS: [(&str, bool, bool); 4] = [
    ("sent", false, false),
    ("received", true, false),
    ("back-sent", false, true),
    ("back-received", true, true),
];

fn cases(name: &str, text: &str) -> Vec<Value> {
    let parsed = spec_documents::syntax::parse(text, spec_documents::syntax::Format::Yaml)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    parsed.as_array().expect("a list of cases").clone()
}

/// Compares one file's cases; gives the number of pairs.
fn check(name: &str, text: &str, wrap: fn(&Value, bool) -> Value) -> usize {
    let mut pairs = 0;
    let mut wrong = Vec::new();
    for case in cases(name, text) {
        let change = case["change"].as_str().expect("what changes");
        for (key, is_answer, is_back) in EXPECTATIONS {
            let Some(expected) = case.get(key) else {
                continue;
            };
            let (from, to) = match is_back {
                false => (&case["from"], &case["to"]),
                true => (&case["to"], &case["from"]),
            };
            let drift = compare(&wrap(from, is_answer), &wrap(to, is_answer));
            let mut found: Vec<String> = drift
                .changes
                .iter()
                .map(|change| format!("{} {}", change.class.code(), change.kind.code()))
                .collect();
            found.sort();
            let (wanted, reason) = expectation(expected);
            assert!(!reason.is_empty(), "{name}: {change}: {key} has no reason");
            if found != wanted {
                wrong.push(format!(
                    "{change}, {key}: wanted {wanted:?}, found {found:?}"
                ));
            }
            pairs += 1;
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    pairs
}

/// `[class kind + class kind, reason]`, or `[none, reason]`.
fn expectation(value: &Value) -> (Vec<String>, &str) {
    let text = value[0].as_str().expect("what is expected");
    let mut wanted: Vec<String> = match text {
        "none" => Vec::new(),
        text => text.split(" + ").map(str::to_owned).collect(),
    };
    for one in &wanted {
        let kind = one.split_once(' ').expect("class and kind").1;
        assert!(Kind::ALL.iter().any(|known| known.code() == kind), "{one}");
    }
    wanted.sort();
    (wanted, value[1].as_str().expect("a reason"))
}

/// A document in which the schema is sent, or received.
fn schema(schema: &Value, is_answer: bool) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    let operation = match is_answer {
        false => {
            json!({"requestBody": {"content": content}, "responses": {"204": {"description": "done"}}})
        }
        true => json!({"responses": {"200": {"description": "done", "content": content}}}),
    };
    json!({
        "openapi": "3.1.0",
        "paths": {"/refunds": {"post": operation}},
        "components": {"schemas": {
            "Text": {"type": "string"},
            "Card": {"type": "object", "properties": {"kind": {"type": "string"}, "pan": {"type": "string"}}, "required": ["kind", "pan"]},
            "Bank": {"type": "object", "properties": {"kind": {"type": "string"}, "iban": {"type": "string"}}, "required": ["kind", "iban"]},
            "Cash": {"type": "object", "properties": {"kind": {"type": "string"}, "desk": {"type": "integer"}}, "required": ["kind", "desk"]},
            "RenamedCard": {"type": "object", "properties": {"kind": {"type": "string"}, "pan": {"type": "string"}}, "required": ["kind", "pan"]},
            "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
            "OtherNode": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/OtherNode"}}},
        }},
    })
}

/// A document of one operation; `responses` and the like are as the case says.
fn operation(operation: &Value, _: bool) -> Value {
    let mut operation = operation.clone();
    if operation.get("responses").is_none() {
        operation["responses"] = json!({"204": {"description": "done"}});
    }
    json!({"openapi": "3.1.0", "paths": {"/refunds/{id}": {"post": operation}}})
}

/// The case is the document, but for its version.
fn document(document: &Value, _: bool) -> Value {
    let mut document = document.clone();
    document["openapi"] = "3.1.0".into();
    document
}

#[test]
fn fields_are_classified_by_direction() {
    let pairs = check("fields", include_str!("cases/fields.yaml"), schema);
    assert!(pairs >= 30, "{pairs}");
}

#[test]
fn types_and_values_are_classified_by_direction() {
    let pairs = check("values", include_str!("cases/values.yaml"), schema);
    assert!(pairs >= 60, "{pairs}");
}

#[test]
fn alternatives_are_classified_by_direction() {
    let pairs = check(
        "alternatives",
        include_str!("cases/alternatives.yaml"),
        schema,
    );
    assert!(pairs >= 20, "{pairs}");
}

#[test]
fn what_means_the_same_is_no_change() {
    let pairs = check("same", include_str!("cases/same.yaml"), schema);
    assert!(pairs >= 30, "{pairs}");
}

#[test]
fn operations_are_classified() {
    let pairs = check(
        "operations",
        include_str!("cases/operations.yaml"),
        operation,
    );
    assert!(pairs >= 40, "{pairs}");
}

#[test]
fn the_api_as_a_whole_is_classified() {
    let pairs = check("api", include_str!("cases/api.yaml"), document);
    assert!(pairs >= 30, "{pairs}");
}
