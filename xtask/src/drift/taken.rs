//! New pages, and the published ones whose place they take.

use std::path::PathBuf;

use anyhow::{Result, bail};
use spec_documents::merge::MergeError;
use spec_documents::provider::PUBLISHED;
use spec_documents::{Config, Error, Provider};

/// New pages.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The files, stored under their names.
    pub files: Vec<PathBuf>,
    /// Published pages whose place they take.
    pub replaces: Vec<String>,
}

impl Taken {
    /// The provider without a page whose place is taken.
    pub(super) fn replaced(&self, provider: Provider, page: &str) -> Result<Provider> {
        let stored = format!("{PUBLISHED}/{page}");
        if !provider.inputs().contains_key(&stored) {
            let pages = provider.inputs().keys();
            let pages: Vec<&str> = pages
                .filter_map(|file| file.strip_prefix(PUBLISHED)?.strip_prefix('/'))
                .filter(|name| !self.has(name))
                .collect();
            bail!(
                "--replaces {page}: there is no such page; published are {}",
                pages.join(", ")
            );
        }
        if self.has(page) {
            bail!("--replaces {page}: a page takes the place of one of its own name without that");
        }
        Ok(provider.without_page(page))
    }

    /// Whether one of the files has this name.
    fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.ends_with(name))
    }

    /// That the pages fit together. A new page under another name than the one it follows is said to be that.
    pub(super) fn check(&self, provider: &Provider) -> Result<()> {
        let error = match provider.published() {
            Err(Error::Merge(error)) => error,
            other => return Ok(other.map(drop)?),
        };
        let (first, second) = match &error {
            MergeError::Conflict { first, second, .. }
            | MergeError::Versions { first, second, .. } => (first, second),
            _ => return Err(error.into()),
        };
        let is_new = |page: &String| self.has(page.rsplit('/').next().unwrap_or_default());
        let older = [first, second].into_iter().find(|page| !is_new(page));
        let older = older.and_then(|page| page.rsplit('/').next());
        match older.map(str::to_owned) {
            Some(older) if !self.files.is_empty() => Err(anyhow::Error::from(error).context(
                format!("if the new page takes the place of {older}, add `--replaces {older}`"),
            )),
            _ => Err(error.into()),
        }
    }

    /// The page whose place is taken and the one that takes it, whose texts are compared.
    pub(super) fn pair(&self) -> Option<(String, String)> {
        let (Some(old), [file]) = (self.replaces.first(), self.files.as_slice()) else {
            return None;
        };
        let new = file.file_name()?.to_string_lossy().into_owned();
        Some((old.clone(), new))
    }

    pub(super) fn notes(&self, config: &Config) -> Vec<String> {
        let named = self
            .replaces
            .iter()
            .filter(|page| config.pages.contains_key(*page));
        named
            .map(|page| {
                format!(
                    "specs/{}/provider.toml has the address of {page}: give the new page's name and address in its place.",
                    config.name
                )
            })
            .collect()
    }
}
