//! `cargo xtask search`: all that a provider's documents leave open, against the real facade.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;

use super::program;

/// Tells the facade every story that the providers' documents leave open, and compares what it believes with
/// what happened; see `cargo xtask search -- --help` for its arguments.
#[derive(Debug, clap::Args)]
pub struct Search {
    /// `--provider P`, `--depth N` and `--check-rows`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Search {
    /// Runs the command in the workspace at `root`.
    ///
    /// # Errors
    ///
    /// The search could not be built or run, or found that money can go wrong: it says so itself.
    pub fn run(&self, root: &Path) -> Result<()> {
        program::run(root, "refund-search", &self.arguments)
    }
}
