//! Who runs PostgreSQL: it refuses to run as root.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use super::PostgresError;

/// The account that root runs PostgreSQL as; the packages of PostgreSQL make it.
pub(super) const POSTGRES: &str = "postgres";

/// The account that PostgreSQL runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// That of this process.
    Own,
    /// `postgres`, since this process is root.
    Postgres,
}

impl Account {
    /// The account for this process, as the owner of what it makes tells.
    pub(super) fn current() -> Result<Self, PostgresError> {
        let made = tempfile::tempfile().and_then(|file| file.metadata());
        let made = made.map_err(PostgresError::io("make a temporary file"))?;
        Ok(match made.uid() {
            0 => Self::Postgres,
            _ => Self::Own,
        })
    }

    /// A program that runs as this account.
    pub(super) fn command(self, program: impl AsRef<OsStr>) -> Command {
        match self {
            Self::Own => Command::new(program),
            Self::Postgres => {
                let mut command = Command::new("runuser");
                command.args(["-u", POSTGRES, "--"]).arg(program);
                command
            }
        }
    }
}

#[test]
fn only_root_runs_programs_as_somebody_else() {
    let line = |account: Account| {
        let command = account.command("initdb");
        let arguments = command.get_args().map(OsStr::to_owned);
        let program = command.get_program().to_owned();
        [program].into_iter().chain(arguments).collect::<Vec<_>>()
    };
    assert_eq!(line(Account::Own), ["initdb"]);
    assert_eq!(
        line(Account::Postgres),
        ["runuser", "-u", "postgres", "--", "initdb"]
    );
}
