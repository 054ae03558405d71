//! Files as git has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A revision of the repository that a workspace lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    root: PathBuf,
    /// The whole id of the commit.
    commit: String,
    /// As it was given, with the short id.
    pub label: String,
}

impl Revision {
    /// The revision that `name` stands for, in the repository of the workspace at `root`.
    ///
    /// # Errors
    ///
    /// git is missing, `root` is in no repository, or the repository has no such commit.
    pub fn find(root: &Path, name: &str) -> Result<Self> {
        if git(root, &["rev-parse", "--is-inside-work-tree"])?.is_none() {
            bail!(
                "{} is in no git repository: --from and --to compare what git has committed",
                root.display()
            );
        }
        let commit = format!("{name}^{{commit}}");
        let found = git(
            root,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &commit,
            ],
        )?;
        let Some(commit) = found.map(|text| text.trim().to_owned()) else {
            bail!(
                "git knows no commit {name:?}: fetch it first (in a shallow clone, with the depth that it needs)"
            );
        };
        let short: String = commit.chars().take(9).collect();
        let label = if name == commit || name == short {
            short
        } else {
            format!("{name} ({short})")
        };
        Ok(Self {
            root: root.to_owned(),
            commit,
            label,
        })
    }

    /// The commit that is checked out, if `root` is in a repository that has one.
    ///
    /// # Errors
    ///
    /// As [`Revision::find`].
    pub fn head(root: &Path) -> Result<Option<Self>> {
        let arguments = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
        // Without git, nothing is committed either.
        match git(root, &arguments).unwrap_or_default() {
            Some(_) => Self::find(root, "HEAD").map(Some),
            None => Ok(None),
        }
    }

    /// The text of a file, by its path from the workspace's root with `/`; nothing if the revision does not have it.
    ///
    /// # Errors
    ///
    /// git cannot be run, or the file is no UTF-8 text.
    pub fn read(&self, path: &str) -> Result<Option<String>> {
        git(
            &self.root,
            &["cat-file", "blob", &format!("{}:./{path}", self.commit)],
        )
    }

    /// The files below a folder, by their paths from it with `/`; none if the revision does not have it.
    ///
    /// # Errors
    ///
    /// As [`Revision::read`].
    pub fn files(&self, folder: &str) -> Result<BTreeMap<String, String>> {
        // Without --full-tree, paths are those below the folder that git runs in, as `read` takes them.
        let arguments = [
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            &self.commit,
            "--",
            folder,
        ];
        let listing = git(&self.root, &arguments)?.unwrap_or_default();
        let mut files = BTreeMap::new();
        for path in listing.split('\0').filter(|path| !path.is_empty()) {
            let inner = path.strip_prefix(folder).unwrap_or(path);
            if let Some(text) = self.read(path)? {
                files.insert(inner.trim_start_matches('/').to_owned(), text);
            }
        }
        Ok(files)
    }

    /// Names of the folders in a folder.
    ///
    /// # Errors
    ///
    /// As [`Revision::read`].
    pub fn folders(&self, folder: &str) -> Result<Vec<String>> {
        let within = format!("{folder}/");
        let arguments = [
            "ls-tree",
            "-d",
            "-z",
            "--name-only",
            &self.commit,
            "--",
            &within,
        ];
        let listing = git(&self.root, &arguments)?.unwrap_or_default();
        let names = listing.split('\0').filter(|path| !path.is_empty());
        Ok(names
            .map(|path| path.strip_prefix(&within).unwrap_or(path).to_owned())
            .collect())
    }
}

/// What git prints; nothing if it fails.
fn git(root: &Path, arguments: &[&str]) -> Result<Option<String>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .context("git cannot be run: install it, or compare two files with --before and --after")?;
    if !output.status.success() {
        return Ok(None);
    }
    String::from_utf8(output.stdout)
        .map(Some)
        .with_context(|| format!("git {}: no UTF-8 text", arguments.join(" ")))
}
