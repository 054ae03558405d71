//! What holds for every document: seeds and generators are fixed, so that a failure is met again.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod mutation;
mod off_the_wire;
mod rewriting;

use std::path::Path;

use fastrand::Rng;
use openapi_drift::compare;
use serde_json::{Value, json};

const PROVIDERS: [&str; 4] = ["kotanipay", "mce", "optty", "tazapay"];

/// The effective document of a provider.
fn document(provider: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let path = root.join("specs").join(provider).join("openapi.json");
    let text = std::fs::read_to_string(path).expect("the effective document");
    serde_json::from_str(&text).expect("JSON")
}

/// Rewrites every document, by so many seeds, in a way that is no drift, there and back.
#[track_caller]
fn no_drift(seeds: u64, rewrite: impl Fn(&Value, &mut Rng) -> Value) {
    for provider in PROVIDERS {
        let document = document(provider);
        for seed in 0..seeds {
            let other = rewrite(&document, &mut Rng::with_seed(seed));
            for (before, after) in [(&document, &other), (&other, &document)] {
                let drift = compare(before, after);
                assert_eq!(drift.changes, [], "{provider}, seed {seed}");
                assert_eq!(drift.exit_code(), 0);
            }
        }
    }
}

#[test]
fn a_document_has_no_drift_to_itself() {
    no_drift(1, |document, _| document.clone());
}

#[test]
fn another_order_is_no_drift() {
    no_drift(30, |document, random| {
        let mut other = document.clone();
        rewriting::shuffle(&mut other, random);
        other
    });
}

#[test]
fn references_that_are_put_inline_are_no_drift() {
    no_drift(30, |document, random| {
        let mut other = document.clone();
        rewriting::inline(&mut other, document, random);
        other
    });
}

#[test]
fn components_with_other_names_are_no_drift() {
    no_drift(10, |document, random| {
        let other = rewriting::rename_components(document, random);
        assert_ne!(*document, other);
        other
    });
}

#[test]
fn words_that_do_not_matter_are_no_drift() {
    no_drift(10, |document, random| {
        let mut other = document.clone();
        assert!(rewriting::add_words(&mut other, random) > 0);
        other
    });
}

#[test]
fn every_single_mutation_is_told_or_is_not_on_the_wire() {
    for provider in PROVIDERS {
        let document = document(provider);
        let (mut told, mut unseen) = (0, 0);
        for seed in 0..2_500 {
            let Some(mutation) = mutation::random(&document, &mut Rng::with_seed(seed)) else {
                continue;
            };
            for (from, to) in [
                (&document, &mutation.document),
                (&mutation.document, &document),
            ] {
                if compare(from, to).changes.is_empty() {
                    let reason = off_the_wire::reason(&document, &mutation);
                    assert!(
                        reason.is_some(),
                        "{provider}, seed {seed}: nothing is told of {:?} at {}",
                        mutation.sort,
                        mutation.pointer
                    );
                    unseen += 1;
                } else {
                    told += 1;
                }
            }
        }
        assert!(
            told > 1_000 && unseen > 100,
            "{provider}: {told} told, {unseen} not"
        );
    }
}

#[test]
fn the_list_of_what_is_not_on_the_wire_lets_nothing_else_through() {
    let document = document("tazapay");
    let on_the_wire = [
        "/paths/~1v3~1refund/post/requestBody/required",
        "/paths/~1v3~1refund/post/parameters/0/name",
        "/components/schemas/RefundData/properties/status/enum/0",
        "/components/schemas/RefundData/properties/amount/type",
        // Only webhooks lead to it.
        "/components/schemas/RefundEvent/type",
        // A field of this name, and no description.
        "/components/schemas/RefundData/properties/status_description",
        "/components/securitySchemes/sec0/scheme",
        "/servers/0/url",
    ];
    for pointer in on_the_wire {
        let mutation = mutation::changed(&document, pointer, json!("another"));
        assert_eq!(
            off_the_wire::reason(&document, &mutation),
            None,
            "{pointer}"
        );
        assert_ne!(
            compare(&document, &mutation.document).changes,
            [],
            "{pointer}"
        );
    }
    let description = "/components/schemas/RefundData/description";
    let mutation = mutation::changed(&document, description, json!("Some words"));
    assert!(off_the_wire::reason(&document, &mutation).is_some());
}

#[test]
fn documents_in_ruins_are_compared_without_a_panic_and_always_alike() {
    for provider in PROVIDERS {
        let document = document(provider);
        for seed in 0..150 {
            let mut random = Rng::with_seed(seed);
            let ruin = |random: &mut Rng| {
                let mut ruin = document.clone();
                for _ in 0..12 {
                    if let Some(mutation) = mutation::random(&ruin, random) {
                        ruin = mutation.document;
                    }
                }
                ruin
            };
            let (from, to) = (ruin(&mut random), ruin(&mut random));
            let first = compare(&from, &to);
            assert_eq!(first, compare(&from, &to), "{provider}, seed {seed}");
            let classes: Vec<_> = first.changes.iter().map(|change| change.class).collect();
            assert!(
                classes.is_sorted_by(|left, right| left >= right),
                "{provider}, seed {seed}"
            );
        }
    }
}

#[test]
fn schemas_that_lead_back_to_themselves_come_to_an_end() {
    let document = |text: &str| {
        json!({
            "openapi": "3.1.0",
            "paths": {"/a": {"post": {"responses": {"200": {"description": "x", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/A"}}
            }}}}}},
            "components": {"schemas": {
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"properties": {"next": {"$ref": "#/components/schemas/A"}}}]},
                "B": {"properties": {
                    "next": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]},
                    "either": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/C"}]},
                    "text": {"type": text},
                }},
                "C": {"oneOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}, {"type": "string", "minLength": 1}]},
                "Self": {"$ref": "#/components/schemas/Self"},
            }},
        })
    };
    assert_eq!(
        compare(&document("string"), &document("string")).changes,
        []
    );
    let drift = compare(&document("string"), &document("integer"));
    assert_eq!(drift.changes.len(), 1, "{:#?}", drift.changes);
    assert_eq!(
        drift.changes[0].pointer,
        "/components/schemas/B/properties/text/type"
    );
}

#[test]
fn a_long_chain_of_schemas_does_not_exhaust_the_stack() {
    let document = |last: &str| {
        let mut schemas = serde_json::Map::new();
        for index in 0..5_000 {
            let next = format!("#/components/schemas/S{}", index + 1);
            let schema = json!({"type": "object", "properties": {"next": {"$ref": next}}});
            schemas.insert(format!("S{index}"), schema);
        }
        schemas.insert("S5000".to_owned(), json!({"type": last}));
        json!({
            "paths": {"/a": {"get": {"responses": {"200": {"content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/S0"}}
            }}}}}},
            "components": {"schemas": schemas},
        })
    };
    let drift = compare(&document("string"), &document("boolean"));
    assert_eq!(drift.changes.len(), 1);
    assert_eq!(drift.changes[0].operation.as_deref(), Some("GET /a"));
}
