//! Where PostgreSQL's programs are.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PostgresError;

/// What a cluster takes.
const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// The places to look in, in this order.
#[derive(Debug, Clone)]
pub struct Places {
    /// Folders of programs, those of PATH.
    pub path: Vec<PathBuf>,
    /// The folder with one folder per version that Debian's packages use: they leave PATH alone.
    pub versions: PathBuf,
    /// The program that knows where PostgreSQL was installed.
    pub pg_config: OsString,
}

impl Places {
    /// The places of this machine.
    pub fn usual() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        Self {
            path: env::split_paths(&path).collect(),
            versions: PathBuf::from("/usr/lib/postgresql"),
            pg_config: "pg_config".into(),
        }
    }

    /// The first folder that has the programs, if there is one.
    pub fn folder(&self) -> Option<PathBuf> {
        let in_path = || self.path.iter().find_map(|folder| holding(folder));
        let newest = || newest(&self.versions);
        let configured = || {
            let output = Command::new(&self.pg_config)
                .arg("--bindir")
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output()
                .ok()?;
            let printed = String::from_utf8(output.stdout).ok()?;
            holding(Path::new(printed.trim_end()))
        };
        in_path().or_else(newest).or_else(configured)
    }

    /// A program of PATH.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let mut candidates = self.path.iter().map(|folder| folder.join(name));
        candidates.find(|program| is_program(program))
    }
}

/// The programs of an installed PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// Their folder.
    pub folder: PathBuf,
    /// What they say of their version, such as `PostgreSQL 17.5`.
    pub version: String,
}

impl Programs {
    /// Looks for them.
    ///
    /// # Errors
    ///
    /// [`PostgresError::NotStarted`] or [`PostgresError::Failed`] for programs that are there and do not run.
    pub fn find(places: &Places) -> Result<Option<Self>, PostgresError> {
        places.folder().map(Self::of).transpose()
    }

    fn of(folder: PathBuf) -> Result<Self, PostgresError> {
        let program = folder.join("pg_ctl");
        let name = program.display().to_string();
        // It starts nothing here, so that a pipe is in order.
        let output = Command::new(&program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| PostgresError::NotStarted {
                program: name.clone(),
                cause,
            })?;
        if !output.status.success() {
            return Err(PostgresError::Failed {
                program: format!("{name} --version"),
                status: output.status,
                said: String::from_utf8_lossy(&output.stderr).into_owned(),
            });
        }
        Ok(Self {
            folder,
            version: version(&String::from_utf8_lossy(&output.stdout)),
        })
    }

    /// The path of one of them.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// `PostgreSQL 17.5 (Debian 17.5-1)` of `pg_ctl (PostgreSQL) 17.5 (Debian 17.5-1)`.
fn version(printed: &str) -> String {
    let printed = printed.trim();
    match printed.split_once("(PostgreSQL) ") {
        Some((_, version)) => format!("PostgreSQL {version}"),
        None => printed.to_owned(),
    }
}

/// The folder that has the programs which this one has or links to.
fn holding(folder: &Path) -> Option<PathBuf> {
    // A program looks for the others beside the file that a link of its own leads to.
    let real = fs::canonicalize(folder.join(NEEDED[0])).ok()?;
    let candidates = [real.parent()?, folder];
    let found = candidates.into_iter().find(|folder| has_all(folder))?;
    Some(found.to_owned())
}

fn has_all(folder: &Path) -> bool {
    NEEDED.iter().all(|name| is_program(&folder.join(name)))
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The `bin` of the highest version that has the programs; a folder may be left of another package.
fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    let found = entries.filter_map(|entry| {
        let name = entry.file_name();
        let numbers = name.to_str()?.split('.').map(|part| part.parse::<u32>());
        let version: Vec<u32> = numbers.collect::<Result<_, _>>().ok()?;
        Some((version, holding(&entry.path().join("bin"))?))
    });
    found.max().map(|(_, folder)| folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    /// An empty machine.
    fn machine() -> (TempDir, Places) {
        let root = tempfile::tempdir().unwrap();
        // Links lead to real paths, and the folder of temporary files may be a link itself.
        let real = fs::canonicalize(root.path()).unwrap();
        let places = Places {
            path: vec![real.join("local"), real.join("usr")],
            versions: real.join("versions"),
            pg_config: real.join("pg_config").into(),
        };
        (root, places)
    }

    fn program(path: &Path, script: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn install(folder: &Path) -> PathBuf {
        for name in NEEDED {
            program(&folder.join(name), "echo 'pg_ctl (PostgreSQL) 17.5'");
        }
        folder.to_owned()
    }

    #[test]
    fn the_highest_version_is_chosen_by_number() {
        let (_root, places) = machine();
        for version in ["9.6", "10", "9", "16-old"] {
            install(&places.versions.join(version).join("bin"));
        }
        // The clients' package alone.
        program(&places.versions.join("17/bin/psql"), "");
        program(&places.versions.join("17/bin/pg_ctl"), "");
        assert_eq!(places.folder(), Some(places.versions.join("10/bin")));
    }

    #[test]
    fn path_comes_first_and_a_link_leads_to_the_folder_of_all() {
        let (_root, places) = machine();
        let old = install(&places.versions.join("13/bin"));
        install(&places.versions.join("15/bin"));
        fs::create_dir_all(&places.path[1]).unwrap();
        symlink(old.join("initdb"), places.path[1].join("initdb")).unwrap();
        assert_eq!(places.folder(), Some(old));
    }

    #[test]
    fn where_pg_config_points_is_looked_at_last() {
        let (root, places) = machine();
        let odd = fs::canonicalize(root.path()).unwrap().join("odd");
        install(&odd);
        program(
            Path::new(&places.pg_config),
            &format!("echo '{}'", odd.display()),
        );
        assert_eq!(places.folder(), Some(odd));
        let versioned = install(&places.versions.join("15/bin"));
        assert_eq!(places.folder(), Some(versioned));
    }

    #[test]
    fn a_machine_without_the_programs_has_no_folder() {
        let (_root, places) = machine();
        program(&places.path[0].join("initdb"), "");
        program(Path::new(&places.pg_config), "echo /nowhere/at/all");
        assert_eq!(Programs::find(&places).unwrap(), None);
    }

    #[test]
    fn a_program_that_does_not_run_is_named() {
        let (_root, places) = machine();
        let folder = install(&places.path[0]);
        assert_eq!(
            Programs::find(&places).unwrap().unwrap().version,
            "PostgreSQL 17.5"
        );
        program(&folder.join("pg_ctl"), "echo broken >&2; exit 3");
        let error = Programs::find(&places).unwrap_err().to_string();
        assert!(error.contains("pg_ctl --version` ended with"), "{error}");
        assert!(error.contains("broken"), "{error}");
    }
}
