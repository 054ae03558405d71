//! What the tests of the whole workspace share: a loopback server that answers
//! by script, and a count of allocations.

pub mod allocations;
pub mod server;

use std::path::Path;

/// The directory of the workspace, where `Cargo.lock` lies.
#[must_use]
pub fn workspace_root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_root_holds_the_lock_file() {
        assert!(super::workspace_root().join("Cargo.lock").is_file());
    }
}
