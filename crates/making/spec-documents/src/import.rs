//! Taking a published page into a provider's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use crate::Error as AnyError;
use crate::bundle;
use crate::overlay::Finding;
use crate::page;
use crate::provider::{self, PAYLOADS, PUBLISHED, Provider};
use crate::samples::Unplaced;
use crate::text;
use crate::write::Change;

/// What an import would do. Nothing is done yet: [`crate::write::apply`] does it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Files to write or to remove; what would stay the same is left out.
    pub changes: Vec<Change>,
    /// How many payloads the provider documents now.
    pub payloads: usize,
    /// Corrections that the new pages leave without effect; generation refuses these.
    pub findings: Vec<Finding>,
    /// Samples that could not be taken as payloads.
    pub unplaced: Vec<Unplaced>,
}

/// A page that cannot be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A path without a usable file name.
    #[error(
        "{path}: this names no file that a page can be stored under: give a file whose name begins with a letter or a digit"
    )]
    Name {
        /// The path.
        path: PathBuf,
    },
    /// Two of the given files have one name.
    #[error("{name}: given twice: pages are stored by their file names, so rename one of them")]
    Twice {
        /// The file name.
        name: String,
    },
    /// The payloads that are there cannot be read.
    #[error("{path}: cannot be read: check that it may be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Plans the import of `files` into the provider's `folder`.
///
/// Each page is stored byte for byte under its file name, or, if it refers to other files, as one document with
/// them ([`bundle::page`]); one that is there already is replaced. The
/// payloads are those of all pages, of the transcription and of the overlay; what is no longer documented
/// is removed. Without `files`, only the payloads are brought up to date.
///
/// # Errors
///
/// Whatever keeps a page from being used, or the pages from fitting together.
pub fn plan(folder: &Path, files: &[PathBuf]) -> Result<ImportPlan, AnyError> {
    let (provider, pages) = with_pages(folder, files)?;
    plan_of(&provider, folder, pages)
}

/// The provider of `folder` with `files` among its published pages, in memory, and what would be written of them.
///
/// # Errors
///
/// Whatever keeps a page from being used.
pub fn with_pages(folder: &Path, files: &[PathBuf]) -> Result<(Provider, Vec<Change>), AnyError> {
    let mut provider = Provider::load(folder)?;
    let mut changes = Vec::new();
    let mut names = Vec::new();
    for path in files {
        let name = page_name(path)?;
        let content = provider::read_text(path)?;
        let (name, content) = match bundle::page(path, &name, &content) {
            Some(bundled) => (bundled.name, bundled.content),
            None => (name, content),
        };
        if names.contains(&name) {
            return Err(ImportError::Twice { name }.into());
        }
        let stored = format!("{PUBLISHED}/{name}");
        page::read(&stored, &content)?;
        if provider.inputs().get(&stored) != Some(&content) {
            changes.push(Change::write(folder.join(&stored), content.clone()));
        }
        provider = provider.with_page(&name, content);
        names.push(name);
    }
    Ok((provider, changes))
}

/// Plans `changes` and what makes the payloads in `folder` those of `provider`.
///
/// # Errors
///
/// Whatever keeps the pages from fitting together, and payloads that cannot be read.
pub fn plan_of(
    provider: &Provider,
    folder: &Path,
    mut changes: Vec<Change>,
) -> Result<ImportPlan, AnyError> {
    let applied = provider.effective_leniently()?;
    let provider = provider.clone().complete(&applied.document);
    let payloads = provider.payloads(&applied.document)?;
    let wanted: BTreeMap<PathBuf, String> = payloads
        .payloads
        .iter()
        .map(|payload| {
            (
                folder.join(PAYLOADS).join(&payload.file),
                text::sorted(&payload.value),
            )
        })
        .collect();
    changes.extend(payload_changes(&folder.join(PAYLOADS), &wanted)?);
    Ok(ImportPlan {
        changes,
        payloads: wanted.len(),
        findings: applied.findings,
        unplaced: payloads.unplaced,
    })
}

fn page_name(path: &Path) -> Result<String, ImportError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.filter(|name| name.starts_with(|first: char| first.is_ascii_alphanumeric()))
        .map(str::to_owned)
        .ok_or_else(|| ImportError::Name {
            path: path.to_owned(),
        })
}

/// What makes the folder of payloads equal to `wanted`.
fn payload_changes(
    folder: &Path,
    wanted: &BTreeMap<PathBuf, String>,
) -> Result<Vec<Change>, ImportError> {
    let existing = json_files(folder)?;
    let mut changes = Vec::new();
    for (path, content) in wanted {
        let same = match existing.contains(path) {
            true => read(path)? == content.as_bytes(),
            false => false,
        };
        if !same {
            changes.push(Change::write(path.clone(), content.clone()));
        }
    }
    let leftover = existing
        .into_iter()
        .filter(|path| !wanted.contains_key(path));
    changes.extend(leftover.map(Change::remove));
    Ok(changes)
}

fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    fs::read(path).map_err(|source| ImportError::Io {
        path: path.to_owned(),
        source,
    })
}

/// The JSON files of the folders in `folder`, in order.
fn json_files(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = Vec::new();
    for operation in entries(folder)? {
        if operation.is_dir() {
            let inner = entries(&operation)?.into_iter();
            files.extend(
                inner.filter(|path| path.extension().is_some_and(|ending| ending == "json")),
            );
        }
    }
    files.sort();
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let error = |source| ImportError::Io {
        path: folder.to_owned(),
        source,
    };
    if !folder.try_exists().map_err(error)? {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(error)?;
    entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(error))
        .collect()
}
