//! Compares every document of a folder with itself and with the next one, and prints how long it took.
//!
//! ```sh
//! cargo run --release -p openapi-drift --example pairs -- FOLDER
//! ```

#![allow(clippy::print_stdout, reason = "an example that prints is what it is")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use openapi_drift::{Class, Drift, compare};
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
