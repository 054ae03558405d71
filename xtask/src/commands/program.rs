//! Programs of their own, so that the generator and the clients that it makes are not built into one.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Builds a package's program in the workspace at `root`, optimised, and runs it.
///
/// # Errors
///
/// It could not be built or run, or ended with a failure, which it tells itself.
pub(super) fn run(root: &Path, package: &str, arguments: &[OsString]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", package])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(arguments)
        .status()
        .with_context(|| {
            format!("cargo could not be started: run `cargo run --release -p {package}`")
        })?;
    if !status.success() {
        bail!("{package} ended with {status}: its own message is above");
    }
    Ok(())
}
