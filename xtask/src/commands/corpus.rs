//! `cargo xtask corpus`: how much of a folder of documents becomes clients.

mod accepted;
mod child;
mod compile;
mod contradiction;
mod examples;
mod mutations;
mod one;
mod outcome;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use compile::Workspace;
use contradiction::Judge;
use examples::{Decoded, Examples, Finding, Problem};
use outcome::{Outcome, Summary};
use provider_codegen::document;

/// Where the totals that were last accepted are kept, from the workspace's root.
const ACCEPTED: &str = "xtask/corpus.toml";

/// Generates a client from every document of a folder, each in a process of its own, and fails below
/// the totals that were last accepted. Writes no client into the workspace.
#[derive(Debug, clap::Args)]
pub struct Corpus {
    /// Folder of documents: files that end in .json, .yaml or .yml.
    #[arg(required_unless_present = "one")]
    folder: Option<PathBuf>,
    /// Documents at the same time.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Writes the outcome of every document to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Keeps the totals as those to reach from now on.
    #[arg(long)]
    accept: bool,
    /// Checks each client with the compiler, in one workspace below target/.
    #[arg(long)]
    compile: bool,
    /// Decodes the documented examples into the types of each client, and lists those that do not decode.
    #[arg(long)]
    examples: bool,
    /// With --compile and --examples: leaves out clients with more operations.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_name = "OPERATIONS")]
    up_to: usize,
    /// Damages each document so many times, at one place each, and counts panics and late errors.
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    mutations: usize,
    /// With --mutations: where to begin; the same seed damages the same places.
    #[arg(long, default_value_t = 1, value_name = "S", requires = "mutations")]
    seed: u64,
    /// Only documents whose file name contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Seconds after which a document counts as failed.
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    timeout: u64,
    /// Generates this document in this process; what the other processes are started with.
    #[arg(long, hide = true, value_name = "FILE")]
    one: Option<PathBuf>,
    /// Keeps the generated source in this file.
    #[arg(long, hide = true, value_name = "FILE", requires = "one")]
    source: Option<PathBuf>,
}

impl Corpus {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read, or totals below those that were accepted.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        if let Some(file) = &self.one {
            let measured = one::measure(
                file,
                self.source.as_deref(),
                self.examples,
                self.mutations,
                self.seed,
            )?;
            return Ok(serde_json::to_writer(out, &measured)?);
        }
        let folder = self.folder.as_deref().context("name a folder")?;
        let files = documents(folder, self.only.as_deref())?;
        let sources = tempfile::tempdir().context("cannot make a temporary folder")?;
        let names = crate_names(&files);
        let mut outcomes = self.all(&files, &names, sources.path(), out)?;
        if self.compile || self.examples {
            let of_files = files.iter().zip(names);
            let names: BTreeMap<String, String> = of_files
                .map(|(file, name)| (file_name(file), name))
                .collect();
            self.compile(root, folder, sources.path(), &names, &mut outcomes, out)?;
        }
        let summary = Summary::of(outcomes);
        writeln!(out, "{}", summary.totals)?;
        if let Some(path) = &self.json {
            let text = format!("{:#}\n", serde_json::to_value(&summary)?);
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(complaint) = summary.complaint() {
            bail!("{complaint}");
        }
        if self.only.is_some() {
            writeln!(
                out,
                "Some documents only: not compared with what was accepted."
            )?;
            return Ok(());
        }
        let path = root.join(ACCEPTED);
        if self.accept {
            accepted::write(&path, &summary.totals)?;
            writeln!(out, "Accepted: {ACCEPTED}")?;
            return Ok(());
        }
        let below = accepted::read(&path)?
            .map_or_else(Vec::new, |accepted| accepted.above(&summary.totals));
        if !below.is_empty() {
            bail!(
                "below the totals in {ACCEPTED}: {}; mend what fails above, or accept the new totals with --accept",
                below.join(", ")
            );
        }
        Ok(())
    }

    /// The outcome of every document, in the order of `files`; each is printed when it is there. The sources
    /// are put into a folder, by the `names` of the crates.
    fn all(
        &self,
        files: &[PathBuf],
        names: &[String],
        sources: &Path,
        out: &mut dyn Write,
    ) -> Result<Vec<Outcome>> {
        let next = AtomicUsize::new(0);
        let task = child::Task {
            timeout: Duration::from_secs(self.timeout),
            mutations: self.mutations,
            seed: self.seed,
            examples: self.examples,
        };
        let mut outcomes = Vec::with_capacity(files.len());
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 0..self.jobs.clamp(1, files.len().max(1)) {
                let (sender, next, task) = (sender.clone(), &next, &task);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let (Some(file), Some(name)) = (files.get(index), names.get(index)) else {
                            break;
                        };
                        // Nobody listens any more when printing has failed.
                        if sender.send(task.run(file, &sources.join(name))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            for outcome in receiver {
                writeln!(out, "{outcome}")?;
                outcomes.push(outcome);
            }
            anyhow::Ok(())
        })?;
        outcomes.sort_by(|left, right| left.file.cmp(&right.file));
        Ok(outcomes)
    }
}

impl Corpus {
    /// Compiles the clients of the documents that have one, those with few operations first, and decodes the
    /// documented examples into their types; each if it is asked for. `crates` has their names by file.
    fn compile(
        &self,
        root: &Path,
        folder: &Path,
        sources: &Path,
        crates: &BTreeMap<String, String>,
        outcomes: &mut [Outcome],
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut wanted: Vec<&mut Outcome> = outcomes
            .iter_mut()
            .filter(|outcome| outcome.generated && outcome.kept <= self.up_to)
            .collect();
        wanted.sort_by_key(|outcome| outcome.kept);
        let names: Vec<String> = wanted
            .iter()
            .map(|outcome| crates.get(&outcome.file).cloned().unwrap_or_default())
            .collect();
        let workspace = Workspace::new(root, &names)?;
        for (outcome, name) in wanted.into_iter().zip(&names) {
            let source = sources.join(name);
            let source = fs::read_to_string(&source)
                .with_context(|| format!("cannot read {}", source.display()))?;
            workspace.put(name, source)?;
            if self.compile {
                let checked = workspace.check(name)?;
                writeln!(out, "{}: {checked}", outcome.file)?;
                let compiled = checked.compiled;
                outcome.checked(checked);
                if !compiled {
                    continue;
                }
            }
            if self.examples {
                let file = folder.join(&outcome.file);
                match decoded(&workspace, name, &file, &sources.join(name)) {
                    Ok(decoded) if decoded.examples == 0 => {}
                    Ok(decoded) => {
                        writeln!(out, "{}: {decoded}", outcome.file)?;
                        outcome.decoded(decoded);
                    }
                    // The other documents have theirs all the same.
                    Err(error) => {
                        let error = format!("its examples could not be decoded: {error:#}");
                        writeln!(out, "{}: FAILED: {error}", outcome.file)?;
                        outcome.error.get_or_insert(error);
                    }
                }
            }
        }
        Ok(())
    }
}

/// What becomes of the documented examples in `file`, whose client has its source in `source`.
fn decoded(workspace: &Workspace, name: &str, file: &Path, source: &Path) -> Result<Decoded> {
    let kept = examples::beside(source);
    let kept = fs::read(&kept).with_context(|| format!("cannot read {}", kept.display()))?;
    let examples: Examples = serde_json::from_slice(&kept)?;
    let mut decoded = Decoded {
        examples: examples.cases.len(),
        others: examples.others.clone(),
        ..Decoded::default()
    };
    if examples.cases.is_empty() {
        return Ok(decoded);
    }
    let problems = workspace.decode(name, &examples)?;
    if problems.iter().all(Option::is_none) {
        return Ok(decoded);
    }
    let judge = Judge::new(&one::read(file, &fs::read(file)?, &mut Vec::new())?);
    for (case, problem) in examples.cases.iter().zip(problems) {
        let (list, error) = match problem {
            None => continue,
            Some(Problem::Undecoded(_)) if case.is_broken() => {
                decoded.examples -= 1;
                let why = "it is the text of JSON that is none";
                decoded.others.push(format!("{}: {why}", case.pointer));
                continue;
            }
            Some(Problem::Undecoded(error)) => (&mut decoded.undecoded, error),
            Some(Problem::Changed(error)) => (&mut decoded.changed, error),
        };
        let value = case.value();
        list.push(Finding {
            pointer: case.pointer.clone(),
            of: case.of.clone(),
            error: contradiction::short(&error),
            contradiction: value.and_then(|value| judge.contradiction(&case.schema, &value)),
        });
    }
    Ok(decoded)
}

/// A name for the crate of each document; of those that would have the same, the later ones get a number.
fn crate_names(files: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(files.len());
    for file in files {
        let name = document::name(file);
        let is_taken = |name: &str| names.iter().any(|known| known == name);
        let chosen = openapi_model::names::free(&name, "_", is_taken);
        names.push(chosen);
    }
    names
}

fn file_name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The documents of a folder, in the order of their names.
fn documents(folder: &Path, only: Option<&str>) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ["json", "yaml", "yml"].contains(&ending.to_ascii_lowercase().as_str())
            && only.is_none_or(|only| name.contains(only))
        {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!(
            "{}: there is no .json, .yaml or .yml file: name the folder of the documents",
            folder.display()
        );
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_documents_have_a_crate_of_the_same_name() {
        let files = [
            "a/acme-pay.json",
            "a/acme-pay.yaml",
            "a/acmePay.json",
            "a/other.json",
        ];
        assert_eq!(
            crate_names(&files.map(PathBuf::from)),
            ["acme_pay", "acme_pay_2", "acme_pay_3", "other"]
        );
    }
}
