//! The command line.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::commands::add_provider::AddProvider;
use crate::commands::campaign::Campaign;
use crate::commands::codegen::Codegen;
use crate::commands::corpus::Corpus;
use crate::commands::drift::{self, Drift};
use crate::commands::fetch::Fetch;
use crate::commands::import::Import;
use crate::commands::release::Release;
use crate::commands::search::Search;
#[cfg(unix)]
use crate::commands::test::Test;
use crate::plain::Plain;

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
    Drift(Drift),
    Fetch(Fetch),
    Corpus(Corpus),
    Import(Import),
    Release(Release),
    Search(Search),
    #[cfg(unix)]
    Test(Test),
}

impl Arguments {
    /// Runs the command in the workspace at `root`, printing to `out`, and gives back its exit code.
    ///
    /// # Errors
    ///
    /// What the command refuses or finds; it leaves files as they were then.
    pub fn run(self, root: &Path, out: &mut dyn Write) -> Result<u8> {
        let done: Result<()> = match self.command {
            Command::Drift(command) => return command.run(root, out),
            #[cfg(unix)]
            Command::Test(command) => return command.run(root, out),
            Command::AddProvider(command) => in_plain(out, |out| command.run(root, out)),
            Command::Campaign(command) => command.run(root),
            Command::Codegen(command) => command.run(root, out),
            Command::Fetch(command) => command.run(root, out),
            Command::Corpus(command) => command.run(root, out),
            Command::Import(command) => in_plain(out, |out| command.run(root, out)),
            Command::Release(command) => command.run(root, out),
            Command::Search(command) => command.run(root),
        };
        done.map(|()| 0)
    }

    /// Exit code of this command when it fails.
    fn failure(&self) -> u8 {
        match self.command {
            Command::Drift(_) => drift::FAILED,
            _ => 1,
        }
    }
}

/// Runs a command line, the name of the program first, and gives back the exit code; errors go to `problems`.
pub fn start(
    line: &[OsString],
    root: impl FnOnce() -> Result<PathBuf>,
    out: &mut dyn Write,
    problems: &mut dyn Write,
) -> u8 {
    let arguments = match Arguments::try_parse_from(line) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            tell(problems, &error.render().to_string());
            let is_drift = line.get(1).is_some_and(|name| name == "drift");
            // The code 2 of clap is a finding of drift.
            return if is_drift { drift::FAILED } else { 2 };
        }
        Err(help) => {
            tell(out, &help.render().to_string());
            return 0;
        }
    };
    let failure = arguments.failure();
    match root().and_then(|root| arguments.run(&root, out)) {
        Ok(code) => code,
        Err(error) => {
            tell(&mut Plain::new(problems), &format!("Error: {error:#}\n"));
            failure
        }
    }
}

/// Runs a command that prints words of documents.
fn in_plain(out: &mut dyn Write, run: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut plain = Plain::new(out);
    let done = run(&mut plain);
    plain.flush()?;
    done
}

/// Prints where there is nobody left to tell if it fails.
fn tell(to: &mut dyn Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
