//! The command line.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::commands::add_provider::AddProvider;
use crate::commands::campaign::Campaign;
use crate::commands::codegen::Codegen;
use crate::commands::corpus::Corpus;
use crate::commands::import::Import;

/// The commands of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    AddProvider(AddProvider),
    Campaign(Campaign),
    Codegen(Codegen),
    Corpus(Corpus),
    Import(Import),
}

impl Arguments {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// What the command refuses or finds; it leaves files as they were then.
    pub fn run(self, root: &Path, out: &mut dyn Write) -> Result<()> {
        match self.command {
            Command::AddProvider(command) => command.run(root, out),
            Command::Campaign(command) => command.run(root),
            Command::Codegen(command) => command.run(root, out),
            Command::Corpus(command) => command.run(root, out),
            Command::Import(command) => command.run(root, out),
        }
    }
}
