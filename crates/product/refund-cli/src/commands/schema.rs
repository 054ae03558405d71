//! The schema of what `--json` prints.

use anyhow::Result;

use crate::{exit::Exit, printed, terminal::Terminal};

/// Prints it.
pub(super) fn run(terminal: &mut Terminal) -> Result<Exit> {
    let mut text = serde_json::to_string_pretty(&printed::schema())?;
    text.push('\n');
    terminal.raw(text.as_bytes())?;
    Ok(Exit::Done)
}
