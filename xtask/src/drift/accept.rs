//! Taking new pages: imported, generated and reviewed in one step.

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use provider_codegen::places;
use spec_documents::import;
use spec_documents::write::{self, Change};

use super::crates::Crate;
use super::interrupted::Running;
use super::{Pages, release};
use crate::files;
#[cfg(unix)]
use crate::supervise::{self, Signals};

/// Packages whose tests look at the documents or at what is generated of them, beside the provider's own crate, and why.
const AFFECTED: [(&str, &str, &str); 7] = [
    (
        "refund-cli",
        "crates/product/refund-cli",
        "the command, which calls it",
    ),
    (
        "refunds",
        "crates/product/refunds",
        "the facade, which calls it",
    ),
    (
        "refunds-sandbox",
        "crates/proof/refunds-sandbox",
        "answers as the documents say",
    ),
    (
        "spec-documents",
        "crates/making/spec-documents",
        "reads every page and counts payloads",
    ),
    (
        "openapi-drift",
        "crates/making/openapi-drift",
        "compares the documents with themselves",
    ),
    (
        "workspace-tests",
        "tests",
        "payloads, public surfaces and calls of every crate, as snapshots",
    ),
    ("xtask", "xtask", "generates every crate and compares"),
];

/// Runs tests so that they write their snapshots.
pub trait SnapshotTests {
    /// Runs the tests of `packages` in the workspace at `root`.
    ///
    /// # Errors
    ///
    /// A test that fails for another reason than a snapshot.
    fn update(&self, root: &Path, packages: &[String]) -> Result<()>;
}

/// `cargo test` with `INSTA_UPDATE=always`.
#[derive(Debug)]
pub struct CargoTests;

impl SnapshotTests for CargoTests {
    fn update(&self, root: &Path, packages: &[String]) -> Result<()> {
        if !cargo_test(root, packages, "--no-run")? {
            bail!(
                "code that is written by hand does not compile with the new crate: the compiler's messages above name it"
            );
        }
        if !cargo_test(root, packages, "--no-fail-fast")? {
            bail!("tests fail for more than their snapshots: their output is above");
        }
        Ok(())
    }
}

/// Runs `cargo test` with `flag`; tells whether it succeeds. A signal ends it, and is an error.
fn cargo_test(root: &Path, packages: &[String], flag: &str) -> Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["test", flag])
        .env("INSTA_UPDATE", "always")
        // The report alone is on the standard output.
        .stdout(Stdio::from(io::stderr()));
    for package in packages {
        command.args(["--package", package]);
    }
    run(&mut command)
}

#[cfg(unix)]
fn run(command: &mut Command) -> Result<bool> {
    let ended = Signals::listen()
        .and_then(|signals| supervise::run(command, &signals))
        .context("cargo test could not be started")?;
    match ended.signal {
        Some(signal) => Err(Interrupted(signal.to_string()).into()),
        None => Ok(ended.status.success()),
    }
}

#[cfg(not(unix))]
fn run(command: &mut Command) -> Result<bool> {
    let status = command.status();
    Ok(status.context("cargo test could not be started")?.success())
}

/// Somebody ended the tests, by a signal of this name.
#[derive(Debug, thiserror::Error)]
#[error("interrupted by {0}")]
pub struct Interrupted(pub String);

/// What becomes of the files if the tests fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Every file is as it was.
    Restore,
    /// What was written stays, for a person to mend the code and tests that are written by hand.
    Keep,
}

/// Writes the pages, what is generated of them and the snapshots, and gives back the files that changed.
///
/// Actions of the overlay that are superfluous are deleted, since generation refuses an action that does nothing; any
/// other action that does not fit is a person's to edit.
///
/// # Errors
///
/// What has to be edited first, and whatever fails; every file is as it was then, unless the tests fail and
/// [`OnFailure::Keep`] says otherwise.
pub fn accept(
    root: &Path,
    pages: Pages,
    tests: &dyn SnapshotTests,
    on_failure: OnFailure,
) -> Result<Vec<PathBuf>> {
    let name = pages.provider.config.name.clone();
    if !pages.report.mends.is_empty() {
        bail!(
            "{name}: nothing was accepted: mend the {} that the report names, since paths moved, then run this again",
            match pages.report.mends.len() {
                1 => "line".to_owned(),
                count => format!("{count} lines"),
            }
        );
    }
    if !pages.applied.blocking.is_empty() {
        bail!(
            "{name}: nothing was accepted: edit specs/{name}/overlay.yaml as the report says, then run this again"
        );
    }
    let generated = pages
        .generated
        .with_context(|| format!("{name}: nothing was accepted"))?;
    // What is generated is what codegen will generate of the same files.
    let effective = pages
        .provider
        .effective()
        .with_context(|| format!("{name}: nothing was accepted"))?;
    if effective != generated.effective {
        bail!(
            "{name}: nothing was accepted: the overlay gives another document once its superfluous actions are gone; delete them by hand and run this again"
        );
    }
    let folder = root.join(places::specs(&name));
    let release = match &pages.report.rust {
        Some(rust) => release::changes(root, &name, rust)?,
        None => Vec::new(),
    };
    let mut changes = import::plan_of(&pages.provider, &folder, pages.changes)?.changes;
    changes.extend(
        files::with_copies(root, generated.files())?
            .into_iter()
            .map(|file| Change::write(root.join(file.path), file.content)),
    );
    changes.extend(release);
    let mut kept = BTreeMap::new();
    let replaced = changes.iter().map(|change| change.path.clone());
    for path in snapshots(root)?.into_iter().chain(replaced) {
        let before = files::present(&path)?;
        kept.insert(path, before);
    }
    let running = Running::begin(root, &changes, &kept)?;
    let written = write::apply(&changes).context("the files could not be written");
    let packages = packages(root, &name).into_iter();
    let packages: Vec<String> = packages.map(|(package, _)| package).collect();
    let done = match written {
        Ok(()) => tests.update(root, &packages),
        Err(error) => Err(error),
    };
    let settled = settle(root, &name, done, kept, on_failure);
    running.end()?;
    settled
}

/// The files that changed; or, if the tests failed, every file as it was, unless they are to be kept.
fn settle(
    root: &Path,
    name: &str,
    done: Result<()>,
    mut kept: BTreeMap<PathBuf, Option<String>>,
    on_failure: OnFailure,
) -> Result<Vec<PathBuf>> {
    if let (Err(error), OnFailure::Keep) = (&done, on_failure) {
        bail!(
            "{name}: the page and the crate are in place, and not ready to commit: {error:#}. Mend what is written by hand, then run `cargo xtask drift {name} --accept` without a page, which writes the snapshots; git has the files as they were"
        );
    }
    // Snapshots that are new are not among those that were kept.
    let now = snapshots(root).map(|now| {
        for path in now {
            kept.entry(path).or_insert(None);
        }
    });
    let error = match done.and(now).and_then(|()| changed(root, &kept)) {
        Ok(changed) => return Ok(changed),
        Err(error) => error,
    };
    restore(&kept).context("and the files could not be restored: use git")?;
    let next = match error.is::<Interrupted>() {
        true => "run this again",
        false => {
            "run this again with --keep to leave the new files in place, and mend what is written by hand"
        }
    };
    Err(error.context(format!(
        "{name}: nothing was accepted and every file is as it was: {next}"
    )))
}

/// The files, from the root, that are not as they were kept.
fn changed(root: &Path, kept: &BTreeMap<PathBuf, Option<String>>) -> Result<Vec<PathBuf>> {
    let mut changed = Vec::new();
    for (path, before) in kept {
        if files::present(path)? != *before {
            changed.push(path.strip_prefix(root).unwrap_or(path).to_owned());
        }
    }
    Ok(changed)
}

/// The packages to test, as far as this workspace has them, each with why.
pub fn packages(root: &Path, name: &str) -> Vec<(String, &'static str)> {
    let present = AFFECTED
        .iter()
        .filter(|(_, folder, _)| root.join(folder).join("Cargo.toml").is_file());
    let mut packages: Vec<(String, &str)> = present
        .map(|(package, _, why)| ((*package).to_owned(), *why))
        .collect();
    let own = Crate::of_tree(root, name)
        .ok()
        .and_then(|own| own.package());
    packages.push((own.unwrap_or_else(|| name.to_owned()), "the crate itself"));
    packages.sort();
    packages
}

/// Every snapshot of the workspace.
fn snapshots(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        let inside = files::below(&root.join(folder))?.into_iter();
        found.extend(inside.filter(|path| path.extension().is_some_and(|ending| ending == "snap")));
    }
    Ok(found)
}

fn restore(kept: &BTreeMap<PathBuf, Option<String>>) -> Result<()> {
    let mut changes = Vec::new();
    for (path, before) in kept {
        // What cannot be read is not as it was either.
        if files::present(path).ok().as_ref() != Some(before) {
            changes.push(Change {
                path: path.clone(),
                content: before.clone(),
            });
        }
    }
    write::apply(&changes)?;
    Ok(())
}
