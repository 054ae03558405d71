//! Completion scripts for shells.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments::Arguments, exit::Exit, terminal::Terminal};

/// Prints the script.
pub(super) fn run(shell: Shell, terminal: &mut Terminal) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "refund", &mut script);
    terminal.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
