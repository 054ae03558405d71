//! A document with a mistake in it is lowered or refused with the place, and nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use std::path::Path;

use openapi_lower::lower;
use openapi_model::pointer;
use serde_json::{Value, json};

/// Mutations of each document.
const SEEDS: u64 = 150;

#[test]
fn a_document_with_any_node_deleted_nulled_or_retyped_is_lowered_or_refused_with_its_place() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../specs");
    let mut documents = 0;
    for folder in std::fs::read_dir(specs).unwrap() {
        let file = folder.unwrap().path().join("openapi.json");
        let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        documents += 1;
        let places = pointer::all(&document);
        for seed in 0..SEEDS {
            let mutated = mutate(&document, &places, seed);
            if let Err(refused) = lower(&mutated) {
                assert!(
                    !refused.cause.is_empty() && !refused.rule.is_empty(),
                    "{refused}"
                );
            }
        }
    }
    assert_eq!(documents, 4);
}

#[test]
fn a_document_that_is_nested_too_deep_is_refused() {
    let mut schema = json!({"type": "boolean"});
    for _ in 0..1000 {
        schema = json!({"type": "array", "items": schema});
    }
    let refused = lower(&json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"Deep": schema}}
    }))
    .unwrap_err();
    assert!(refused.cause.contains("nested deeper"), "{refused}");
}

#[test]
fn recursion_of_every_kind_comes_to_an_end() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let node = |schema: Value| json!({"type": "object", "properties": {"next": schema}});
    for schemas in [
        json!({"A": reference("A")}),
        json!({"A": {"allOf": [reference("A")]}}),
        json!({"A": {"oneOf": [reference("A"), {"type": "string"}]}}),
        json!({"A": {"anyOf": [reference("B")]}, "B": {"allOf": [reference("A"), node(reference("B"))]}}),
        json!({"A": node(json!({"allOf": [reference("A"), node(reference("A"))]}))}),
        json!({"A": {"allOf": [reference("B"), node(reference("A"))]}, "B": {"allOf": [reference("A"), node(reference("B"))]}}),
        json!({"A": {"type": "array", "items": reference("A")}}),
        json!({"A": {"additionalProperties": reference("A"), "type": "object"}}),
        json!({"A": {"type": "object", "oneOf": [reference("B"), reference("C")], "discriminator": {"propertyName": "t"}, "properties": {"t": {"type": "string"}}},
               "B": {"allOf": [reference("A"), node(reference("C"))]}, "C": {"allOf": [reference("A"), node(reference("B"))]}}),
    ] {
        let content = json!({"application/json": {"schema": reference("A")}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": schemas}
        });
        let lowered = lower(&document).unwrap();
        let left = lowered.document["components"]["schemas"].to_string();
        assert!(left.len() < 4096, "{schemas}: {left}");
    }
}

fn mutate(document: &Value, places: &[String], seed: u64) -> Value {
    let mut mutated = document.clone();
    // An odd multiplier visits the places in an order that looks random and repeats.
    let number = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    let place = &places[usize::try_from(number % places.len() as u64).unwrap()];
    let replacement = match seed % 7 {
        0 => {
            pointer::remove(&mut mutated, place);
            return mutated;
        }
        1 => json!(null),
        2 => json!([]),
        3 => json!({}),
        4 => json!("text"),
        5 => json!(-1.5),
        _ => json!(true),
    };
    *mutated.pointer_mut(place).unwrap() = replacement;
    mutated
}
