//! PostgreSQL from Debian's packages, where nobody but root is asked.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::account::Account;
use super::{Places, PostgresError};
use crate::supervise::{self, Ended, Signals};

const INSTALL: [&str; 5] = [
    "install",
    "--yes",
    "--no-install-recommends",
    // Another apt-get, such as that of a machine that has just come up, is waited for.
    "--option=DPkg::Lock::Timeout=120",
    "postgresql",
];

/// Installs Debian's package `postgresql`, if this is root on a system with `apt-get`; tells `out` what is done.
///
/// # Errors
///
/// [`PostgresError::Missing`] if this is another account or system, and whatever keeps `apt-get` from doing it.
pub fn install(
    places: &Places,
    signals: &Signals,
    out: &mut dyn Write,
) -> Result<(), PostgresError> {
    install_as(Account::current()?, places, signals, out)
}

fn install_as(
    account: Account,
    places: &Places,
    signals: &Signals,
    out: &mut dyn Write,
) -> Result<(), PostgresError> {
    let is_root = account == Account::Postgres;
    let apt_get = places.program("apt-get").filter(|_| is_root);
    let apt_get = apt_get.ok_or(PostgresError::Missing)?;
    say(
        out,
        "PostgreSQL is not found: installing Debian's package `postgresql`, which may start a server of its own",
    )?;
    if run(&apt_get, &INSTALL, signals, out)?.status.success() {
        return Ok(());
    }
    say(
        out,
        "That failed, maybe for want of current lists of packages: fetching them, then once more",
    )?;
    for arguments in [&["update"][..], &INSTALL] {
        let status = run(&apt_get, arguments, signals, out)?.status;
        if !status.success() {
            let arguments = arguments.join(" ");
            return Err(PostgresError::Install { arguments, status });
        }
    }
    Ok(())
}

fn run(
    apt_get: &Path,
    arguments: &[&str],
    signals: &Signals,
    out: &mut dyn Write,
) -> Result<Ended, PostgresError> {
    say(out, &format!("+ apt-get {}", arguments.join(" ")))?;
    let mut command = Command::new(apt_get);
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let ended =
        supervise::run(&mut command, signals).map_err(|cause| PostgresError::NotStarted {
            program: apt_get.display().to_string(),
            cause,
        })?;
    match ended.signal {
        Some(signal) => Err(PostgresError::Interrupted { signal }),
        None => Ok(ended),
    }
}

/// A line for whoever waits, before the program prints its own.
fn say(out: &mut dyn Write, line: &str) -> Result<(), PostgresError> {
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(PostgresError::io("print"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    /// A machine whose `apt-get` notes in `calls` what it is asked and then does this.
    fn machine(script: &str) -> (TempDir, Places) {
        let root = tempfile::tempdir().unwrap();
        let apt_get = root.path().join("apt-get");
        let calls = root.path().join("calls");
        let note = format!("echo \"$1 $DEBIAN_FRONTEND\" >> '{}'", calls.display());
        fs::write(&apt_get, format!("#!/bin/sh\n{note}\n{script}\n")).unwrap();
        fs::set_permissions(&apt_get, fs::Permissions::from_mode(0o755)).unwrap();
        let places = Places {
            path: vec![root.path().to_owned()],
            versions: root.path().join("versions"),
            pg_config: root.path().join("pg_config").into(),
        };
        (root, places)
    }

    /// What is printed, what `apt-get` was asked, and the error.
    fn installed(script: &str, account: Account) -> (String, String, Option<String>) {
        let (root, places) = machine(script);
        let (_sender, signals) = Signals::sent_by_test();
        let mut out = Vec::new();
        let outcome = install_as(account, &places, &signals, &mut out);
        let calls = fs::read_to_string(root.path().join("calls")).unwrap_or_default();
        let error = outcome.err().map(|error| error.to_string());
        (String::from_utf8(out).unwrap(), calls, error)
    }

    #[test]
    fn an_installation_that_succeeds_is_told_and_fetches_no_lists() {
        let (printed, calls, error) = installed("exit 0", Account::Postgres);
        assert_eq!((calls.as_str(), error), ("install noninteractive\n", None));
        assert!(
            printed.starts_with("PostgreSQL is not found: installing Debian's package"),
            "{printed}"
        );
        assert!(printed.contains("\n+ apt-get install --yes "), "{printed}");
    }

    #[test]
    fn lists_are_fetched_before_the_second_attempt() {
        let script = "folder=${0%/*}\ncase $1 in update) : > \"$folder/lists\";; *) [ -e \"$folder/lists\" ];; esac";
        let (_, calls, error) = installed(script, Account::Postgres);
        let expected = "install noninteractive\nupdate noninteractive\ninstall noninteractive\n";
        assert_eq!((calls.as_str(), error), (expected, None));
    }

    #[test]
    fn an_installation_that_fails_names_what_failed() {
        let (_, _, error) = installed("[ $1 = install ] || exit 100; exit 1", Account::Postgres);
        let error = error.unwrap();
        assert!(
            error.contains("`apt-get update` ended with exit status: 100"),
            "{error}"
        );
        let (_, _, error) = installed("[ $1 = update ]", Account::Postgres);
        let error = error.unwrap();
        assert!(error.contains("`apt-get install --yes "), "{error}");
    }

    #[test]
    fn nobody_but_root_installs_anything() {
        let (printed, calls, error) = installed("exit 0", Account::Own);
        assert_eq!((printed.as_str(), calls.as_str()), ("", ""));
        let error = error.unwrap();
        assert!(
            error.contains("`sudo apt-get install postgresql`"),
            "{error}"
        );
    }
}
