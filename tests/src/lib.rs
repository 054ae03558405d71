//! What the tests of the whole workspace share: a loopback server that answers
//! by script, every operation of every provider as one call, the documented
//! payloads, and a count of allocations.

pub mod allocations;
pub mod calls;
pub mod operations;
pub mod payloads;
pub mod server;

use std::path::{Path, PathBuf};

/// The providers, in order.
pub const PROVIDERS: [&str; 4] = ["kotanipay", "mce", "optty", "tazapay"];

/// The directory of the workspace, where `Cargo.lock` lies.
#[must_use]
pub fn workspace_root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The folder with a provider's documents.
#[must_use]
pub fn specs_of(provider: &str) -> PathBuf {
    workspace_root().join("specs").join(provider)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_root_holds_the_lock_file() {
        assert!(super::workspace_root().join("Cargo.lock").is_file());
    }

    #[test]
    fn every_folder_under_specs_is_a_provider() {
        let entries = std::fs::read_dir(super::workspace_root().join("specs")).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, super::PROVIDERS);
    }
}

/// The README's code, compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
