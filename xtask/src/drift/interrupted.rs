//! An `--accept` that did not come to its end: what it wrote is known from a file, and is put back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use spec_documents::write::{self, Change};

/// Where it is noted what is being written.
const NOTE: &str = "target/drift-accept.json";

/// What an `--accept` that runs has written.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    process: u32,
    files: Vec<Written>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Written {
    /// From the workspace's root.
    path: PathBuf,
    before: Option<String>,
    after: Option<String>,
}

/// The note while an `--accept` runs.
#[derive(Debug)]
pub(super) struct Running(PathBuf);

impl Running {
    /// Notes what is going to be written; `kept` has the files as they are.
    pub(super) fn begin(
        root: &Path,
        changes: &[Change],
        kept: &BTreeMap<PathBuf, Option<String>>,
    ) -> Result<Self> {
        let files = changes.iter().map(|change| Written {
            path: change
                .path
                .strip_prefix(root)
                .unwrap_or(&change.path)
                .to_owned(),
            before: kept.get(&change.path).cloned().flatten(),
            after: change.content.clone(),
        });
        let note = Note {
            process: std::process::id(),
            files: files.collect(),
        };
        let path = root.join(NOTE);
        write::apply(&[Change::write(path.clone(), serde_json::to_string(&note)?)])?;
        Ok(Self(path))
    }

    /// Forgets it: the files are as they are to be.
    pub(super) fn end(self) -> Result<()> {
        fs::remove_file(&self.0).with_context(|| format!("cannot remove {}", self.0.display()))
    }
}

/// Puts back what an `--accept` wrote that was interrupted, and says so; nothing if there was none, or if it still runs.
/// A file that is neither as it was nor as it was written stays as it is.
///
/// # Errors
///
/// A file that cannot be read or written; and, for another `--accept`, one that still runs.
pub fn put_back(root: &Path, is_accepting: bool) -> Result<Option<String>> {
    let path = root.join(NOTE);
    let Some(text) = files::present(&path)? else {
        return Ok(None);
    };
    let note: Note = serde_json::from_str(&text)
        .with_context(|| format!("{}: delete it, and look at `git status`", path.display()))?;
    if is_running(note.process) {
        if is_accepting {
            bail!(
                "another --accept runs, as process {}: let it end first, or delete {NOTE} if that is another program",
                note.process
            );
        }
        return Ok(None);
    }
    let (mut changes, mut others) = (Vec::new(), Vec::new());
    for file in note.files {
        let place = root.join(&file.path);
        // What waited for its place when it was killed; mostly there is none.
        let _ = fs::remove_file(write::beside(&place));
        let now = files::present(&place)?;
        if now == file.before {
            continue;
        }
        match now == file.after {
            true => changes.push(Change {
                path: place,
                content: file.before,
            }),
            false => others.push(file.path.display().to_string()),
        }
    }
    write::apply(&changes)?;
    Running(path).end()?;
    let mut told = format!(
        "An --accept was interrupted: {} of the files that it wrote are as they were before. Snapshots that its tests wrote stay; `git status` names them.",
        changes.len()
    );
    if !others.is_empty() {
        told.push_str(&format!(
            " Edited since, and left alone: {}.",
            others.join(", ")
        ));
    }
    Ok(Some(told))
}

#[cfg(unix)]
fn is_running(process: u32) -> bool {
    crate::supervise::send("0", &process.to_string())
}

#[cfg(not(unix))]
fn is_running(_: u32) -> bool {
    false
}
