//! Where things are in this workspace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The root of the workspace that this command was built in.
///
/// # Errors
///
/// The command was built outside of a workspace.
pub fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .map(Path::to_owned)
        .context("xtask is not inside a workspace")
}

/// Folder of a provider's documents, from the root.
pub fn specs(provider: &str) -> PathBuf {
    Path::new("specs").join(provider)
}

/// Folder of the generated source of a provider's crate, from the root.
pub fn generated(provider: &str) -> PathBuf {
    Path::new("crates").join(provider).join("src/generated")
}

/// Every provider that has a folder with a `provider.toml` under `specs/`, in order.
///
/// # Errors
///
/// The folder cannot be read.
pub fn providers(root: &Path) -> Result<Vec<String>> {
    let specs = root.join("specs");
    let mut names = Vec::new();
    for entry in fs::read_dir(&specs).with_context(|| format!("cannot read {}", specs.display()))? {
        let entry = entry?;
        if entry.path().join("provider.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The named providers, or all of them if none is named.
///
/// # Errors
///
/// A name that is no provider's; it lists those that are.
pub fn chosen(root: &Path, names: &[String]) -> Result<Vec<String>> {
    let known = providers(root)?;
    if names.is_empty() {
        return Ok(known);
    }
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no provider {unknown:?}: specs/ has {}",
            known.join(", ")
        );
    }
    let mut chosen = names.to_vec();
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}
