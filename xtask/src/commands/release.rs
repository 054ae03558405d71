//! `cargo xtask release`: what a release needs, and the release itself.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Checks what a release needs, packs every crate, and says which are new; with --publish, publishes those.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --publish nothing leaves this machine but questions for the names of the crates.\n\n\
        Examples:\n  \
        cargo xtask release              check, pack and build every crate as a user would get it\n  \
        cargo xtask release --quick      the same without building what was packed\n  \
        cargo xtask release --publish    publish what the registry does not have yet\n\n\
        The first version of a crate is published with a token of your own (`cargo login`); after it, the workflow `release.yml`\n\
        can be allowed to publish in the registry's settings of the crate."
)]
pub struct Release {
    /// Packs without building what was packed.
    #[arg(long)]
    quick: bool,
    /// Publishes, with cargo's own token. Asks for the repository's address and for a tree without changes.
    #[arg(long)]
    publish: bool,
}

/// Where packed crates are, and what was built of them. Of a version that cargo has built once, it takes that again, whatever was
/// packed since: so it begins empty.
const BUILT: &str = "target/packed";

/// A crate that is published.
#[derive(Debug, PartialEq, Eq)]
struct Package {
    name: String,
    version: String,
}

/// What the registry has under a crate's name.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    Free,
    /// Ours: another version, or this one.
    Ours {
        has_version: bool,
    },
    /// Somebody else's.
    Taken {
        repository: String,
    },
}

impl Release {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// Something that a release needs is missing; nothing was published then, or cargo says what was.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        self.run_in(root, None, out)
    }

    /// The same with another folder of cargo's than the usual one, for tests.
    ///
    /// # Errors
    ///
    /// As of [`run`](Self::run).
    pub fn run_in(&self, root: &Path, home: Option<&Path>, out: &mut dyn Write) -> Result<()> {
        let tools = Cargo { root, home };
        let (packages, repository) = published(&tools)?;
        if repository.is_empty() {
            let text = "the repository's address is empty: a person has to give it, as `repository` of \
                        [workspace.package] in Cargo.toml";
            if self.publish {
                bail!("{text}; nothing was published");
            }
            writeln!(out, "note: {text}")?;
        }
        if self.publish {
            clean(root)?;
        }
        let mut new = Vec::new();
        let mut taken = Vec::new();
        for package in &packages {
            let Package { name, version } = package;
            match known(&tools, package, &repository)? {
                Known::Free => {
                    writeln!(out, "{name} {version}: new, and its name is free")?;
                    new.push(package);
                }
                Known::Ours { has_version: true } => writeln!(out, "{name} {version}: published")?,
                Known::Ours { has_version: false } => {
                    writeln!(out, "{name} {version}: a new version")?;
                    new.push(package);
                }
                Known::Taken { repository } => taken.push(format!("{name} (of {repository})")),
            }
        }
        if !taken.is_empty() {
            bail!(
                "the registry has other crates of these names: {}; give each another `name` in its Cargo.toml, with \
                 the old one as `name` of [lib]",
                taken.join(", ")
            );
        }
        out.flush()?;
        if let Some(home) = tools.home() {
            forget_unpacked(&home, &packages)?;
        }
        let built = root.join(BUILT);
        removed(&built)?;
        let mut cargo = tools.command();
        cargo.env("CARGO_TARGET_DIR", &built);
        match self.publish {
            false => {
                cargo.args(["package", "--locked"]);
                // Not yet committed, a release is still to be tried.
                cargo.args(["--allow-dirty", "--quiet"]);
                // What is not published need not be one that could be, and is built by the tests.
                for package in &packages {
                    cargo.args(["--package", &package.name]);
                }
            }
            true if new.is_empty() => {
                writeln!(out, "every version is published: there is nothing to do")?;
                return Ok(());
            }
            true => {
                cargo.args(["publish", "--locked", "--registry", "crates-io"]);
                for package in &new {
                    cargo.args(["--package", &package.name]);
                }
            }
        }
        cargo.args(self.quick.then_some("--no-verify"));
        let status = cargo.status().context("cargo could not be started")?;
        if !status.success() {
            let goes_on = match self.publish {
                true => "; what was published stays so, and the same command goes on from there",
                false => "",
            };
            bail!("cargo ended with {status}: its own message is above{goes_on}");
        }
        if !self.publish {
            let packed = match (packages.len(), self.quick) {
                (1, true) => "1 crate is packed".to_owned(),
                (1, false) => "1 crate is packed, and builds from what was packed".to_owned(),
                (count, true) => format!("{count} crates are packed"),
                (count, false) => {
                    format!("{count} crates are packed, and build from what was packed")
                }
            };
            writeln!(
                out,
                "{packed}; publish with `cargo xtask release --publish`"
            )?;
        }
        Ok(())
    }
}

/// Cargo in a workspace.
struct Cargo<'a> {
    root: &'a Path,
    /// Its folder, if that is not the usual one.
    home: Option<&'a Path>,
}

impl Cargo<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(self.root);
        command.envs(self.home.map(|home| ("CARGO_HOME", home)));
        command
    }

    fn home(&self) -> Option<PathBuf> {
        let named = self.home.map(Path::to_owned);
        let named = named.or_else(|| env::var_os("CARGO_HOME").map(PathBuf::from));
        named.or_else(|| Some(env::home_dir()?.join(".cargo")))
    }
}

/// Removes what cargo has unpacked of these crates from registries that are folders: of a version that it has unpacked once,
/// it builds that content again, whatever was packed since.
fn forget_unpacked(home: &Path, packages: &[Package]) -> Result<()> {
    // Cargo has made none where nothing was ever unpacked.
    let Ok(registries) = fs::read_dir(home.join("registry/src")) else {
        return Ok(());
    };
    for registry in registries {
        let registry = registry.context("cargo's folder of sources cannot be read")?;
        // The name begins with the registry's host, which a folder has none of.
        if !registry.file_name().to_string_lossy().starts_with('-') {
            continue;
        }
        for Package { name, version } in packages {
            removed(&registry.path().join(format!("{name}-{version}")))?;
        }
    }
    Ok(())
}

/// Removes a folder, if it is there.
fn removed(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let folder = folder.display();
            Err(error)
                .with_context(|| format!("{folder} cannot be removed; remove it, and try again"))
        }
        _ => Ok(()),
    }
}

/// The output of a program that has to succeed.
fn succeeded(command: &mut Command, what: &str) -> Result<Output> {
    let output = command
        .output()
        .with_context(|| format!("{what} could not be started"))?;
    if !output.status.success() {
        bail!(
            "{what} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output)
}

/// The crates that are published, and the repository's address.
fn published(cargo: &Cargo<'_>) -> Result<(Vec<Package>, String)> {
    let mut command = cargo.command();
    command.args(["metadata", "--no-deps", "--locked", "--format-version", "1"]);
    let output = succeeded(&mut command, "`cargo metadata`")?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("`cargo metadata` printed no JSON")?;
    let mut packages = Vec::new();
    let mut repository = String::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        // An empty list of registries is `publish = false`.
        if package["publish"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        packages.push(Package {
            name: text("name"),
            version: text("version"),
        });
        repository = text("repository");
    }
    Ok((packages, repository))
}

/// Fails where git has changes that are not committed: what is published is what was reviewed.
fn clean(root: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["status", "--porcelain"]);
    let output = succeeded(&mut git, "`git status`")?;
    let changed = String::from_utf8_lossy(&output.stdout);
    if !changed.trim().is_empty() {
        bail!("there are changes that are not committed; nothing was published:\n{changed}");
    }
    Ok(())
}

/// Asks the registry, by cargo, so that its settings and a mirror count.
fn known(cargo: &Cargo<'_>, package: &Package, repository: &str) -> Result<Known> {
    let Package { name, version } = package;
    let asked = |specification: &str| {
        let mut command = cargo.command();
        // With the registry's name, or cargo would tell of the crate of this workspace.
        command.args(["info", "--color", "never"]);
        command.args(["--registry", "crates-io", specification]);
        command.output().context("cargo could not be started")
    };
    let output = asked(name)?;
    let problem = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        if problem.contains(&format!("could not find `{name}`")) {
            return Ok(Known::Free);
        }
        bail!(
            "the registry did not say whether it has a crate named {name}: {}",
            problem.trim()
        );
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let theirs = told
        .lines()
        .find_map(|line| line.strip_prefix("repository: "));
    if theirs != Some(repository) || repository.is_empty() {
        return Ok(Known::Taken {
            repository: theirs.unwrap_or("nobody that it names").to_owned(),
        });
    }
    let this = asked(&format!("{name}@{version}"))?;
    Ok(Known::Ours {
        has_version: this.status.success(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_our_crates_what_came_from_a_folder_is_forgotten_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join("registry/src").join(name);
        let all = [
            "-5e41/ours-0.1.0",
            "-5e41/ours-0.2.0",
            "-5e41/theirs-0.1.0",
            "index.example-19/ours-0.1.0",
        ];
        for folder in all {
            fs::create_dir_all(path(folder).join("src")).unwrap();
        }
        let ours = Package {
            name: "ours".to_owned(),
            version: "0.1.0".to_owned(),
        };
        forget_unpacked(home.path(), &[ours]).unwrap();
        let left: Vec<_> = all
            .into_iter()
            .filter(|folder| path(folder).exists())
            .collect();
        assert_eq!(left, all[1..]);
        forget_unpacked(&home.path().join("missing"), &[]).unwrap();
    }
}
