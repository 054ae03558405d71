//! Compares every document of a folder with itself and with the next one, and the largest with a mutated copy of
//! itself; prints how long it took.
//!
//! ```sh
//! cargo run --release -p spec-drift --example pairs -- FOLDER
//! ```

#![allow(clippy::print_stdout, reason = "an example that prints is what it is")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;
use spec_documents::syntax::{Format, parse};
use spec_drift::{Class, Drift, compare};

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
            Ok(document) => documents.push((path, text.len(), document)),
            Err(error) => println!("{} is not read: {error}", path.display()),
        }
    }
    for (path, _, document) in &documents {
        let drift = compare(document, document);
        if !drift.changes.is_empty() {
            println!("{} differs from itself: {}", path.display(), counts(&drift));
        }
    }
    let next = documents.iter().cycle().skip(1);
    for ((path, _, document), (other_path, _, other)) in documents.iter().zip(next) {
        let start = Instant::now();
        let drift = compare(document, other);
        let (from, to) = (path.display(), other_path.display());
        println!(
            "{from} to {to}: {} in {:.0?}",
            counts(&drift),
            start.elapsed()
        );
    }
    if let Some((path, _, document)) = documents.iter().max_by_key(|(_, size, _)| *size) {
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

/// Makes every hundredth text type an integer and every fiftieth list of required fields one shorter.
fn mutate(value: &mut Value, count: &mut usize) -> usize {
    match value {
        Value::Object(object) => {
            let mut mutations = 0;
            for (key, value) in object {
                let hits = match (key.as_str(), &*value) {
                    ("type", Value::String(name)) if name == "string" => 100,
                    ("required", Value::Array(_)) => 50,
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
