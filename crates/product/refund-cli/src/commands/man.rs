//! Man pages, from the same source as the help.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{arguments, exit::Exit, terminal::Terminal};

/// Prints the page of the command, or writes one for each sub-command into a directory.
pub(super) fn run(directory: Option<&Path>, terminal: &mut Terminal) -> Result<Exit> {
    let command = arguments::command();
    let Some(directory) = directory else {
        let mut page = Vec::new();
        // As the pages in a directory have it.
        let command = command.disable_help_subcommand(true);
        clap_mangen::Man::new(command).render(&mut page)?;
        terminal.raw(&page)?;
        return Ok(Exit::Done);
    };
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(command, directory))
        .with_context(|| {
            format!(
                "the man pages cannot be written to {}: name a directory of yours",
                directory.display()
            )
        })?;
    Ok(Exit::Done)
}
