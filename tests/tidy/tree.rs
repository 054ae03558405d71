//! The files that the checks look at.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Files by path from the root, with `/`.
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// All files under `root`, tracked or not, but for what builds and git keep.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self {
            files: BTreeMap::new(),
        };
        tree.read_directory(root, "")?;
        Ok(tree)
    }

    #[cfg(test)]
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files.into_iter();
        Self {
            files: files
                .map(|(path, text)| (path.to_owned(), text.into()))
                .collect(),
        }
    }

    /// Whether there is such a file or directory.
    pub(crate) fn contains(&self, path: &str) -> bool {
        let within = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(within.clone()..)
                .next()
                .is_some_and(|(found, _)| found.starts_with(&within))
    }

    /// The paths of all files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The files that are text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).ok();
        self.files
            .iter()
            .filter_map(move |(path, bytes)| Some((path.as_str(), text(bytes)?)))
    }

    fn read_directory(&mut self, directory: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A folder, and a file in one of several checkouts.
            if name == ".git" {
                continue;
            }
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            // The licences beside each crate are links to those of the workspace.
            let is_link_to_file = kind.is_symlink() && entry.path().is_file();
            if kind.is_file() || is_link_to_file {
                // Others may be at work in the tree: a file may be gone by now.
                match fs::read(entry.path()) {
                    Ok(bytes) => drop(self.files.insert(path, bytes)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            } else if kind.is_dir() && name != "target" {
                self.read_directory(&entry.path(), &format!("{path}/"))?;
            }
        }
        Ok(())
    }
}

/// Whether a file is a provider's own text, kept byte for byte.
pub(crate) fn is_published(path: &str) -> bool {
    path.starts_with("specs/") && (path.contains("/published/") || path.contains("/payloads/"))
}

/// Whether a file is written by a command.
pub(crate) fn is_generated(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let of_spec = path.starts_with("specs/") && ["openapi.json", "lock.toml"].contains(&name);
    let of_crate = path.starts_with("crates/") && path.contains("/src/generated/");
    let of_sandbox = path.starts_with("crates/proof/refunds-sandbox/documents/");
    of_spec || of_crate || of_sandbox && name == "openapi.json" || name == "Cargo.lock"
}

/// Whether a file is a snapshot of a test.
pub(crate) fn is_snapshot(path: &str) -> bool {
    path.ends_with(".snap")
}

/// Whether people of this project write the file.
pub(crate) fn is_written_by_hand(path: &str) -> bool {
    !is_published(path) && !is_generated(path) && !is_snapshot(path)
}

/// The number of the line, from 1, of a place in a text.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[test]
fn a_directory_is_found_by_what_it_holds() {
    let tree = Tree::of([("a/b/c.rs", ""), ("a-b.rs", "")]);
    assert!(tree.contains("a") && tree.contains("a/b") && tree.contains("a/b/c.rs"));
    assert!(!tree.contains("b") && !tree.contains("a/b/c") && !tree.contains("a/"));
}

#[test]
fn files_are_told_apart_by_who_writes_them() {
    assert!(is_published("specs/optty/published/page.md"));
    assert!(is_generated("specs/optty/openapi.json"));
    assert!(is_generated(
        "crates/providers/optty/src/generated/types/builder.rs"
    ));
    assert!(!is_generated("crates/providers/optty/tests/openapi.json"));
    assert!(!is_generated("xtask/src/generated/mod.rs"));
    assert!(is_written_by_hand("specs/optty/overlay.yaml"));
}

#[test]
fn lines_are_counted_from_one() {
    assert_eq!(line_of("a\nb", 0), 1);
    assert_eq!(line_of("a\nb", 2), 2);
}
