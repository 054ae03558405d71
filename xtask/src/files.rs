//! Generated files: compare them with what they have to be, or replace them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use provider_codegen::places::{self, Wanted};
use similar::TextDiff;
use spec_documents::write::{self, Change};

/// Lines of a diff that are shown; the whole is what the command that mends it will write.
const DIFF_LINES: usize = 40;

/// Why a file is not what it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing(PathBuf),
    /// It says something else; with a unified diff.
    Stale(PathBuf, String),
    /// It is there and nothing makes it.
    LeftOver(PathBuf),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(formatter, "{}: missing", path.display()),
            Self::LeftOver(path) => {
                write!(formatter, "{}: left over, nothing makes it", path.display())
            }
            Self::Stale(path, diff) => write!(formatter, "{}: out of date\n{diff}", path.display()),
        }
    }
}

/// Where the sandbox has the documents of the providers that it is: a package holds nothing of another folder.
const OF_THE_SANDBOX: &str = "crates/proof/refunds-sandbox/documents";

/// What is wanted, with the copies of documents that the sandbox has of a provider, if it has some.
///
/// # Errors
///
/// A file that is there and cannot be read.
pub fn with_copies(root: &Path, mut wanted: Vec<Wanted>) -> Result<Vec<Wanted>> {
    let mut copies = Vec::new();
    for provider in crate::workspace::providers(root)? {
        let folder = Path::new(OF_THE_SANDBOX).join(&provider);
        if !root.join(&folder).is_dir() {
            continue;
        }
        let specs = places::specs(&provider);
        let effective = wanted
            .iter()
            .find(|file| file.path == specs.join("openapi.json"));
        let Some(effective) = effective else {
            continue;
        };
        copies.push(Wanted {
            path: folder.join("openapi.json"),
            content: effective.content.clone(),
        });
        if let Some(content) = present(&root.join(specs.join("provider.toml")))? {
            copies.push(Wanted {
                path: folder.join("provider.toml"),
                content,
            });
        }
    }
    wanted.extend(copies);
    Ok(wanted)
}

/// How the files below `root` differ from what is wanted.
///
/// # Errors
///
/// A file that is there and cannot be read.
pub fn differences(root: &Path, wanted: &[Wanted]) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for Wanted { path, content } in wanted {
        match present(&root.join(path))? {
            None => found.push(Difference::Missing(path.clone())),
            Some(old) if old != *content => {
                found.push(Difference::Stale(path.clone(), diff(&old, content)))
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

/// Writes every file that differs, all of them or none. Gives back the paths that changed.
///
/// # Errors
///
/// The file that could not be written.
pub fn replace(root: &Path, wanted: &[Wanted]) -> Result<Vec<PathBuf>> {
    let mut changes = Vec::new();
    let mut changed = Vec::new();
    for Wanted { path, content } in wanted {
        let target = root.join(path);
        if present(&target)?.as_deref() != Some(content) {
            changes.push(Change::write(target, content.clone()));
            changed.push(path.clone());
        }
    }
    write::apply(&changes)?;
    Ok(changed)
}

/// The text of a file.
///
/// # Errors
///
/// One that is not there or cannot be read.
pub fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The text of a file, if it is there.
///
/// # Errors
///
/// One that is there and cannot be read.
pub fn present(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => {
            let text = read.with_context(|| format!("cannot read {}", path.display()))?;
            Ok(Some(text))
        }
    }
}

/// Every file below a folder, if there is one.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    let read = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(read)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => found.extend(below(&entry.path())?),
            false => found.push(entry.path()),
        }
    }
    Ok(found)
}

/// A short unified diff.
pub fn diff(before: &str, after: &str) -> String {
    let text = TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(2)
        .to_string();
    let lines: Vec<_> = text.lines().collect();
    let shown = lines.len().min(DIFF_LINES);
    let mut short = lines[..shown].join("\n");
    if lines.len() > shown {
        short.push_str(&format!("\n… and {} lines more", lines.len() - shown));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(path: &str, content: &str) -> Wanted {
        Wanted {
            path: path.into(),
            content: content.to_owned(),
        }
    }

    #[test]
    fn a_missing_and_a_stale_file_are_told_apart_and_an_equal_one_is_silent() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("same"), "a\n").unwrap();
        fs::write(root.path().join("stale"), "a\nb\n").unwrap();
        let found = differences(
            root.path(),
            &[
                wanted("same", "a\n"),
                wanted("stale", "a\nc\n"),
                wanted("gone", ""),
            ],
        )
        .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[0].to_string(),
            "stale: out of date\n@@ -1,2 +1,2 @@\n a\n-b\n+c"
        );
        assert_eq!(found[1].to_string(), "gone: missing");
    }

    #[test]
    fn only_what_differs_is_written() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("same"), "a").unwrap();
        let changed =
            replace(root.path(), &[wanted("same", "a"), wanted("new/file", "b")]).unwrap();
        assert_eq!(changed, [PathBuf::from("new/file")]);
        assert_eq!(
            fs::read_to_string(root.path().join("new/file")).unwrap(),
            "b"
        );
    }

    #[test]
    fn a_long_diff_is_cut_and_says_so() {
        let before: String = (0..100).map(|line| format!("{line}\n")).collect();
        let text = diff(&before, "");
        assert_eq!(text.lines().count(), DIFF_LINES + 1);
        assert!(text.ends_with("lines more"));
    }
}
