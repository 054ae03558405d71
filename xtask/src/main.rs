//! The commands of this workspace.

use std::io;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::commands::codegen::Codegen;
use xtask::commands::import::Import;
use xtask::workspace;

/// The commands of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Codegen(Codegen),
    Import(Import),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = workspace::root()?;
    let mut out = io::stdout().lock();
    match arguments.command {
        Command::Codegen(command) => command.run(&root, &mut out),
        Command::Import(command) => command.run(&root, &mut out),
    }
}
