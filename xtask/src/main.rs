//! The commands of this workspace.

use std::io;

use anyhow::Result;
use clap::Parser;
use xtask::cli::Arguments;
use xtask::workspace;

fn main() -> Result<()> {
    let root = workspace::root()?;
    Arguments::parse().run(&root, &mut io::stdout().lock())
}
