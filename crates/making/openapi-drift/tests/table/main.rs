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

mod second;

use std::collections::BTreeSet;

use openapi_drift::{Direction, Kind, compare};
use serde_json::{Value, json};

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

/// A file of cases, with the document that a case stands for.
type File = (&'static str, &'static str, fn(&Value, bool) -> Value);

const FIELDS: File = ("fields", include_str!("cases/fields.yaml"), schema);
const VALUES: File = ("values", include_str!("cases/values.yaml"), schema);
const ALTERNATIVES: File = (
    "alternatives",
    include_str!("cases/alternatives.yaml"),
    schema,
);
const SAME: File = ("same", include_str!("cases/same.yaml"), schema);
const OPERATIONS: File = (
    "operations",
    include_str!("cases/operations.yaml"),
    operation,
);
const API: File = ("api", include_str!("cases/api.yaml"), document);
const WEBHOOKS: File = ("webhooks", include_str!("cases/webhooks.yaml"), webhook);
const ALL: [File; 7] = [
    FIELDS,
    VALUES,
    ALTERNATIVES,
    SAME,
    OPERATIONS,
    WEBHOOKS,
    API,
];

/// A kind of change and its direction.
type Met = BTreeSet<(Kind, Direction)>;

/// Compares one file's cases; gives the number of pairs and adds what is met in them.
fn check((name, text, wrap): File, met: &mut Met) -> usize {
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
            met.extend(
                drift
                    .changes
                    .iter()
                    .map(|change| (change.kind, change.direction)),
            );
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

/// A document of one webhook, which is as the case says.
fn webhook(operation: &Value, _: bool) -> Value {
    let mut operation = operation.clone();
    if operation.get("responses").is_none() {
        operation["responses"] = json!({"204": {"description": "taken"}});
    }
    json!({"openapi": "3.1.0", "paths": {}, "webhooks": {"refunded": {"post": operation}}})
}

/// The case is the document, but for its version.
fn document(document: &Value, _: bool) -> Value {
    let mut document = document.clone();
    document["openapi"] = "3.1.0".into();
    document
}

#[test]
fn fields_are_classified_by_direction() {
    let pairs = check(FIELDS, &mut Met::new());
    assert!(pairs >= 30, "{pairs}");
}

#[test]
fn types_and_values_are_classified_by_direction() {
    let pairs = check(VALUES, &mut Met::new());
    assert!(pairs >= 60, "{pairs}");
}

#[test]
fn alternatives_are_classified_by_direction() {
    let pairs = check(ALTERNATIVES, &mut Met::new());
    assert!(pairs >= 20, "{pairs}");
}

#[test]
fn what_means_the_same_is_no_change() {
    let pairs = check(SAME, &mut Met::new());
    assert!(pairs >= 30, "{pairs}");
}

#[test]
fn operations_are_classified() {
    let pairs = check(OPERATIONS, &mut Met::new());
    assert!(pairs >= 40, "{pairs}");
}

#[test]
fn calls_of_the_provider_are_classified() {
    let pairs = check(WEBHOOKS, &mut Met::new());
    assert!(pairs >= 15, "{pairs}");
}

#[test]
fn the_api_as_a_whole_is_classified() {
    let pairs = check(API, &mut Met::new());
    assert!(pairs >= 30, "{pairs}");
}

/// Kinds that do not go both ways, and why.
const ONE_WAY: [(&[Kind], Direction, &str); 4] = [
    (
        &[
            Kind::OperationRemoved,
            Kind::OperationAdded,
            Kind::PathChanged,
            Kind::MethodChanged,
            Kind::ServerChanged,
            Kind::ServerRemoved,
            Kind::ServerAdded,
            Kind::ServerRoleChanged,
            Kind::AuthenticationRequired,
            Kind::AuthenticationChanged,
            Kind::AuthenticationRemoved,
            Kind::AuthenticationAdded,
            Kind::AuthenticationLifted,
            Kind::ScopesChanged,
        ],
        Direction::Api,
        "it is how the API is called, and neither sent nor received as a value",
    ),
    (
        &[
            Kind::Deprecated,
            Kind::DeprecationLifted,
            Kind::WordingChanged,
        ],
        Direction::Api,
        "it is words, and on the wire in neither direction",
    ),
    (
        &[Kind::CallbackRemoved, Kind::CallbackAdded],
        Direction::Answer,
        "the provider makes these calls, and we only receive them",
    ),
    (
        &[
            Kind::IdempotencyKeyAdded,
            Kind::IdempotencyKeyRemoved,
            Kind::IdempotencyKeyRequired,
            Kind::IdempotencyKeyOptional,
        ],
        Direction::Request,
        "the provider recognises our requests by it, and no answer",
    ),
];

/// Kinds that are met without a direction besides, and why.
const OF_THE_API_TOO: [(Kind, &str); 2] = [
    (
        Kind::UnitChanged,
        "the words of an operation can speak of a unit",
    ),
    (Kind::Other, "what no rule covers can be anywhere"),
];

#[test]
fn every_kind_has_a_case_in_each_direction_that_it_can_have() {
    let mut met = Met::new();
    for file in ALL {
        check(file, &mut met);
    }
    let mut wrong = Vec::new();
    // It is told of pages, by whoever has them.
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::PageChanged) {
        let found = met.iter().filter(|(found, _)| found == kind);
        let found: Vec<Direction> = found.map(|(_, direction)| *direction).collect();
        let one_way = ONE_WAY.iter().find(|(kinds, _, _)| kinds.contains(kind));
        let is_of_the_api_too = OF_THE_API_TOO.iter().any(|(other, _)| other == kind);
        let wanted = match (one_way, is_of_the_api_too) {
            (Some((_, direction, _)), _) => vec![*direction],
            (None, true) => vec![Direction::Api, Direction::Request, Direction::Answer],
            (None, false) => vec![Direction::Request, Direction::Answer],
        };
        if found != wanted {
            wrong.push(format!("{kind}: wanted {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
