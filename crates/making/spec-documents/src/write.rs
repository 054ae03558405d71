//! Carrying out a plan: all of it, or as near to nothing as a file system allows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file to write or to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// Its new content; nothing to remove it.
    pub content: Option<String>,
}

impl Change {
    /// Writes a file, with its folders.
    pub fn write(path: PathBuf, content: String) -> Self {
        Self {
            path,
            content: Some(content),
        }
    }

    /// Removes a file.
    pub fn remove(path: PathBuf) -> Self {
        Self {
            path,
            content: None,
        }
    }
}

/// A file that could not be written or removed.
#[derive(Debug, Error)]
#[error("{path}: cannot be {action}: {outcome}")]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What was tried.
    pub action: &'static str,
    /// What became of the other files, and what to do.
    pub outcome: &'static str,
    /// Why.
    pub source: io::Error,
}

const UNTOUCHED: &str = "nothing was changed; free space or permissions may be missing";
const PARTIAL: &str =
    "some files were changed before it; run the command again when that is mended";

/// Carries out `changes`.
///
/// New contents are first written beside their files, and only when all of them are there do they take
/// their places, so that a full disk or a missing permission leaves every file as it was.
///
/// # Errors
///
/// [`WriteError`]; it says whether anything was changed.
pub fn apply(changes: &[Change]) -> Result<(), WriteError> {
    let mut staged = Vec::new();
    for change in changes {
        if let Some(content) = &change.content {
            let temporary = beside(&change.path);
            if let Err(source) = stage(&temporary, content) {
                staged.push((temporary, &change.path));
                // What was staged is of no use any more; a failure to remove it changes nothing.
                staged
                    .iter()
                    .for_each(|(temporary, _)| drop(fs::remove_file(temporary)));
                return Err(WriteError {
                    path: change.path.clone(),
                    action: "written",
                    outcome: UNTOUCHED,
                    source,
                });
            }
            staged.push((temporary, &change.path));
        }
    }
    for (temporary, path) in staged {
        fs::rename(&temporary, path).map_err(|source| WriteError {
            path: path.clone(),
            action: "replaced",
            outcome: PARTIAL,
            source,
        })?;
    }
    for change in changes.iter().filter(|change| change.content.is_none()) {
        fs::remove_file(&change.path).map_err(|source| WriteError {
            path: change.path.clone(),
            action: "removed",
            outcome: PARTIAL,
            source,
        })?;
        remove_if_empty(change.path.parent());
    }
    Ok(())
}

/// Where the new content of a file waits for its place: under a hidden name in the same folder, so that renaming stays within
/// one file system.
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

fn stage(temporary: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = temporary.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(temporary, content)
}

/// A folder without files is no part of a checkout; one that is not empty stays.
fn remove_if_empty(folder: Option<&Path>) {
    if let Some(folder) = folder {
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("old")).unwrap();
        fs::write(path("old/a"), "1").unwrap();
        fs::write(path("b"), "1").unwrap();
        apply(&[
            Change::write(path("new/c"), "3".into()),
            Change::write(path("b"), "2".into()),
            Change::remove(path("old/a")),
        ])
        .unwrap();
        assert_eq!(fs::read_to_string(path("new/c")).unwrap(), "3");
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "2");
        assert!(!path("old").exists());
        let left: Vec<_> = fs::read_dir(path("new"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["c"]);
    }

    #[test]
    fn a_failure_leaves_every_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "1").unwrap();
        fs::write(path("file"), "").unwrap();
        // A file stands where a folder would be needed.
        let changes = [
            Change::write(path("a"), "2".into()),
            Change::write(path("file/b"), "2".into()),
            Change::remove(path("a")),
        ];
        let error = apply(&changes).unwrap_err();
        assert!(error.to_string().contains("nothing was changed"), "{error}");
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "1");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
