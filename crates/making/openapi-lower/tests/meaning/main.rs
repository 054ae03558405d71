//! Lowering keeps the meaning of schemas: for samples of every rule, the schema before and after accepts
//! and refuses the same instances, unless the rule's statement says otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod instances;
mod judge;
mod samples;

use std::collections::BTreeSet;

use instances::{Random, instance};
use judge::Judge;
use openapi_lower::{lower, rules};
use samples::{Direction, Meaning, NOT_ABOUT_SCHEMAS, Sample, samples};
use serde_json::{Value, json};

/// Instances tried for each sample.
const INSTANCES: u64 = 400;

/// A document in which the sample is a member of what one operation sends or receives.
fn document(sample: &Sample) -> Value {
    let mut content =
        json!({"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}});
    if sample.rule == "null-in-examples" {
        content["application/json"]["example"] = json!({"member": null});
    }
    if sample.rule == "mistyped-in-examples" {
        content["application/json"]["example"] = json!({"member": value_of_another_type(sample)});
    }
    let without_example = content.clone();
    if ["absent-in-examples", "answer-copies"].contains(&sample.rule) {
        content["application/json"]["example"] = json!({});
    }
    let operation = match sample.direction {
        // Requests and answers have the body.
        _ if sample.rule == "answer-copies" => json!({"post": {
            "operationId": "call", "requestBody": {"content": without_example},
            "responses": {"200": {"description": "", "content": content}}
        }}),
        Direction::Request => json!({"post": {
            "operationId": "call", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}
        }}),
        Direction::Answer => json!({"get": {
            "operationId": "call", "responses": {"200": {"description": "", "content": content}}
        }}),
    };
    let mut schemas = sample.components.clone();
    let required: &[&str] = if sample.optional { &[] } else { &["member"] };
    schemas["Body"] =
        json!({"type": "object", "required": required, "properties": {"member": sample.schema}});
    json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/call": operation}, "components": {"schemas": schemas}
    })
}

/// A value of another type than the sample's.
fn value_of_another_type(sample: &Sample) -> Value {
    match sample.schema["type"].as_str() {
        Some("array") => json!({"a": 1}),
        _ => json!(7),
    }
}

#[test]
fn lowered_schemas_accept_and_refuse_what_the_published_ones_do() {
    let faults: Vec<String> = samples()
        .iter()
        .filter_map(|sample| fault(sample).err())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What is wrong with the lowering of one sample.
fn fault(sample: &Sample) -> Result<(), String> {
    let document = document(sample);
    let name = format!("{}: {}", sample.rule, sample.schema);
    let lowered = lower(&document).map_err(|error| format!("{name}: {error}"))?;
    // What is only said in another way is not noted.
    let is_noted = sample.rule != "reading";
    if is_noted && !lowered.report.counts().contains_key(sample.rule) {
        return Err(format!(
            "{name}: the rule was not applied\n{}",
            lowered.report
        ));
    }
    let lowered_name = match (sample.rule, sample.direction) {
        ("answer-copies", Direction::Answer) => "BodyOutput",
        _ => "Body",
    };
    let before = Judge::before(&document);
    let after = Judge::after(&lowered.document, lowered_name);
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..INSTANCES {
        let mut random = Random(seed);
        let body = &document["components"]["schemas"]["Body"];
        let instance = instance(&mut random, &document, body, 6);
        let (was, is) = (before.accepts(&instance), after.accepts(&instance));
        accepted += usize::from(was);
        refused += usize::from(!was);
        let kept = match sample.meaning {
            Meaning::Same => was == is,
            Meaning::MoreTolerant => is || !was,
            Meaning::Narrower => was || !is,
        };
        if !kept {
            let word = |accepted: bool| if accepted { "accepted" } else { "refused" };
            let schemas = &lowered.document["components"]["schemas"];
            return Err(format!(
                "{name}: {instance} was {} and is {}\n{schemas}",
                word(was),
                word(is)
            ));
        }
    }
    if accepted == 0 || refused == 0 {
        return Err(format!(
            "{name}: {accepted} instances accepted, {refused} refused"
        ));
    }
    Ok(())
}

#[test]
fn every_rule_has_a_sample_or_is_not_about_schemas() {
    let sampled: BTreeSet<&str> = samples().iter().map(|sample| sample.rule).collect();
    let unjudged: Vec<&str> = rules()
        .iter()
        .map(|rule| rule.name)
        .filter(|name| sampled.contains(name) == NOT_ABOUT_SCHEMAS.contains(name))
        .collect();
    assert!(
        unjudged.is_empty(),
        "add samples to tests/meaning/samples.rs, or list them as not about schemas there: {unjudged:?}"
    );
}
