//! What can go wrong with a PostgreSQL for the tests.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

use crate::supervise::Signal;

/// Why there is no PostgreSQL for the tests, or why it is not gone afterwards.
#[derive(Debug, Error)]
pub enum PostgresError {
    /// No folder has the programs.
    #[error(
        "PostgreSQL is not found: `initdb`, `pg_ctl` and `postgres` are neither in PATH nor in \
         /usr/lib/postgresql/*/bin nor where `pg_config --bindir` says. Install it, for instance with \
         `sudo apt-get install postgresql` (Debian, Ubuntu), `sudo dnf install postgresql-server` (Fedora) or \
         `brew install postgresql` (macOS), then run this again; `cargo test --workspace` leaves out what needs it"
    )]
    Missing,
    /// `apt-get` could not install it.
    #[error(
        "`apt-get {arguments}` ended with {status}: its own message is above. Mend what it names, or install PostgreSQL \
         in another way, then run this again"
    )]
    Install {
        /// What `apt-get` was asked.
        arguments: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A program could not be started.
    #[error(
        "`{program}` could not be started: {cause}. Install it or add it to PATH, then run this again"
    )]
    NotStarted {
        /// The program.
        program: String,
        /// Why.
        cause: io::Error,
    },
    /// A program failed.
    #[error(
        "`{program}` ended with {status}; it said:\n{said}\nMend what it names, then run this again"
    )]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it printed.
        said: String,
    },
    /// The port was taken again and again.
    #[error(
        "PostgreSQL found its port taken {tries} times, at last {port}: see with `ss -ltn` what takes the ports of \
         127.0.0.1, then run this again"
    )]
    PortsTaken {
        /// How many ports were tried.
        tries: usize,
        /// The last of them.
        port: u16,
    },
    /// A signal came before there was anything to run.
    #[error(
        "{signal} came while PostgreSQL was being made ready: no test was run, and no cluster is left"
    )]
    Interrupted {
        /// The signal.
        signal: Signal,
    },
    /// The server does not end.
    #[error("PostgreSQL does not stop: end it with `kill -KILL {pid}`. {cause}")]
    NotStopped {
        /// Its process.
        pid: String,
        /// What `pg_ctl` says.
        cause: Box<PostgresError>,
    },
    /// A file or folder of the cluster, or of the system.
    #[error(
        "cannot {action}: {cause}. Mend that, then run this again; TMPDIR names another folder for the cluster"
    )]
    Io {
        /// What was tried.
        action: String,
        /// Why it failed.
        cause: io::Error,
    },
    /// The folder of the cluster is still there.
    #[error("cannot delete {path}: {cause}. Delete it by hand", path = path.display())]
    LeftOver {
        /// The folder.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl PostgresError {
    /// Makes an error of the system one that says what was tried.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |cause| Self::Io { action, cause }
    }
}
