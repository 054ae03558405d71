//! What a new document changes for those who use a crate.

pub mod accept;
mod changelog;
mod crates;
mod effects;
#[cfg(test)]
mod every_edit;
mod hosts;
pub mod interrupted;
mod masked;
mod moves;
mod names;
mod overlay;
mod pages;
mod release;
pub mod revision;
pub mod rules;
mod rust;
mod side;
mod swallowed;
mod taken;
mod transcribed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use openapi_drift::{Calls, Class, Compared, Drift, Options, Report};
use provider_codegen::generator::Progenitor;
use provider_codegen::pipeline::{self, Effective, Generated, StageError};
use provider_codegen::places;
use serde_json::{Value, json};
use spec_documents::import;
use spec_documents::provider::{OVERLAY, PUBLISHED, TRANSCRIBED};
use spec_documents::syntax::{self, Format};
use spec_documents::write::Change;
use spec_documents::{Config, Provider};

use self::crates::Crate;
use self::moves::Moves;
use self::names::Names;
use self::pages::Lines;
use self::revision::Revision;
use self::rules::Rules;
use self::side::{Baseline, Side};
use crate::files;

pub use self::taken::Taken;

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

/// Compares the effective document, the pages and the crate of the provider `name` with those that new pages would give;
/// without any, with those that its folder gives as it is. Nothing is written.
///
/// They are compared with those of `head`; with those of the working tree if there is no such revision, or if it does not
/// have the provider.
///
/// # Errors
///
/// A page that cannot be imported, pages that contradict each other, and what is committed and cannot be read.
pub fn of_pages(
    root: &Path,
    name: &str,
    taken: &Taken,
    head: Option<&Revision>,
    rules: &Rules,
) -> Result<Pages> {
    let folder = root.join(places::specs(name));
    let nothing = || format!("{name}: nothing was compared");
    let before = Baseline::new(root, name, head)?;
    let (mut after, mut changes) =
        import::with_pages(&folder, &taken.files).with_context(nothing)?;
    for page in &taken.replaces {
        after = taken.replaced(after, page).with_context(nothing)?;
        changes.push(Change::remove(folder.join(PUBLISHED).join(page)));
    }
    let known = before.provider.merged().ok();
    let published = before.provider.published().ok().flatten();
    taken.check(&after).with_context(nothing)?;
    let settled = transcribed::settle(after, known.as_ref(), published.as_ref());
    let settled = settled.with_context(nothing)?;
    after = settled.provider;
    changes.extend(settled.transcription.map(|content| Change {
        path: folder.join(TRANSCRIBED),
        content,
    }));
    let merged = after.merged().with_context(nothing)?;
    let moves = known.as_ref().map_or_else(Moves::default, |known| {
        let published = compared(&after.config, known, &merged);
        Moves::among(&published, (known, &merged))
    });
    let (mended, mends) = moves.mended(after).with_context(nothing)?;
    after = mended;
    let known = known.map(|known| moves.applied(&known));
    let applied = overlay::apply(known, &after).with_context(nothing)?;
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
        from: before.label.clone(),
        to: with_files(name, &taken.files),
        overlay: applied.findings.clone(),
        mends,
        transcribed: settled.parts,
        ..Report::default()
    };
    let documents = (&before.document, &applied.document);
    compare(
        &mut report,
        documents,
        (Some(&before.provider), &after),
        taken.pair(),
        &applied.superfluous,
        rules,
    )?;
    report.notes.extend(applied.notes());
    report.notes.extend(taken.notes(&after.config));
    match &generated {
        Ok(generated) => {
            let hand_written = Crate::of_tree(root, name)?;
            let new = hand_written.with_generated(&generated.sources);
            let crates = (&before.crates, &new);
            add_rust_side(&mut report, &after.config, documents, crates)?;
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
pub fn of_documents(before: &Path, after: &Path, rules: &Rules) -> Result<Report> {
    let (old, new) = (document(before)?, document(after)?);
    let mut drift = openapi_drift::compare(&old.0, &new.0);
    raise(&mut drift);
    let lines = |path: &Path, text: &str| Lines::of_file(&path.display().to_string(), text);
    Lines::fill(&lines(before, &old.1), &lines(after, &new.1), &mut drift);
    rules.judge(None, &mut drift);
    Ok(Report {
        from: before.display().to_string(),
        to: after.display().to_string(),
        compared: vec![Compared::EffectiveDocuments],
        drift,
        ..Report::default()
    })
}

/// Compares the effective document, the pages and the crate of the provider `name` in a revision with those in another
/// one, or in the tree if there is none.
///
/// # Errors
///
/// What git or the file system has and cannot be read.
pub fn of_revisions(
    root: &Path,
    name: &str,
    from: &Revision,
    to: Option<&Revision>,
    rules: &Rules,
) -> Result<Report> {
    let old = Side::of_revision(from, name)?;
    let new = match to {
        Some(revision) => Side::of_revision(revision, name)?,
        None => Side::of_tree(root, name)?,
    };
    let mut report = Report {
        provider: Some(name.to_owned()),
        from: old.label.clone(),
        to: new.label.clone(),
        ..Report::default()
    };
    let newest = if new.is_there() { &new } else { &old };
    let Some(provider) = newest.provider()? else {
        bail!("there is no provider {name:?} on either side: look at the name");
    };
    let both = match (&old.document, &new.document) {
        (Some(before), Some(after)) => (before.clone(), after.clone()),
        (Some(before), None) => {
            report
                .notes
                .push("The provider is gone: its crate was not compared.".to_owned());
            (before.clone(), without_operations(before.clone()))
        }
        (None, Some(after)) => {
            report
                .notes
                .push("The provider is new: its crate was not compared.".to_owned());
            (without_operations(after.clone()), after.clone())
        }
        (None, None) => {
            bail!("specs/{name}/openapi.json is on neither side: nothing can be compared")
        }
    };
    let documents = (&both.0, &both.1);
    let is_on_both = report.notes.is_empty();
    let before = match is_on_both {
        true => old.provider().unwrap_or_else(|error| {
            report.notes.push(format!(
                "The pages before cannot be read, so that neither their text nor what the overlay masks was compared: {error:#}"
            ));
            None
        }),
        false => None,
    };
    compare(
        &mut report,
        documents,
        (before.as_ref(), &provider),
        None,
        &BTreeSet::new(),
        rules,
    )?;
    if is_on_both {
        add_rust_side(
            &mut report,
            &provider.config,
            documents,
            (&old.crates, &new.crates),
        )?;
    }
    Ok(report)
}

/// Adds to a report what changes on the wire, what the overlay masks, and what pages say otherwise; `replaced` are a page and
/// the one of another name that takes its place.
fn compare(
    report: &mut Report,
    documents: (&Value, &Value),
    (before, after): (Option<&Provider>, &Provider),
    replaced: Option<(String, String)>,
    superfluous: &BTreeSet<usize>,
    rules: &Rules,
) -> Result<()> {
    let config = &after.config;
    let mut drift = compared(config, documents.0, documents.1);
    report.compared.push(Compared::EffectiveDocuments);
    report.notes.extend(hosts::note(config, &drift));
    if let Some(before) = before {
        let lines = (Lines::new(before), Lines::new(after));
        if let (Ok(old), Ok(new)) = (before.merged(), after.merged()) {
            let published = compared(config, &old, &new);
            let moves = Moves::among(&published, (&old, &new));
            let (old, said) = (moves.applied(&old), moves.applied(documents.0));
            let overlay = after.overlay()?;
            drift.changes.extend(masked::changes(
                published,
                (&drift, &compared(config, &said, &new)),
                overlay.as_ref(),
                (&old, &new),
                superfluous,
            ));
            let within = pages::within(&old, &new, &drift, &lines.1);
            drift.changes.extend(within);
            report.compared.push(Compared::PublishedDocuments);
        }
        drift
            .changes
            .extend(pages::around(before, after, replaced)?);
        report.compared.push(Compared::PageText);
        Lines::fill(&lines.0, &lines.1, &mut drift);
    }
    rules.judge(Some(&config.name), &mut drift);
    report.drift = drift;
    Ok(())
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
    let mut drift = openapi_drift::compare_with(before, after, &options);
    raise(&mut drift);
    hosts::judge(config, &mut drift);
    drift
}

/// What is about money is read by a person, also where code that works today goes on working.
fn raise(drift: &mut Drift) {
    for change in &mut drift.changes {
        if change.money && change.class == Class::Compatible {
            change.class = Class::ReadThis;
            change.why = format!(
                "It is about money, or may be, so that a person has to see it, though nothing fails: {}",
                change.why
            );
        }
    }
}

/// Adds the Rust side, if there is a crate on both sides; the Rust names of the changes of the wire are filled in.
fn add_rust_side(
    report: &mut Report,
    config: &Config,
    documents: (&Value, &Value),
    crates: (&Crate, &Crate),
) -> Result<()> {
    let (Some(before), Some(after)) = (crates.0.surface()?, crates.1.surface()?) else {
        return Ok(());
    };
    let names = Names::new(config, documents, [&before, &after]);
    for change in &mut report.drift.changes {
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
    let told = hosts::of_the_crate(config, &report.drift);
    report.rust = Some(rust::side(
        &config.name,
        (&before, &after),
        &told,
        &version,
    )?);
    report.compared.push(Compared::Crate);
    Ok(())
}

/// A document with its text.
fn document(path: &Path) -> Result<(Value, String)> {
    let text = files::text(path)?;
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
    Ok((document, text))
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
