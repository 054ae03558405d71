//! Where the files of a provider are in a workspace, from its root.

use std::path::{Path, PathBuf};

/// The folder of every provider's crate.
pub const CRATES: &str = "crates/providers";

/// A file and what belongs into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Path from the workspace's root.
    pub path: PathBuf,
    /// The whole content.
    pub content: String,
}

/// Folder of a provider's documents.
pub fn specs(provider: &str) -> PathBuf {
    Path::new("specs").join(provider)
}

/// Folder of a provider's crate.
pub fn crate_of(provider: &str) -> PathBuf {
    Path::new(CRATES).join(provider)
}

/// Folder of the generated source of a provider's crate.
pub fn generated(provider: &str) -> PathBuf {
    crate_of(provider).join("src/generated")
}
