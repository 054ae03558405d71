//! A second judge: oxide's `drift`, on the same pairs. It compares documents as such; what clients of ours do with an
//! answer, and what a change does to money, it cannot know. Where it says otherwise, the reason is here.

use std::collections::BTreeSet;
use std::panic;

use openapi_drift::{Change, Class, compare};
use serde_json::{Value, json};

use crate::{ALL, EXPECTATIONS, cases};

/// What the two disagree on, and why: whether we say that it breaks, what it is about, and the reason.
const EXPLAINED: [(bool, &[&str], &str); 16] = [
    (
        false,
        &["nothing"],
        "it compares how a schema is written: another order of alternatives, allOf put together, a constant as a list of one and a default that is said are other schemas to it, and mean the same",
    ),
    (
        false,
        &[
            "alternative-added",
            "alternative-removed",
            "alternatives-changed",
            "constraint-changed",
        ],
        "any other list of alternatives is incompatible to it; a request that fits one of several still fits, and an answer that can be less can still be read",
    ),
    (
        false,
        &["type-changed", "type-stated"],
        "any other type is incompatible to it; an integer is a number, a text is any value, and a type that went without saying is the same one",
    ),
    (
        false,
        &["status-added", "status-removed"],
        "a status is incompatible to it wherever it comes or goes; our clients keep status, headers and body of one that they do not know, and a range has its members",
    ),
    (
        true,
        &[
            "authentication-changed",
            "authentication-removed",
            "authentication-required",
            "scopes-changed",
        ],
        "it does not compare how calls are authenticated",
    ),
    (
        true,
        &["server-changed", "server-removed"],
        "it does not compare where calls go",
    ),
    (
        true,
        &["call-of-the-provider"],
        "it does not compare callbacks and webhooks",
    ),
    (
        true,
        &["header"],
        "it does not compare the headers of answers",
    ),
    (
        true,
        &["discriminator-changed"],
        "it does not compare what tells alternatives apart",
    ),
    (
        true,
        &["default-changed", "serialization-changed"],
        "it does not compare what is meant by what is left out, and how values are written",
    ),
    (
        true,
        &["unit-changed"],
        "it reads no words, and the same number is another amount",
    ),
    (
        true,
        &["null-allowed", "null-refused"],
        "it does not compare `nullable`",
    ),
    (
        true,
        &["field-removed"],
        "it does not compare `readOnly` and `writeOnly`",
    ),
    (
        true,
        &[
            "additional-fields-changed",
            "items-changed",
            "other",
            "enum-values-removed",
        ],
        "it reads OpenAPI 3.0, which has no patterns of names, tuples, constants and dependencies",
    ),
    (
        true,
        &["body-removed"],
        "what a client sends is refused or ignored, optional or not: an ignored amount makes a full refund",
    ),
    (
        true,
        &["status-removed"],
        "a success that was documented and is not any more cannot be read as one",
    ),
];

/// What a change is about, for the table.
fn subject(change: &Change) -> &'static str {
    let pointer = change.pointer.as_str();
    let of_the_provider = ["/webhooks", "/x-webhooks"]
        .iter()
        .any(|at| pointer.starts_with(at));
    match change.kind.code() {
        _ if of_the_provider || pointer.contains("/callbacks/") => "call-of-the-provider",
        _ if pointer.contains("/headers/") => "header",
        code => code,
    }
}

/// Whether the other one says that it breaks; nothing where it cannot read the documents or says that it cannot tell.
fn breaks(before: &Value, after: &Value) -> Option<bool> {
    let (before, after) = (older(before)?, older(after)?);
    // It panics where an operation has another media type, say.
    let changes = panic::catch_unwind(|| drift::compare(&before, &after));
    let changes = changes.ok()?.ok()?;
    let mut breaks = false;
    for change in changes.iter().flat_map(|change| &change.changes) {
        match change.class {
            drift::ChangeClass::BackwardIncompatible | drift::ChangeClass::Incompatible => {
                breaks = true;
            }
            drift::ChangeClass::ForwardIncompatible | drift::ChangeClass::Trivial => {}
            drift::ChangeClass::Unhandled => return None,
        }
    }
    Some(breaks)
}

/// A document as OpenAPI 3.0, which is all that the other one reads.
fn older(document: &Value) -> Option<Value> {
    let mut document = document.clone();
    let members = document.as_object_mut()?;
    members.insert("openapi".to_owned(), "3.0.3".into());
    members.insert("info".to_owned(), json!({"title": "t", "version": "1"}));
    Some(document)
}

#[test]
fn every_disagreement_with_another_judge_is_explained() {
    let (mut asked, mut agreed) = (0, 0);
    let (mut met, mut unexplained) = (BTreeSet::new(), Vec::new());
    for (name, text, wrap) in ALL {
        for case in cases(name, text) {
            let keys = EXPECTATIONS
                .iter()
                .filter(|(key, _, _)| case.get(*key).is_some());
            for (key, is_answer, is_back) in keys {
                let (from, to) = match is_back {
                    false => (&case["from"], &case["to"]),
                    true => (&case["to"], &case["from"]),
                };
                let (before, after) = (wrap(from, *is_answer), wrap(to, *is_answer));
                let Some(theirs) = breaks(&before, &after) else {
                    continue;
                };
                asked += 1;
                let found = compare(&before, &after);
                let ours = found.class() == Some(Class::Breaking);
                if ours == theirs {
                    agreed += 1;
                    continue;
                }
                // Where we say that it breaks, only what breaks is to be explained.
                let told = found.changes.iter();
                let told = told.filter(|change| !ours || change.class == Class::Breaking);
                let mut about: BTreeSet<&str> = told.map(subject).collect();
                if about.is_empty() {
                    about.insert("nothing");
                }
                for subject in about {
                    let entry = EXPLAINED.iter().position(|(breaking, subjects, _)| {
                        *breaking == ours && subjects.contains(&subject)
                    });
                    match entry {
                        Some(entry) => drop(met.insert((entry, subject))),
                        None => unexplained
                            .push(format!("{name}: {}, {key}: {subject}", case["change"])),
                    }
                }
            }
        }
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    // What is explained is met, so that no reason outlives its disagreement.
    for (entry, (_, subjects, reason)) in EXPLAINED.iter().enumerate() {
        for subject in *subjects {
            assert!(met.contains(&(entry, *subject)), "{subject}: {reason}");
        }
    }
    assert!(
        asked >= 240 && agreed >= 120,
        "of {asked} pairs, {agreed} are judged alike"
    );
}
