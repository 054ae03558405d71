//! Taking new pages: imported, generated and reviewed in one step.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use spec_documents::import;
use spec_documents::write::{self, Change};

use super::Pages;
use crate::workspace;

/// Packages whose tests look at the documents or at what is generated of them, beside the provider's own crate.
const AFFECTED: [(&str, &str); 7] = [
    ("refund-cli", "crates/refund-cli"),
    ("refunds", "crates/refunds"),
    ("refunds-sandbox", "crates/refunds-sandbox"),
    ("spec-documents", "crates/spec-documents"),
    ("spec-drift", "crates/spec-drift"),
    ("workspace-tests", "tests"),
    ("xtask", "xtask"),
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
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(root)
            .args(["test", "--quiet", "--no-fail-fast"])
            .env("INSTA_UPDATE", "always")
            // The report alone is on the standard output.
            .stdout(Stdio::from(io::stderr()));
        for package in packages {
            command.args(["--package", package]);
        }
        let status = command
            .status()
            .context("cargo test could not be started")?;
        if !status.success() {
            bail!("tests fail for more than their snapshots: their output is above");
        }
        Ok(())
    }
}

/// Writes the pages, what is generated of them and the snapshots, and gives back the files that changed.
///
/// Actions of the overlay that are superfluous are deleted, since generation refuses an action that does nothing; any
/// other action that does not fit is a person's to edit.
///
/// # Errors
///
/// What has to be edited first, and whatever fails; every file is as it was then.
pub fn accept(root: &Path, pages: Pages, tests: &dyn SnapshotTests) -> Result<Vec<PathBuf>> {
    let name = pages.provider.config.name.clone();
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
    let folder = root.join(workspace::specs(&name));
    let mut changes = import::plan_of(&pages.provider, &folder, pages.changes)?.changes;
    changes.extend(
        generated
            .files()
            .into_iter()
            .map(|file| Change::write(root.join(file.path), file.content)),
    );
    let mut kept = BTreeMap::new();
    let replaced = changes.iter().map(|change| change.path.clone());
    for path in snapshots(root)?.into_iter().chain(replaced) {
        let before = content(&path)?;
        kept.insert(path, before);
    }
    let done = write::apply(&changes)
        .context("the files could not be written")
        .and_then(|()| tests.update(root, &packages(root, &name)));
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
    Err(error.context(format!(
        "{name}: nothing was accepted and every file is as it was: take the page with `cargo xtask import` and `cargo xtask codegen`, and mend the tests by hand"
    )))
}

/// The files, from the root, that are not as they were kept.
fn changed(root: &Path, kept: &BTreeMap<PathBuf, Option<String>>) -> Result<Vec<PathBuf>> {
    let mut changed = Vec::new();
    for (path, before) in kept {
        if content(path)? != *before {
            changed.push(path.strip_prefix(root).unwrap_or(path).to_owned());
        }
    }
    Ok(changed)
}

/// The packages to test, as far as this workspace has them.
fn packages(root: &Path, name: &str) -> Vec<String> {
    let present = AFFECTED
        .iter()
        .filter(|(_, folder)| root.join(folder).join("Cargo.toml").is_file());
    let mut packages: Vec<String> = present.map(|(package, _)| (*package).to_owned()).collect();
    packages.push(name.to_owned());
    packages.sort();
    packages
}

/// Every snapshot of the workspace.
fn snapshots(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        collect(&root.join(folder), &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "snap") {
            found.push(path);
        }
    }
    Ok(())
}

fn content(path: &Path) -> Result<Option<String>> {
    super::present(path)
}

fn restore(kept: &BTreeMap<PathBuf, Option<String>>) -> Result<()> {
    let mut changes = Vec::new();
    for (path, before) in kept {
        // What cannot be read is not as it was either.
        if content(path).ok().as_ref() != Some(before) {
            changes.push(Change {
                path: path.clone(),
                content: before.clone(),
            });
        }
    }
    write::apply(&changes)?;
    Ok(())
}
