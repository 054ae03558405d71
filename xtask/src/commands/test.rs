//! `cargo xtask test`: all tests, with a PostgreSQL for those that need one.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::postgres::{Cluster, Places, PostgresError, Programs, install};
use crate::supervise::{self, Ended, Signals};

/// Runs the tests with a PostgreSQL of their own, which is gone afterwards.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An installed PostgreSQL is used: of PATH, of /usr/lib/postgresql/*/bin (the highest version) or of\n\
        `pg_config --bindir`. Without any, root installs Debian's package; anybody else is told how to.\n\n\
        The tests find the server by REFUNDS_TEST_POSTGRES, a URL whose user is a superuser, and its programs by\n\
        REFUNDS_TEST_POSTGRES_BIN, a folder. The exit code is that of `cargo test`. Ctrl-C ends the tests, and the\n\
        server after them; SIGKILL leaves both.\n\n\
        Examples:\n  \
        cargo xtask test                                  cargo test --locked --workspace\n  \
        cargo xtask test -- -p refunds a_name             cargo test --locked -p refunds a_name\n  \
        cargo xtask test -- --workspace -- --nocapture    cargo test --locked --workspace -- --nocapture"
)]
pub struct Test {
    /// Arguments for `cargo test` in place of `--workspace`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Test {
    /// Runs the command in the workspace at `root`, printing to `out`, and gives back the exit code of `cargo test`.
    ///
    /// # Errors
    ///
    /// There is no PostgreSQL to be had, or it does not start or stop.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<u8> {
        let signals = Signals::listen()
            .context("signals cannot be waited for; PostgreSQL would outlive Ctrl-C")?;
        let programs = programs(&signals, out)?;
        let cluster = Cluster::start(&programs)?;
        if let Some(signal) = signals.waiting() {
            cluster.stop()?;
            return Err(PostgresError::Interrupted { signal }.into());
        }
        writeln!(
            out,
            "{} of {}, on 127.0.0.1:{}, in {}",
            programs.version,
            programs.folder.display(),
            cluster.port(),
            cluster.folder().display(),
        )?;
        out.flush()?;
        let ended = self.test(root, &programs, &cluster, &signals);
        let stopped = cluster.stop();
        let ended = ended?;
        if let Some(signal) = ended.signal {
            let how = if stopped.is_ok() {
                "is gone"
            } else {
                "is to be ended"
            };
            // Nobody may be left to read it.
            let _ = writeln!(out, "{signal} ended the tests; PostgreSQL {how}");
        }
        match stopped {
            Err(error) if ended.code() != 0 => {
                writeln!(out, "After the tests failed: {error}")?;
            }
            stopped => stopped?,
        }
        Ok(ended.code())
    }

    fn test(
        &self,
        root: &Path,
        programs: &Programs,
        cluster: &Cluster,
        signals: &Signals,
    ) -> Result<Ended> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["test", "--locked"]);
        match self.arguments.as_slice() {
            [] => command.arg("--workspace"),
            arguments => command.args(arguments),
        };
        command
            .current_dir(root)
            .env("REFUNDS_TEST_POSTGRES", cluster.url())
            .env("REFUNDS_TEST_POSTGRES_BIN", &programs.folder);
        supervise::run(&mut command, signals)
            .context("cargo could not be started: run `cargo test` to see why")
    }
}

/// The programs of PostgreSQL, installed if need be.
fn programs(signals: &Signals, out: &mut dyn Write) -> Result<Programs, PostgresError> {
    let places = Places::usual();
    if let Some(programs) = Programs::find(&places)? {
        return Ok(programs);
    }
    install::install(&places, signals, out)?;
    Programs::find(&places)?.ok_or(PostgresError::Missing)
}
