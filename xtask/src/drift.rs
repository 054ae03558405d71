//! What a new document changes for those who use a crate.

pub mod accept;
mod changelog;
mod crates;
mod effects;
mod hosts;
mod names;
mod overlay;
pub mod revision;
mod rust;
mod swallowed;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use provider_codegen::generator::Progenitor;
use provider_codegen::pipeline::{self, Effective, Generated, StageError};
use provider_codegen::places;
use serde_json::{Value, json};
use spec_documents::import;
use spec_documents::provider::{CONFIG, OVERLAY};
use spec_documents::syntax::{self, Format};
use spec_documents::write::Change;
use spec_documents::{Config, Provider};
use spec_drift::{Calls, Drift, Options, Report, RustSide};

use self::crates::Crate;
use self::names::Names;
use self::revision::Revision;

/// Characters of a value in a sentence.
const SHORT: usize = 80;

/// New pages of a provider, compared with what is committed.
#[derive(Debug)]
pub struct Pages {
    /// What they change.
    pub report: Report,
    /// The provider with the pages, and without superfluous actions of the overlay.
    provider: Provider,
    /// What is to be written of pages and overlay.
    changes: Vec<Change>,
    applied: overlay::Applied,
    generated: Result<Generated, Box<StageError>>,
}

/// Compares the committed effective document and crate of the provider `name` with those that `files` would give as its
/// published pages; without files, with those that its folder gives as it is. Nothing is written.
///
/// # Errors
///
/// A page that cannot be imported, pages that contradict each other, and what is committed and cannot be read.
pub fn of_pages(root: &Path, name: &str, files: &[PathBuf]) -> Result<Pages> {
    let folder = root.join(places::specs(name));
    let nothing = || format!("{name}: nothing was compared");
    let committed = committed(root, name)?;
    let before = Provider::load(&folder).with_context(nothing)?;
    let (mut after, mut changes) = import::with_pages(&folder, files).with_context(nothing)?;
    let applied = overlay::apply(&before, &after).with_context(nothing)?;
    if !applied.superfluous.is_empty() {
        let text = after.inputs().get(OVERLAY).cloned().unwrap_or_default();
        let rest = overlay::without(&text, &applied.superfluous)?;
        changes.push(Change {
            path: folder.join(OVERLAY),
            content: rest.clone(),
        });
        after = after.with_overlay(rest);
    }
    let generated = pipeline::generate_from(
        Effective::new(&after, applied.document.clone()),
        &Progenitor,
    );
    let mut report = Report {
        provider: Some(name.to_owned()),
        from: format!("specs/{name}/openapi.json"),
        to: with_files(name, files),
        drift: compared(&after.config, &committed, &applied.document),
        overlay: applied.findings.clone(),
        ..Report::default()
    };
    report
        .notes
        .extend(hosts::note(&after.config, &report.drift));
    report.notes.extend(applied.notes());
    match &generated {
        Ok(generated) => {
            let old = Crate::of_tree(root, name)?;
            let new = old.clone().with_generated(&generated.sources);
            let documents = (&committed, &applied.document);
            report.rust = rust_side(&after.config, documents, (&old, &new), &mut report.drift)?;
        }
        Err(error) => report.notes.push(format!(
            "The crate cannot be generated from the new document, so that its types were not compared: {error}"
        )),
    }
    Ok(Pages {
        report,
        provider: after,
        changes,
        applied,
        generated,
    })
}

/// Compares two effective documents, JSON or YAML.
///
/// # Errors
///
/// A file that cannot be read or is no document.
pub fn of_documents(before: &Path, after: &Path) -> Result<Report> {
    Ok(Report {
        from: before.display().to_string(),
        to: after.display().to_string(),
        drift: spec_drift::compare(&document(before)?, &document(after)?),
        ..Report::default()
    })
}

/// Compares the effective document and the crate of the provider `name` in a revision with those in another one, or in
/// the tree if there is none.
///
/// # Errors
///
/// What git or the file system has and cannot be read.
pub fn of_revisions(
    root: &Path,
    name: &str,
    from: &Revision,
    to: Option<&Revision>,
) -> Result<Report> {
    let document = format!("specs/{name}/openapi.json");
    let config = format!("specs/{name}/{CONFIG}");
    let at = |revision: &Revision| -> Result<_> {
        Ok((
            revision.read(&document)?,
            revision.read(&config)?,
            Crate::of_revision(revision, name)?,
        ))
    };
    let (old, old_config, old_crate) = at(from)?;
    let (new, new_config, new_crate) = match to {
        Some(revision) => at(revision)?,
        None => (
            present(&root.join(&document))?,
            present(&root.join(&config))?,
            Crate::of_tree(root, name)?,
        ),
    };
    let label = |revision: Option<&Revision>| match revision {
        Some(revision) => format!("{document} at {}", revision.label),
        None => format!("{document} in the working tree"),
    };
    let mut report = Report {
        provider: Some(name.to_owned()),
        from: label(Some(from)),
        to: label(to),
        ..Report::default()
    };
    let Some(config) = new_config.or(old_config) else {
        bail!("there is no provider {name:?} on either side: look at the name");
    };
    let config = Config::parse(CONFIG, &config)?;
    let parsed = |text: Option<String>, side: &str| {
        text.map(|text| {
            syntax::parse(&text, Format::Json)
                .with_context(|| format!("{document}, {side}: no JSON document"))
        })
        .transpose()
    };
    let (old, new) = match (parsed(old, "before")?, parsed(new, "after")?) {
        (Some(old), Some(new)) => (old, new),
        (Some(old), None) => {
            report
                .notes
                .push("The provider is gone: its crate was not compared.".to_owned());
            (old.clone(), without_operations(old))
        }
        (None, Some(new)) => {
            report
                .notes
                .push("The provider is new: its crate was not compared.".to_owned());
            (without_operations(new.clone()), new)
        }
        (None, None) => bail!("{document} is on neither side: nothing can be compared"),
    };
    let both = report.notes.is_empty();
    report.drift = compared(&config, &old, &new);
    report.notes.extend(hosts::note(&config, &report.drift));
    if both {
        report.rust = rust_side(
            &config,
            (&old, &new),
            (&old_crate, &new_crate),
            &mut report.drift,
        )?;
    }
    Ok(report)
}

/// The same API, before it had any operation.
fn without_operations(mut document: Value) -> Value {
    if let Value::Object(document) = &mut document {
        document.remove("webhooks");
        document.insert("paths".to_owned(), json!({}));
    }
    document
}

/// The changes of the wire, with what the configuration knows of the operations and the hosts.
fn compared(config: &Config, before: &Value, after: &Value) -> Drift {
    let operations = config.operations.values();
    let moving = operations
        .clone()
        .filter(|operation| operation.moves_money)
        .map(|operation| operation.call.to_string());
    let headers = operations.filter_map(|operation| operation.idempotency_header.clone());
    let options = Options {
        moves_money: Calls::These(moving.collect()),
        idempotency_headers: headers.collect(),
    };
    let mut drift = spec_drift::compare_with(before, after, &options);
    hosts::judge(config, &mut drift);
    drift
}

/// The Rust side, if there is a crate on both sides; the Rust names of the changes of the wire are filled in.
fn rust_side(
    config: &Config,
    documents: (&Value, &Value),
    crates: (&Crate, &Crate),
    drift: &mut Drift,
) -> Result<Option<RustSide>> {
    let (Some(before), Some(after)) = (crates.0.surface()?, crates.1.surface()?) else {
        return Ok(None);
    };
    let names = Names::new(config, documents, [&before, &after]);
    for change in &mut drift.changes {
        if !hosts::is_of_another_host(config, change) {
            change.rust = names.of(change);
        }
    }
    let version = crates.0.version().with_context(|| {
        format!(
            "crates/providers/{}/Cargo.toml says no version: add one",
            config.name
        )
    })?;
    let told = hosts::of_the_crate(config, drift);
    rust::side(&config.name, (&before, &after), &told, &version).map(Some)
}

fn committed(root: &Path, name: &str) -> Result<Value> {
    let path = places::specs(name).join("openapi.json");
    match present(&root.join(&path))? {
        Some(text) => syntax::parse(&text, Format::Json)
            .with_context(|| format!("{}: run `cargo xtask codegen {name}`", path.display())),
        None => bail!(
            "{} is missing, so that there is nothing to compare with: run `cargo xtask codegen {name}`",
            path.display()
        ),
    }
}

fn document(path: &Path) -> Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let format = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => Format::Json,
        _ => Format::Yaml,
    };
    let document = syntax::parse(&text, format).with_context(|| path.display().to_string())?;
    if document.get("openapi").is_none() {
        bail!(
            "{}: this is no OpenAPI document: give two effective documents",
            path.display()
        );
    }
    Ok(document)
}

fn present(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn with_files(name: &str, files: &[PathBuf]) -> String {
    let names: Vec<_> = files
        .iter()
        .filter_map(|file| file.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if names.is_empty() {
        format!("specs/{name} as it is")
    } else {
        format!("specs/{name} with the new {}", names.join(", "))
    }
}

/// A value in a sentence.
fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHORT {
        return text;
    }
    let kept: String = text.chars().take(SHORT).collect();
    format!("{kept}…")
}
