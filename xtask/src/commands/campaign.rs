//! `cargo xtask campaign`: refunds under faults, compared with what really happened.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;

use super::program;

/// Makes refunds under random faults, in processes that are killed, and compares what they believe with
/// the sandbox's ledger; see `cargo xtask campaign -- --help` for its arguments.
#[derive(Debug, clap::Args)]
pub struct Campaign {
    /// `--refunds N`, `--seed S`, `--faults FILE` and `--webhooks`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Campaign {
    /// Runs the command in the workspace at `root`.
    ///
    /// # Errors
    ///
    /// The campaign could not be built or run, or found that money went wrong: it says so itself.
    pub fn run(&self, root: &Path) -> Result<()> {
        program::run(root, "refund-campaign", &self.arguments)
    }
}
