//! What the tests of the whole workspace share: a loopback server that answers
//! by script, every operation of every provider as one call, the documented
//! payloads, and a count of allocations.

pub mod allocations;
pub mod calls;
pub mod operations;
pub mod payloads;
pub mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use provider_runtime::GeneratedClient;

/// The providers whose calls are tested here, in order.
pub const PROVIDERS: [&str; 4] = ["kotanipay", "mce", "optty", "tazapay"];

/// The version of a provider's crate, which its requests name; each crate has its own.
#[must_use]
pub fn version_of(provider: &str) -> &'static str {
    match provider {
        "kotanipay" => kotanipay::Client::VERSION,
        "mce" => mce::Client::VERSION,
        "optty" => optty::Client::VERSION,
        "tazapay" => tazapay::Client::VERSION,
        _ => "",
    }
}

/// The directory of the workspace, where `Cargo.lock` lies.
#[must_use]
pub fn workspace_root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The folder of every crate, by its name; none that cannot be read.
#[must_use]
pub fn crate_folders() -> BTreeMap<String, PathBuf> {
    let inside = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter(|path| path.is_dir()).collect()
    };
    let groups = inside(&workspace_root().join("crates"));
    let folders = groups.iter().flat_map(|group| inside(group));
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), folder)
        })
        .collect()
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

    /// A provider of `cargo xtask add-provider` brings its tests along, until its calls are among those of
    /// this package.
    #[test]
    fn every_provider_is_tested_here_or_in_its_own_crate() {
        let root = super::workspace_root();
        let entries = std::fs::read_dir(root.join("specs")).unwrap();
        let names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        for name in super::PROVIDERS {
            assert!(names.iter().any(|found| found == name), "specs/{name}");
        }
        for name in names {
            let own = root
                .join("crates/providers")
                .join(&name)
                .join("tests/payloads.rs");
            assert!(
                super::PROVIDERS.contains(&name.as_str()) || own.is_file(),
                "{name}: add it to PROVIDERS, or test its payloads in its crate"
            );
        }
    }
}

/// The README's code, compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
