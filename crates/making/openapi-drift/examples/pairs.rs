//! Compares every document of a folder with itself, with the next one and with a mutated copy of itself, and prints
//! how long it took; then takes single members away and prints the keys of those that were not missed.
//!
//! ```sh
//! cargo run --release -p openapi-drift --example pairs -- FOLDER
//! ```

#![allow(clippy::print_stdout, reason = "an example that prints is what it is")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use openapi_drift::{Class, Drift, compare};
use serde_json::Value;
use spec_documents::syntax::{Format, parse};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("name a folder of documents")?;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let mut documents = Vec::new();
    for path in paths {
        let format = match path.extension().and_then(|end| end.to_str()) {
            Some("json") => Format::Json,
            Some("yaml" | "yml") => Format::Yaml,
            _ => continue,
        };
        let text = std::fs::read_to_string(&path)?;
        match parse(&text, format) {
            Ok(document) => documents.push((path, document)),
            Err(error) => println!("{} is not read: {error}", path.display()),
        }
    }
    for (path, document) in &documents {
        let drift = compare(document, document);
        if !drift.changes.is_empty() {
            println!("{} differs from itself: {}", path.display(), counts(&drift));
        }
    }
    let next = documents.iter().cycle().skip(1);
    for ((path, document), (other_path, other)) in documents.iter().zip(next) {
        let start = Instant::now();
        let drift = compare(document, other);
        let (from, to) = (path.display(), other_path.display());
        println!(
            "{from} to {to}: {} in {:.0?}",
            counts(&drift),
            start.elapsed()
        );
    }
    let mut untold = BTreeMap::new();
    for (path, document) in &documents {
        let mut mutated = document.clone();
        let mutations = mutate(&mut mutated, &mut 0);
        let start = Instant::now();
        let drift = compare(document, &mutated);
        println!(
            "{} with {mutations} mutations: {} in {:.0?}",
            path.display(),
            counts(&drift),
            start.elapsed()
        );
        count_untold(path, document, &mut untold);
    }
    for (key, places) in untold {
        println!(
            "{key}: {} are not missed: {}",
            places.len(),
            places.join(" ")
        );
    }
    Ok(())
}

fn counts(drift: &Drift) -> String {
    let count = |class| drift.count(class);
    format!(
        "{} breaking, {} to be read, {} compatible",
        count(Class::Breaking),
        count(Class::ReadThis),
        count(Class::Compatible)
    )
}

/// Takes members away, one at a time, and notes by key those that are not missed.
fn count_untold(path: &Path, document: &Value, untold: &mut BTreeMap<String, Vec<String>>) {
    const TRIALS: usize = 60;
    let mut pointers = Vec::new();
    collect(document, String::new(), &mut pointers);
    for pointer in pointers.iter().step_by(pointers.len() / TRIALS + 1) {
        let Some((parent, key)) = pointer.rsplit_once('/') else {
            continue;
        };
        let mut mutated = document.clone();
        if let Some(Value::Object(parent)) = mutated.pointer_mut(parent) {
            parent.remove(&key.replace("~1", "/").replace("~0", "~"));
            if compare(document, &mutated).changes.is_empty() {
                untold
                    .entry(key.to_owned())
                    .or_default()
                    .push(format!("{}{pointer}", path.display()));
            }
        }
    }
}

/// The pointers of members that are not documentation, nor within it.
fn collect(value: &Value, at: String, into: &mut Vec<String>) {
    const SKIPPED: [&str; 8] = [
        "description",
        "summary",
        "title",
        "example",
        "examples",
        "tags",
        "externalDocs",
        "info",
    ];
    match value {
        Value::Object(object) => {
            let kept = object
                .iter()
                .filter(|(key, _)| !SKIPPED.contains(&key.as_str()) && !key.starts_with("x-"));
            for (key, value) in kept {
                let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                into.push(pointer.clone());
                collect(value, pointer, into);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                collect(value, format!("{at}/{index}"), into);
            }
        }
        _ => {}
    }
}

/// Makes every twentieth text type an integer and every tenth list of required fields one shorter.
fn mutate(value: &mut Value, count: &mut usize) -> usize {
    match value {
        Value::Object(object) => {
            let mut mutations = 0;
            for (key, value) in object {
                let hits = match (key.as_str(), &*value) {
                    ("type", Value::String(name)) if name == "string" => 20,
                    ("required", Value::Array(_)) => 10,
                    _ => 0,
                };
                *count += usize::from(hits > 0);
                if hits > 0 && count.is_multiple_of(hits) {
                    mutations += 1;
                    match value {
                        Value::Array(list) => drop(list.pop()),
                        value => *value = "integer".into(),
                    }
                } else {
                    mutations += mutate(value, count);
                }
            }
            mutations
        }
        Value::Array(list) => list.iter_mut().map(|value| mutate(value, count)).sum(),
        _ => 0,
    }
}
