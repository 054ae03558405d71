//! Copies of documents and crates, and pages that are edits of the published ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clap::Parser;
use provider_codegen::generator::Progenitor;
use provider_codegen::{pipeline, places};
use serde_json::Value;
use spec_documents::{import, write};
use tempfile::TempDir;
use xtask::commands::drift::Drift;
use xtask::drift::accept::SnapshotTests;

use crate::shared::{copy, read, this_workspace, write};

/// A folder with the documents and the crate of a provider, as they were when these tests were written: a page that is
/// accepted for this workspace changes nothing here. What commands write is written by them.
pub(crate) fn workspace(provider: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drift/fixtures");
    let specs = root.path().join("specs").join(provider);
    copy(&frozen.join(provider), &specs);
    copy_sources(provider, root.path());
    write(
        &root,
        "Cargo.toml",
        "[workspace.package]\nversion = \"0.1.0\"\n",
    );
    let manifest = places::crate_of(provider).join("Cargo.toml");
    fs::write(
        root.path().join(manifest),
        "[package]\nversion.workspace = true\n",
    )
    .unwrap();
    let payloads = import::plan(&specs, &[]).unwrap();
    write::apply(&payloads.changes).unwrap();
    let generated = pipeline::generate(&specs, provider, &Progenitor).unwrap();
    for file in generated.files() {
        fs::write(root.path().join(file.path), file.content).unwrap();
    }
    root
}

/// A folder with the documents and the crate of a provider, as they are committed now.
pub(crate) fn committed(provider: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let specs = Path::new("specs").join(provider);
    copy(&this_workspace().join(&specs), &root.path().join(&specs));
    copy_sources(provider, root.path());
    for file in [
        "Cargo.toml".to_owned(),
        format!("crates/providers/{provider}/Cargo.toml"),
    ] {
        fs::copy(this_workspace().join(&file), root.path().join(&file)).unwrap();
    }
    root
}

fn copy_sources(provider: &str, root: &Path) {
    let sources = places::crate_of(provider).join("src");
    copy(&this_workspace().join(&sources), &root.join(&sources));
}

/// A new page: the published one with each of `edits` made once. It lies outside of `specs/`.
pub(crate) fn page(
    root: impl AsRef<Path>,
    provider: &str,
    file: &str,
    edits: &[(&str, &str)],
) -> String {
    let root = root.as_ref();
    let published = root.join("specs").join(provider).join("published");
    let mut text = read(&published, file);
    for (from, to) in edits {
        assert_eq!(
            text.matches(from).count(),
            1,
            "the published page of the fixture has this not once: {from}"
        );
        text = text.replace(from, to);
    }
    let path = format!("new/{file}");
    write(root, &path, text);
    root.join(path).to_str().unwrap().to_owned()
}

pub(crate) fn git(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.com",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {problem}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository with a provider as it is committed, under the tag `base`; below `inner` if that is not empty.
pub(crate) fn repository(provider: &str, inner: &str) -> (TempDir, PathBuf) {
    let copy = workspace(provider);
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join(inner);
    fs::create_dir_all(&root).unwrap();
    for folder in ["specs", "crates", "Cargo.toml"] {
        fs::rename(copy.path().join(folder), root.join(folder)).unwrap();
    }
    git(outer.path(), &["init", "--quiet"]);
    git(outer.path(), &["add", "."]);
    git(outer.path(), &["commit", "--quiet", "-m", "Base"]);
    git(outer.path(), &["tag", "base"]);
    (outer, root)
}

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    drift: Drift,
}

/// Tests that are not to be run.
pub(crate) struct NoTests;

impl SnapshotTests for NoTests {
    fn update(&self, _: &Path, packages: &[String]) -> Result<()> {
        anyhow::bail!("tests of {packages:?} were run")
    }
}

/// Tests that pass.
pub(crate) struct Passing;

impl SnapshotTests for Passing {
    fn update(&self, _: &Path, _: &[String]) -> Result<()> {
        Ok(())
    }
}

/// Runs drift: exit code and output, or the error.
pub(crate) fn drift_with(
    root: impl AsRef<Path>,
    tests: &dyn SnapshotTests,
    arguments: &[&str],
) -> Result<(u8, String), String> {
    let line = CommandLine::try_parse_from([&["drift"], arguments].concat())
        .map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let outcome = line.drift.run_with(root.as_ref(), tests, &mut out);
    let printed = String::from_utf8(out).unwrap();
    outcome
        .map(|code| (code, printed.clone()))
        .map_err(|error| format!("{printed}{error:#}"))
}

pub(crate) fn drift(root: impl AsRef<Path>, arguments: &[&str]) -> Result<(u8, String), String> {
    drift_with(root, &NoTests, arguments)
}

/// The exit code and the report in JSON.
pub(crate) fn report(root: impl AsRef<Path>, arguments: &[&str]) -> (u8, Value) {
    let line = [arguments, &["--format", "json"]].concat();
    let (code, report) = drift(root, &line).unwrap();
    (code, serde_json::from_str(&report).unwrap())
}
