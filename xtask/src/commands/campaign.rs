//! `cargo xtask campaign`: refunds under faults, compared with what really happened.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Makes refunds under random faults, in processes that are killed, and compares what they believe with
/// the sandbox's ledger; see `cargo xtask campaign -- --help` for its arguments.
#[derive(Debug, clap::Args)]
pub struct Campaign {
    /// `--refunds N`, `--seed S`, `--faults FILE` and `--webhooks`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Campaign {
    /// Runs the command in the workspace at `root`. The campaign is a program of its own, so that the
    /// generator and the clients that it makes are not built into one.
    ///
    /// # Errors
    ///
    /// The campaign could not be built or run, or found that money went wrong: it says so itself.
    pub fn run(&self, root: &Path) -> Result<()> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args([
                "run",
                "--quiet",
                "--release",
                "--package",
                "refund-campaign",
            ])
            .arg("--manifest-path")
            .arg(root.join("Cargo.toml"))
            .arg("--")
            .args(&self.arguments)
            .status()
            .context("cargo could not be started: run `cargo run --release -p refund-campaign`")?;
        if !status.success() {
            bail!("the campaign ended with {status}: its own message is above");
        }
        Ok(())
    }
}
