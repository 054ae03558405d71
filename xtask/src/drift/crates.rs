//! A provider's crate: its sources, its public surface and its version.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use api_surface::Surface;
use provider_codegen::generator::SourceFile;
use provider_codegen::places;

use super::revision::Revision;
use crate::files;

/// Root module of a crate.
const ROOT: &str = "src/lib.rs";
/// What codegen writes.
const GENERATED: &str = "src/generated/";

/// The files of a crate, by their paths from its folder with `/`.
#[derive(Debug, Clone, Default)]
pub(super) struct Crate {
    files: BTreeMap<String, String>,
    /// Manifest of the workspace, for a version that is inherited.
    workspace: String,
}

impl Crate {
    /// The crate as it lies in the workspace at `root`.
    pub(super) fn of_tree(root: &Path, name: &str) -> Result<Self> {
        let folder = root.join(places::crate_of(name));
        let mut files = BTreeMap::new();
        for path in files::below(&folder.join("src"))? {
            let inside = path.strip_prefix(&folder).unwrap_or(&path).to_str();
            if let Some(name) = inside.filter(|name| name.ends_with(".rs")) {
                files.insert(name.to_owned(), files::text(&path)?);
            }
        }
        let manifest = files::present(&folder.join("Cargo.toml"))?;
        files.extend(manifest.map(|text| ("Cargo.toml".to_owned(), text)));
        let workspace = files::present(&root.join("Cargo.toml"))?;
        Ok(Self {
            files,
            workspace: workspace.unwrap_or_default(),
        })
    }

    /// The crate as it is in a revision.
    pub(super) fn of_revision(revision: &Revision, name: &str) -> Result<Self> {
        let mut files = revision.files(&format!("{}/{name}", places::CRATES))?;
        if files.is_empty() {
            // Where it was until the folders of crates had names.
            files = revision.files(&format!("crates/{name}"))?;
        }
        Ok(Self {
            files,
            workspace: revision.read("Cargo.toml")?.unwrap_or_default(),
        })
    }

    /// The same crate with other generated code.
    pub(super) fn with_generated(mut self, sources: &[SourceFile]) -> Self {
        // Until it was several files, it was this one.
        self.files
            .retain(|path, _| !path.starts_with(GENERATED) && path != "src/generated.rs");
        let sources = sources.iter();
        self.files.extend(
            sources.map(|file| (format!("{GENERATED}{}", file.path), file.content.clone())),
        );
        self
    }

    /// Its public surface; nothing if there is no such crate.
    pub(super) fn surface(&self) -> Result<Option<Surface>> {
        if !self.files.contains_key(ROOT) {
            return Ok(None);
        }
        let sources = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("src/") && path.ends_with(".rs"));
        let sources = sources.map(|(path, text)| (path.clone(), text.clone()));
        api_surface::surface_of(ROOT, sources)
            .map(Some)
            .context("the public surface of the crate cannot be listed")
    }

    /// The name by which cargo and a registry know it: a registry may have had another crate of the provider's name.
    pub(super) fn package(&self) -> Option<String> {
        let manifest: toml::Table = self.files.get("Cargo.toml")?.parse().ok()?;
        let name = manifest.get("package")?.get("name")?;
        Some(name.as_str()?.to_owned())
    }

    /// Its version, its own or the workspace's; nothing if there is no manifest that says so.
    pub(super) fn version(&self) -> Option<String> {
        let manifest: toml::Table = self.files.get("Cargo.toml")?.parse().ok()?;
        let own = manifest.get("package")?.get("version")?;
        if let Some(version) = own.as_str() {
            return Some(version.to_owned());
        }
        let workspace: toml::Table = self.workspace.parse().ok()?;
        let inherited = workspace.get("workspace")?.get("package")?.get("version")?;
        Some(inherited.as_str()?.to_owned())
    }
}
