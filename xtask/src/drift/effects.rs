//! What an overlay action does to a document, step by step.

use std::collections::BTreeMap;

use openapi_model::pointer;
use serde_json::Value;
use spec_documents::overlay::{self, Overlay, OverlayError, Problem};

/// What was and what is at each JSON pointer that an action changed.
pub(super) type Effects = BTreeMap<String, (Option<Value>, Option<Value>)>;

/// One action, applied to what the actions before it made.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) outcome: Outcome,
    pub(super) effects: Effects,
}

/// How an action went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Applied,
    /// It matched or changed nothing.
    Idle(Problem),
    /// It does not fit the document, which stays without it.
    Refused(String),
    /// It repeats what a list has already: the list's pointer. The document has each entry once.
    Repeats(String),
}

/// Applies the actions one by one; those that do not fit are left out.
pub(super) fn run(merged: &Value, overlay: &Overlay) -> (Value, Vec<Step>) {
    let mut document = merged.clone();
    let mut steps = Vec::new();
    for action in &overlay.actions {
        let single = Overlay {
            file: overlay.file.clone(),
            actions: vec![action.clone()],
        };
        let before = document.clone();
        let outcome = match overlay::apply(&document, &single) {
            Ok(applied) => {
                document = applied.document;
                match applied.findings.first() {
                    Some(finding) => Outcome::Idle(finding.problem),
                    None => Outcome::Applied,
                }
            }
            Err(OverlayError::Action { message, .. }) => Outcome::Refused(message),
            Err(error) => Outcome::Refused(error.to_string()),
        };
        let mut effects = Effects::new();
        differences(Some(&before), Some(&document), "", &mut effects);
        let repeated = without_repetition(&mut document, &effects);
        steps.push(Step {
            outcome: match repeated {
                Some(pointer) if outcome == Outcome::Applied => Outcome::Repeats(pointer),
                _ => outcome,
            },
            effects,
        });
    }
    (document, steps)
}

/// The document without one action, whatever that leaves of the others.
pub(super) fn without(merged: &Value, overlay: &Overlay, number: usize) -> Value {
    let mut rest = overlay.clone();
    rest.actions.retain(|action| action.number != number);
    run(merged, &rest).0
}

fn differences(before: Option<&Value>, after: Option<&Value>, at: &str, found: &mut Effects) {
    match (before, after) {
        (Some(before), Some(after)) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let new = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(new) {
                let at = pointer::join(at, key);
                differences(before.get(key), after.get(key), &at, found);
            }
        }
        (before, after) => {
            found.insert(at.to_owned(), (before.cloned(), after.cloned()));
        }
    }
}

/// Takes repeated entries out of the lists that are sets and that an action added to; the first such list.
fn without_repetition(document: &mut Value, effects: &Effects) -> Option<String> {
    let mut first = None;
    for (pointer, change) in effects {
        let (Some(Value::Array(before)), Some(_), true) = (&change.0, &change.1, is_set(pointer))
        else {
            continue;
        };
        let Some(Value::Array(list)) = document.pointer_mut(pointer) else {
            continue;
        };
        let (had, repeats) = (repetitions(before), repetitions(list));
        if repeats > had {
            let mut seen: Vec<Value> = Vec::new();
            list.retain(|entry| {
                let new = !seen.contains(entry);
                seen.push(entry.clone());
                new
            });
            first.get_or_insert_with(|| pointer.clone());
        }
    }
    first
}

/// Whether the list at a pointer holds each entry once, in any order.
pub(super) fn is_set(pointer: &str) -> bool {
    ["/enum", "/required", "/type"]
        .iter()
        .any(|name| pointer.ends_with(name))
}

fn repetitions(list: &[Value]) -> usize {
    let repeated = list
        .iter()
        .enumerate()
        .filter(|(index, entry)| list[..*index].contains(entry));
    repeated.count()
}

/// Words for people in a schema or an operation.
const WORDS: [&str; 5] = ["description", "summary", "title", "example", "examples"];
/// Objects whose keys are names and no keywords.
const NAMED: [&str; 12] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "headers",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "responses",
    "schemas",
    "securitySchemes",
];

/// The document without words for people, and with the entries of every list of plain values in order and once: equal
/// for two documents that differ in words only.
pub(super) fn wordless(value: &Value) -> Value {
    stripped(value, false)
}

fn stripped(value: &Value, keys_are_names: bool) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| keys_are_names || !WORDS.contains(&key.as_str()))
            .map(|(key, value)| {
                let names = !keys_are_names && NAMED.contains(&key.as_str());
                (key.clone(), stripped(value, names))
            })
            .collect(),
        Value::Array(list)
            if list
                .iter()
                .all(|entry| !entry.is_object() && !entry.is_array()) =>
        {
            let mut sorted: Vec<Value> = list.clone();
            sorted.sort_by_key(Value::to_string);
            sorted.dedup();
            Value::Array(sorted)
        }
        Value::Array(list) => list.iter().map(|entry| stripped(entry, false)).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay(actions: &str) -> Overlay {
        let text = format!("overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}");
        Overlay::parse("overlay.yaml", &text).unwrap()
    }

    #[test]
    fn an_action_that_does_not_fit_is_left_out_and_the_others_apply() {
        let actions = "  - {target: $.a, description: d, x-evidence: e, update: {b: 1}}\n  - {target: $.c, description: d, x-evidence: e, update: 2}\n";
        let (document, steps) = run(&json!({"a": {"b": {}}, "c": 1}), &overlay(actions));
        assert_eq!(document, json!({"a": {"b": {}}, "c": 2}));
        assert!(matches!(steps[0].outcome, Outcome::Refused(_)));
        assert_eq!(steps[1].outcome, Outcome::Applied);
        assert_eq!(steps[1].effects["/c"], (Some(json!(1)), Some(json!(2))));
    }

    #[test]
    fn an_entry_that_a_list_has_already_is_told_and_taken_once() {
        let actions = "  - {target: $.s, description: d, x-evidence: e, update: {enum: [b, c]}}\n";
        let (document, steps) = run(&json!({"s": {"enum": ["a", "b"]}}), &overlay(actions));
        assert_eq!(document, json!({"s": {"enum": ["a", "b", "c"]}}));
        assert_eq!(steps[0].outcome, Outcome::Repeats("/s/enum".to_owned()));
    }

    #[test]
    fn words_do_not_count_and_a_field_that_is_called_description_does() {
        let one = json!({"description": "a", "properties": {"description": {"type": "string"}}, "enum": [2, 1]});
        let other = json!({"properties": {"description": {"type": "string", "title": "t"}}, "enum": [1, 2, 2]});
        assert_eq!(wordless(&one), wordless(&other));
        let without = json!({"properties": {}, "enum": [1, 2]});
        assert_ne!(wordless(&one), wordless(&without));
    }
}
