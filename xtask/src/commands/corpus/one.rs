//! One document, in this process.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use provider_codegen::document::{self, DocumentError, Made};
use provider_codegen::generator::Progenitor;
use serde::{Deserialize, Serialize};
use spec_documents::bundle;
use spec_documents::syntax::Repair;

use super::examples;
use super::mutations::{self, Mutations};

/// What repairs are counted as, among the rules.
const REPAIRS: &str = "repaired";

/// What a process found out about its document.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Measured {
    /// Whether there is a client.
    pub(super) generated: bool,
    /// How many operations the document has.
    pub(super) operations: usize,
    /// How many of them the client has.
    pub(super) kept: usize,
    /// How often each rule was applied.
    pub(super) rules: BTreeMap<String, usize>,
    /// What of the document is not in the client: pointer and reason.
    pub(super) warnings: Vec<String>,
    /// What was repaired while it was read: pointer and what was made of it.
    pub(super) repairs: Vec<String>,
    /// How long it took, in seconds.
    pub(super) seconds: f64,
    /// How long the generator alone took.
    pub(super) generating: f64,
    /// The most memory that the process had, in MiB; nothing where the system does not tell.
    pub(super) peak_mib: Option<f64>,
    /// What became of the document when it was damaged.
    pub(super) mutations: Option<Mutations>,
    /// Why there is no client.
    pub(super) error: Option<String>,
}

/// Generates the document in `file` and keeps the source in `keep`, and the documented examples in a file
/// beside it; then damages the document so many times.
///
/// # Errors
///
/// The file cannot be read, or a result not written. Whatever the document does is in the result.
pub(super) fn measure(
    file: &Path,
    keep: Option<&Path>,
    examples: bool,
    mutations: usize,
    seed: u64,
) -> Result<Measured> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let started = Instant::now();
    let mut made = Made::default();
    let mut repairs = Vec::new();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let name = document::name(keep.unwrap_or(file));
        run(file, &name, &bytes, &mut made, &mut repairs)
    }));
    let error = match outcome {
        Ok(outcome) => outcome.err().map(|error| error.to_string()),
        Err(_) => Some("this command panicked; the message is on the error output".to_owned()),
    };
    if let Some(keep) = keep {
        fs::write(keep, &made.source)
            .with_context(|| format!("cannot write {}", keep.display()))?;
    }
    let mut counts = made.report.counts();
    if !repairs.is_empty() {
        counts.insert(REPAIRS, repairs.len());
    }
    let (seconds, peak_mib) = (started.elapsed().as_secs_f64(), peak());
    let whole = (mutations > 0 || examples).then(|| read(file, &bytes, &mut Vec::new()).ok());
    let whole = whole.flatten();
    if let (true, Some(keep), Some(document)) = (examples && error.is_none(), keep, &whole) {
        let examples = examples::examples(
            &document::name(keep),
            document,
            &made.calls,
            &made.signatures,
        );
        let keep = examples::beside(keep);
        fs::write(&keep, serde_json::to_vec(&examples)?)
            .with_context(|| format!("cannot write {}", keep.display()))?;
    }
    let whole = whole.filter(|_| mutations > 0);
    Ok(Measured {
        generated: error.is_none(),
        operations: made.operations,
        kept: if error.is_none() { made.kept } else { 0 },
        rules: counts
            .into_iter()
            .map(|(rule, count)| (rule.to_owned(), count))
            .collect(),
        warnings: made
            .report
            .left_out()
            .map(|applied| format!("{}: {}: {}", applied.rule, applied.pointer, applied.detail))
            .collect(),
        repairs: repairs
            .iter()
            .map(|repair| format!("{REPAIRS}: {}: {}", repair.pointer, repair.detail))
            .collect(),
        seconds,
        generating: made.generating.as_secs_f64(),
        peak_mib,
        mutations: whole.map(|document| mutations::run(&document, mutations, seed)),
        error,
    })
}

/// Makes the client of a document as the crate `name`.
fn run(
    file: &Path,
    name: &str,
    bytes: &[u8],
    made: &mut Made,
    repairs: &mut Vec<Repair>,
) -> Result<(), DocumentError> {
    let document = read(file, bytes, repairs)?;
    document::generate(name, document, &Progenitor, made)
}

/// The document in a file, which holds `bytes`, with the files that it refers to.
pub(super) fn read(
    file: &Path,
    bytes: &[u8],
    repairs: &mut Vec<Repair>,
) -> Result<serde_json::Value, DocumentError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let document = document::read(&name, &String::from_utf8_lossy(bytes), repairs)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    Ok(bundle::bundle_from(document, &name, folder).document)
}

/// The most memory that this process has had, where Linux tells.
fn peak() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}
