//! Completion scripts for shells.

use anyhow::Result;
use clap_complete::Shell;

use crate::{arguments, exit::Exit, terminal::Terminal};

/// Prints the script.
pub(super) fn run(shell: Shell, terminal: &mut Terminal) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut arguments::command(), "refund", &mut script);
    terminal.raw(&script)?;
    Ok(Exit::Done)
}
