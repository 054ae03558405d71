//! The clients of a corpus as crates of one workspace, checked by the compiler.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use provider_codegen::places::Wanted;
use serde_json::Value;

use super::examples::{Examples, Problem};
use crate::files;

/// Folder of the crates, from the workspace's root. What is in it is kept, so that a second run goes on
/// where the first one ended: cargo checks only what has changed.
const FOLDER: &str = "target/corpus";

/// What the compiler said of a crate.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) compiled: bool,
    pub(super) warnings: usize,
    /// The first error, or else the first warning.
    pub(super) complaint: Option<String>,
}

/// The workspace of the crates.
pub(super) struct Workspace {
    root: PathBuf,
    folder: PathBuf,
    /// Held as long as this lasts: another run would take the crates of this one out.
    _lock: fs::File,
}

impl Workspace {
    /// Lays the workspace out below `root`, for crates of these names, once no other run has it any more.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub(super) fn new(root: &Path, names: &[String]) -> Result<Self> {
        let folder = root.join(FOLDER);
        let held = locked(&folder)?;
        let members: Vec<String> = names
            .iter()
            .map(|name| format!("  \"crates/{name}\",\n"))
            .collect();
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\n{}]\n\n[profile.dev]\ndebug = false\nincremental = false\n",
            members.concat()
        );
        let mut wanted = vec![Wanted {
            path: "Cargo.toml".into(),
            content: manifest,
        }];
        for name in names {
            wanted.push(Wanted {
                path: Path::new("crates").join(name).join("Cargo.toml"),
                content: manifest_of(root, name),
            });
            wanted.push(Wanted {
                path: Path::new("crates").join(name).join("src/lib.rs"),
                content: ROOT.to_owned(),
            });
        }
        files::replace(&folder, &wanted)?;
        for name in names {
            let source = source_in(&folder, name);
            if !source.exists() {
                fs::write(&source, "")
                    .with_context(|| format!("cannot write {}", source.display()))?;
            }
        }
        let lock = folder.join("Cargo.lock");
        if !lock.exists() {
            // The versions of this workspace, so that nothing else is fetched.
            fs::copy(root.join("Cargo.lock"), &lock).context("cannot copy Cargo.lock")?;
        }
        Ok(Self {
            root: root.to_owned(),
            folder,
            _lock: held,
        })
    }

    /// Puts the generated source of a client into its crate, unless it is there already.
    ///
    /// # Errors
    ///
    /// The file that cannot be written.
    pub(super) fn put(&self, name: &str, source: String) -> Result<()> {
        let path = source_in(Path::new(""), name);
        files::replace(
            &self.folder,
            &[Wanted {
                path,
                content: source,
            }],
        )
        .map(drop)
    }

    /// Checks a crate.
    ///
    /// # Errors
    ///
    /// cargo cannot be run.
    pub(super) fn check(&self, name: &str) -> Result<Checked> {
        let output = self
            .cargo("check", name)
            .args(["--message-format", "json"])
            .output()
            .context("cargo could not be started")?;
        let mut checked = Checked {
            compiled: output.status.success(),
            warnings: 0,
            complaint: None,
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut error = None;
        for message in messages {
            // A dependency's messages are not about the client.
            if message["reason"] != "compiler-message" || message["target"]["name"] != name {
                continue;
            }
            let message = &message["message"];
            let told = told(message);
            match message["level"].as_str() {
                Some("warning") if !message["spans"].as_array().is_none_or(Vec::is_empty) => {
                    checked.warnings += 1;
                    checked.complaint.get_or_insert(told);
                }
                Some("error") => {
                    error.get_or_insert(told);
                }
                _ => {}
            }
        }
        if !checked.compiled && error.is_none() {
            error = Some(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        checked.complaint = error.or(checked.complaint);
        Ok(checked)
    }

    /// Decodes the examples into the types of a crate, and gives back what is wrong with each.
    ///
    /// # Errors
    ///
    /// The program for it cannot be written, compiled or run.
    pub(super) fn decode(&self, name: &str, examples: &Examples) -> Result<Vec<Option<Problem>>> {
        let folder = Path::new("crates").join(name).join("examples");
        let cases = folder.join("documented.json");
        let wanted = [
            Wanted {
                path: folder.join("documented.rs"),
                content: examples.program.clone(),
            },
            Wanted {
                path: cases.clone(),
                content: serde_json::to_string(&examples.cases)?,
            },
        ];
        files::replace(&self.folder, &wanted)?;
        let output = self
            .cargo("run", name)
            .args(["--no-default-features", "--example", "documented", "--"])
            .arg(self.folder.join(cases))
            .output()
            .context("cargo could not be started")?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let first = complaint.lines().find(|line| line.starts_with("error"));
            bail!(
                "{name}: the program that decodes its examples ended with {}: {}",
                output.status,
                first.unwrap_or(complaint.trim())
            );
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{name}: its examples gave no list of errors"))
    }

    fn cargo(&self, command: &str, name: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args([command, "--quiet", "--package", name])
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            // The settings of whoever runs this have no say in what a warning is.
            .env_remove("RUSTFLAGS")
            .current_dir(&self.root);
        cargo
    }
}

/// Waits until no other run has the folder; the file that says so.
fn locked(folder: &Path) -> Result<fs::File> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(".lock");
    let told = || format!("cannot lock {}", path.display());
    let file = fs::File::create(&path).with_context(told)?;
    file.lock().with_context(told)?;
    Ok(file)
}

fn source_in(folder: &Path, name: &str) -> PathBuf {
    folder.join("crates").join(name).join("src/generated.rs")
}

/// The message with its first place.
fn told(message: &Value) -> String {
    let text = message["message"].as_str().unwrap_or_default();
    let span = &message["spans"][0];
    format!(
        "generated.rs:{}: {text}: {}",
        span["line_start"],
        span["text"][0]["text"].as_str().unwrap_or_default().trim()
    )
}

fn manifest_of(root: &Path, name: &str) -> String {
    let runtime = root.join("crates/product/provider-runtime");
    format!(
        r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"
publish = false

[features]
default = ["client"]
client = ["dep:reqwest", "provider-runtime/client"]

[dependencies]
chrono = {{ version = "0.4", default-features = false }}
provider-runtime = {{ path = {:?} }}
regress = "*"
reqwest = {{ version = "0.13", default-features = false, features = ["json", "query"], optional = true }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = {{ version = "1", features = ["raw_value"] }}

[lib]
name = "{name}"
"#,
        runtime.display().to_string()
    )
}

/// The root of each crate, with the allowances that a provider crate gives its generated module.
const ROOT: &str = "#![allow(missing_docs, unused_mut)]\n#[rustfmt::skip]\nmod generated;\npub use generated::*;\n";
