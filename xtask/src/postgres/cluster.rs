//! A cluster that is there for a while: made, started, stopped and deleted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::account::{Account, POSTGRES};
use super::step::{self, no_input};
use super::{PostgresError, Programs};
use crate::supervise;

/// Ports that are tried: another program may take one between its choice and the start.
const TRIES: usize = 5;

/// The superuser, and the name of the database that is its default.
const USER: &str = "refunds";

/// Beside PostgreSQL's defaults, whose fsync and synchronous_commit stay as they are: tests are about what outlives a crash.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
";

/// A running cluster in a folder of its own. Dropping it stops the server and deletes the folder, and so does
/// [`Cluster::stop`], which tells what goes wrong.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    account: Account,
    /// None once it is stopped.
    folder: Option<TempDir>,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts its server on a free port.
    ///
    /// # Errors
    ///
    /// [`PostgresError`]; nothing is left of the cluster then.
    pub fn start(programs: &Programs) -> Result<Self, PostgresError> {
        Self::start_on(programs, free_port)
    }

    /// The same, with other ports to try.
    fn start_on(
        programs: &Programs,
        mut next_port: impl FnMut() -> io::Result<u16>,
    ) -> Result<Self, PostgresError> {
        let account = Account::current()?;
        let folder = tempfile::Builder::new()
            .prefix("refunds-postgres-")
            .tempdir()
            .map_err(PostgresError::io("make a folder for temporary files"))?;
        let mut cluster = Self {
            programs: programs.clone(),
            account,
            folder: Some(folder),
            port: 0,
        };
        cluster.make()?;
        for _ in 0..TRIES {
            cluster.port = next_port().map_err(PostgresError::io("find a free port"))?;
            if cluster.starts()? {
                return Ok(cluster);
            }
        }
        Err(PostgresError::PortsTaken {
            tries: TRIES,
            port: cluster.port,
        })
    }

    /// Where the server listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database that every cluster has, for a client.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// The folder of the cluster.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref().map_or(Path::new(""), TempDir::path)
    }

    /// Stops the server without waiting for its clients, and deletes the folder.
    ///
    /// # Errors
    ///
    /// [`PostgresError::NotStopped`], [`PostgresError::LeftOver`]; what can be ended and deleted is.
    pub fn stop(mut self) -> Result<(), PostgresError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), PostgresError> {
        let stopped = self.stop_server();
        let Some(folder) = self.folder.take() else {
            return Ok(());
        };
        let path = folder.path().to_owned();
        let deleted = folder.close();
        stopped?;
        deleted.map_err(|cause| PostgresError::LeftOver { path, cause })
    }

    /// Makes the files of the cluster, with a database `refunds` beside `postgres`.
    fn make(&self) -> Result<(), PostgresError> {
        let log = self.log();
        if self.account == Account::Postgres {
            let mut command = Command::new("chown");
            no_input(command.arg(POSTGRES).arg(self.folder()));
            step::run(&mut command, "chown postgres", &log)?;
        }
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(self.data());
        initdb.args(["-A", "trust", "-U", USER, "--no-sync"]);
        initdb.args(["--encoding=UTF8", "--locale=C"]);
        step::run(no_input(&mut initdb), &self.name("initdb"), &log)?;
        self.configure(SETTINGS)?;

        let writing = "write the statement that creates the database";
        let statement = self.folder().join("create.sql");
        fs::write(&statement, format!("CREATE DATABASE {USER};\n"))
            .map_err(PostgresError::io(writing))?;
        let mut single = self.command("postgres");
        single.args(["--single", "-c", "exit_on_error=on", "-D"]);
        single.arg(self.data()).arg("postgres");
        single.stdin(File::open(statement).map_err(PostgresError::io(writing))?);
        step::run(&mut single, &self.name("postgres --single"), &log)
    }

    /// Starts the server; false if somebody else has the port by now.
    fn starts(&self) -> Result<bool, PostgresError> {
        // Of settings of one name, the last counts.
        self.configure(&format!("port = {}\n", self.port))?;
        let server_log = self.folder().join("server.log");
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("-D").arg(self.data()).arg("-l").arg(&server_log);
        pg_ctl.args(["-w", "start"]);
        let started = step::run(
            no_input(&mut pg_ctl),
            &self.name("pg_ctl start"),
            &self.log(),
        );
        let said = step::end_of(&server_log);
        match started {
            Ok(()) => Ok(true),
            Err(PostgresError::Failed { .. }) if said.contains("could not bind") => {
                // The next attempt has its own.
                fs::remove_file(&server_log)
                    .map_err(PostgresError::io("delete the server's log"))?;
                Ok(false)
            }
            Err(PostgresError::Failed {
                program, status, ..
            }) if !said.is_empty() => Err(PostgresError::Failed {
                program,
                status,
                said,
            }),
            Err(error) => Err(error),
        }
    }

    /// Stops the server if there is one. One that `pg_ctl` cannot stop is killed.
    fn stop_server(&self) -> Result<(), PostgresError> {
        let Some(pid) = self.server() else {
            return Ok(());
        };
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("-D").arg(self.data());
        pg_ctl.args(["-w", "-t", "20", "-m", "immediate", "stop"]);
        let stopped = step::run(
            no_input(&mut pg_ctl),
            &self.name("pg_ctl stop"),
            &self.log(),
        );
        match stopped {
            Err(cause) if !supervise::send("KILL", &pid) => Err(PostgresError::NotStopped {
                pid,
                cause: Box::new(cause),
            }),
            _ => Ok(()),
        }
    }

    /// The server's process, as it notes it itself for as long as it runs.
    fn server(&self) -> Option<String> {
        let noted = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        noted.lines().next().map(str::to_owned)
    }

    fn configure(&self, settings: &str) -> Result<(), PostgresError> {
        OpenOptions::new()
            .append(true)
            .open(self.data().join("postgresql.conf"))
            .and_then(|mut file| file.write_all(settings.as_bytes()))
            .map_err(PostgresError::io("write postgresql.conf"))
    }

    /// One of PostgreSQL's programs, where its account may be: it may not enter the folder that we are in.
    fn command(&self, program: &str) -> Command {
        let mut command = self.account.command(self.programs.program(program));
        command.current_dir(self.folder());
        command
    }

    /// What an error calls a program.
    fn name(&self, program: &str) -> String {
        match self.account {
            Account::Own => program.to_owned(),
            Account::Postgres => format!("runuser -u {POSTGRES} -- {program}"),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder().join("programs.log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Whoever wants to know what goes wrong calls `stop`.
        let _ = self.end();
    }
}

/// A port of 127.0.0.1 that nobody has at this moment.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::Places;
    use super::*;

    /// The PostgreSQL of this machine; without one, a test that needs it is left out.
    fn installed() -> Option<Programs> {
        let found = Programs::find(&Places::usual()).unwrap();
        if found.is_none() {
            eprintln!("left out: {}", PostgresError::Missing);
        }
        found
    }

    /// Programs that are scripts, which whoever runs PostgreSQL here may run.
    fn scripts(scripts: &[(&str, &str)]) -> (TempDir, Programs) {
        let folder = tempfile::tempdir().unwrap();
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody.clone()).unwrap();
        for (name, script) in scripts {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, everybody.clone()).unwrap();
        }
        let programs = Programs {
            folder: folder.path().to_owned(),
            version: "PostgreSQL 0".to_owned(),
        };
        (folder, programs)
    }

    #[test]
    fn a_port_that_is_taken_meanwhile_is_left_for_another() {
        let Some(programs) = installed() else { return };
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = (taken.local_addr().unwrap().port(), taken);
        let mut tried = 0;
        let cluster = Cluster::start_on(&programs, || {
            tried += 1;
            if tried < 3 { Ok(taken.0) } else { free_port() }
        });
        assert_ne!(cluster.unwrap().port(), taken.0);
        assert_eq!(tried, 3);
    }

    #[test]
    fn ports_that_are_all_taken_are_an_error_that_names_the_last() {
        let Some(programs) = installed() else { return };
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Cluster::start_on(&programs, || Ok(port)).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains(&format!("5 times, at last {port}:")),
            "{error}"
        );
    }

    #[test]
    fn a_program_that_fails_is_named_with_what_it_said() {
        // The account `postgres` comes with PostgreSQL.
        if installed().is_none() {
            return;
        }
        let (_folder, programs) = scripts(&[("initdb", "echo no room >&2; exit 4")]);
        let error = Cluster::start(&programs).unwrap_err().to_string();
        assert!(
            error.contains("initdb` ended with exit status: 4"),
            "{error}"
        );
        assert!(error.contains("\nno room\n"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        if installed().is_none() {
            return;
        }
        let (_folder, programs) = scripts(&[]);
        let error = Cluster::start(&programs).unwrap_err().to_string();
        assert!(error.contains("initdb"), "{error}");
    }
}
