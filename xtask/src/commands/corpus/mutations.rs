//! Damaged documents: whatever is in one, there is a client or an error, soon, and never a panic.

use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use fastrand::Rng;
use provider_codegen::document::{self, Made};
use provider_codegen::generator::Progenitor;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use spec_documents::select;

/// Up to how many paths a document is damaged as a whole. Of a larger one, one path is taken at a time, with
/// what it reaches: the time for all of them would say more about their number than about the damage.
const WHOLE: usize = 12;
/// An error that takes longer comes too late.
const SOON: Duration = Duration::from_secs(1);

/// What became of the damaged documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Mutations {
    pub(super) count: usize,
    pub(super) panics: usize,
    pub(super) errors: usize,
    /// Errors that took longer than a second.
    pub(super) late: usize,
    /// Seed of the first one that panicked or came late.
    pub(super) worst: Option<u64>,
}

/// Damages `document` `count` times, each time anew, beginning with `seed`.
pub(super) fn run(document: &Value, count: usize, seed: u64) -> Mutations {
    let mut found = Mutations {
        count,
        ..Mutations::default()
    };
    for number in 0..count {
        let seed = seed.wrapping_add(number as u64);
        let mut rng = Rng::with_seed(seed);
        let mut damaged = part(document, &mut rng);
        damage(&mut damaged, &mut rng);
        let started = Instant::now();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            document::generate("damaged", damaged, &Progenitor, &mut Made::default())
        }));
        let bad = match outcome {
            Err(_) => {
                found.panics += 1;
                true
            }
            Ok(Err(_)) => {
                let late = started.elapsed() > SOON;
                found.errors += 1;
                found.late += usize::from(late);
                late
            }
            Ok(Ok(())) => false,
        };
        if bad {
            found.worst.get_or_insert(seed);
        }
    }
    found
}

/// The whole of a document with few paths; of another one, one of them and what it reaches.
fn part(document: &Value, rng: &mut Rng) -> Value {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return document.clone();
    };
    if paths.len() <= WHOLE {
        return document.clone();
    }
    let some: Map<String, Value> = paths
        .iter()
        .skip(rng.usize(..paths.len()))
        .take(1)
        .map(|(path, item)| (path.clone(), item.clone()))
        .collect();
    let mut part = Map::new();
    for (member, value) in document.as_object().into_iter().flatten() {
        if member != "paths" {
            part.insert(member.clone(), value.clone());
        }
    }
    part.insert("paths".to_owned(), Value::Object(some));
    let mut part = Value::Object(part);
    select::prune_components(&mut part);
    part
}

/// Deletes, empties or retypes one node below the root.
fn damage(document: &mut Value, rng: &mut Rng) {
    let nodes = count(document);
    if nodes < 2 {
        return;
    }
    let mut left = rng.usize(1..nodes);
    visit(document, &mut left, rng);
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(object) => object.values().map(count).sum(),
        Value::Array(list) => list.iter().map(count).sum(),
        _ => 0,
    }
}

/// Damages the child that is `left` nodes further on; says whether it was below `value`.
fn visit(value: &mut Value, left: &mut usize, rng: &mut Rng) -> bool {
    match value {
        Value::Object(object) => {
            let names: Vec<String> = object.keys().cloned().collect();
            for name in names {
                *left -= 1;
                if *left == 0 {
                    match other(&object[&name], rng) {
                        Some(value) => object.insert(name, value),
                        None => object.remove(&name),
                    };
                    return true;
                }
                if object
                    .get_mut(&name)
                    .is_some_and(|inner| visit(inner, left, rng))
                {
                    return true;
                }
            }
            false
        }
        Value::Array(list) => {
            for index in 0..list.len() {
                *left -= 1;
                if *left == 0 {
                    match other(&list[index], rng) {
                        Some(value) => list[index] = value,
                        None => drop(list.remove(index)),
                    }
                    return true;
                }
                if visit(&mut list[index], left, rng) {
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}

/// What comes in the place of `value`; nothing if it is deleted.
fn other(value: &Value, rng: &mut Rng) -> Option<Value> {
    let others = [
        Value::Null,
        json!(true),
        json!(-7),
        json!("damaged {"),
        json!([]),
        json!([null]),
        json!({}),
        json!({"$ref": "#/components/schemas/Nowhere"}),
        json!([value]),
        json!({"type": value}),
    ];
    match rng.usize(..others.len() + 3) {
        choice if choice < others.len() => Some(others[choice].clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_damages_one_place_and_the_same_one_again() {
        let document = json!({"a": {"b": [1, 2]}, "c": "d"});
        for seed in 0..50 {
            let damaged = || {
                let mut damaged = document.clone();
                damage(&mut damaged, &mut Rng::with_seed(seed));
                damaged
            };
            assert_eq!(damaged(), damaged());
            assert_ne!(damaged(), document, "{seed}");
        }
    }

    #[test]
    fn of_a_large_document_one_path_is_taken_with_what_it_reaches() {
        let item =
            |number: usize| json!({"get": {"$ref": format!("#/components/schemas/S{number}")}});
        let mut document = json!({"openapi": "3.0.3", "paths": {}, "components": {"schemas": {}}});
        for number in 0..50 {
            document["paths"][format!("/{number:02}")] = item(number);
            document["components"]["schemas"][format!("S{number}")] = json!({"type": "object"});
        }
        let part = part(&document, &mut Rng::with_seed(1));
        assert_eq!(part["paths"].as_object().unwrap().len(), 1);
        assert_eq!(part["components"]["schemas"].as_object().unwrap().len(), 1);
        assert_eq!(part["openapi"], "3.0.3");
    }

    #[test]
    fn a_document_with_few_paths_is_damaged_as_a_whole() {
        let document = json!({"paths": {"/a": {}, "/b": {}}, "components": {"schemas": {"S": {}}}});
        assert_eq!(part(&document, &mut Rng::with_seed(1)), document);
    }
}
