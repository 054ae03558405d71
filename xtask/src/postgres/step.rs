//! A program that has to end well before anything else can happen.

use std::env;
use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::PostgresError;

/// Lines of a program's output that an error shows.
const SHOWN: usize = 20;

/// Runs a program to its end, with its output in the file `log`: a server that it starts would hold a pipe open, and
/// whoever reads from it would wait for ever. It is in a group of its own, so that Ctrl-C does not end it halfway.
///
/// # Errors
///
/// [`PostgresError`] with the program's `name` and the end of what it printed.
pub(super) fn run(command: &mut Command, name: &str, log: &Path) -> Result<(), PostgresError> {
    let writing = || format!("write {}", log.display());
    let output = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .map_err(PostgresError::io(writing()))?;
    let errors = output.try_clone().map_err(PostgresError::io(writing()))?;
    // The user's own PGPORT, PGDATA and the like are of another cluster.
    for (variable, _) in env::vars_os() {
        if variable.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(variable);
        }
    }
    let status = command
        .env("LC_ALL", "C")
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .status()
        .map_err(|cause| PostgresError::NotStarted {
            program: command.get_program().to_string_lossy().into_owned(),
            cause,
        })?;
    if status.success() {
        return Ok(());
    }
    Err(PostgresError::Failed {
        program: name.to_owned(),
        status,
        said: end_of(log),
    })
}

/// The last lines of a file; of one that cannot be read, none.
pub(super) fn end_of(file: &Path) -> String {
    let bytes = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

/// No input: a program of PostgreSQL that asks would wait for ever.
pub(super) fn no_input(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null())
}
