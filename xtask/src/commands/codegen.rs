//! `cargo xtask codegen`: from the published pages to the crates.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use provider_codegen::generator::Progenitor;
use provider_codegen::pipeline::{self, Generated, Stage, StageError};
use provider_codegen::places::{self, Wanted};
use spec_documents::import;

use crate::files::{self, Difference};
use crate::workspace;

/// Generates the provider crates, their effective documents and their locks from `specs/`.
#[derive(Debug, clap::Args)]
pub struct Codegen {
    /// Providers to generate; all of them if none is named.
    providers: Vec<String>,
    /// Writes nothing; fails if a generated file or payload differs, is missing or is left over.
    #[arg(long)]
    check: bool,
    /// Prints what a stage makes, and writes nothing.
    #[arg(long, value_name = "STAGE", conflicts_with = "check", value_parser = stages())]
    print: Option<Stage>,
    /// Tells where each rule of lowering was applied.
    #[arg(long, conflicts_with_all = ["check", "print"])]
    rules: bool,
}

/// Reads a stage by its name.
fn stages() -> impl TypedValueParser<Value = Stage> {
    PossibleValuesParser::new(Stage::all().into_iter().map(Stage::name)).map(|name| {
        let named = Stage::all().into_iter().find(|stage| stage.name() == name);
        named.unwrap_or(Stage::Generate)
    })
}

impl Codegen {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// A stage that fails, a file that cannot be written, or, with `--check`, a difference. No file is
    /// changed then.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        let providers = workspace::chosen(root, &self.providers)?;
        if let Some(stage) = self.print {
            for provider in &providers {
                let shown = pipeline::show(
                    &root.join(places::specs(provider)),
                    provider,
                    stage,
                    &Progenitor,
                )?;
                write!(out, "{shown}")?;
            }
            return Ok(());
        }
        let started = Instant::now();
        let generated = generate_all(root, &providers)?;
        let wanted: Vec<Wanted> = generated.iter().flat_map(Generated::files).collect();
        let wanted = files::with_copies(root, wanted)?;
        if self.check {
            return self.report_differences(root, &providers, &wanted, out);
        }
        let changed = files::replace(root, &wanted)?;
        for one in &generated {
            summarise(one, self.rules, out)?;
        }
        writeln!(
            out,
            "in all: {:.1} ms",
            started.elapsed().as_secs_f64() * 1e3
        )?;
        match changed.as_slice() {
            [] => writeln!(out, "All files were up to date.")?,
            changed => {
                writeln!(out, "Written in {}:", root.display())?;
                changed
                    .iter()
                    .try_for_each(|path| writeln!(out, "  {}", path.display()))?;
            }
        }
        Ok(())
    }

    fn report_differences(
        &self,
        root: &Path,
        providers: &[String],
        wanted: &[Wanted],
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut found = files::differences(root, wanted)?;
        if self.providers.is_empty() {
            found.extend(
                left_over(root, wanted)?
                    .into_iter()
                    .map(Difference::LeftOver),
            );
        }
        for difference in &found {
            writeln!(out, "{difference}")?;
        }
        let mut stale = Vec::new();
        for provider in providers {
            let changes = import::plan(&root.join(places::specs(provider)), &[])?.changes;
            if !changes.is_empty() {
                stale.push(provider.as_str());
            }
            for change in changes {
                let path = change.path.strip_prefix(root).unwrap_or(&change.path);
                let how = if change.content.is_some() {
                    "missing or out of date"
                } else {
                    "left over, no document has it"
                };
                writeln!(out, "{}: {how}", path.display())?;
            }
        }
        let mut mends = Vec::new();
        if !found.is_empty() {
            mends.push("`cargo xtask codegen`".to_owned());
        }
        mends.extend(
            stale
                .iter()
                .map(|provider| format!("`cargo xtask import {provider}`")),
        );
        if mends.is_empty() {
            writeln!(out, "{} are up to date.", providers.join(", "))?;
            return Ok(());
        }
        bail!(
            "what is generated is not what is committed: run {}, delete what is left over, and review the change",
            mends.join(" and ")
        );
    }
}

/// Generates every provider, each on a thread of its own. The first failure, in order, is the result.
fn generate_all(root: &Path, providers: &[String]) -> Result<Vec<Generated>, Box<StageError>> {
    let done = AtomicUsize::new(0);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = providers
            .iter()
            .map(|provider| {
                let done = &done;
                scope.spawn(move || {
                    let folder = root.join(places::specs(provider));
                    let outcome = pipeline::generate(&folder, provider, &Progenitor);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress(&format!("[{done}/{}] {provider}", providers.len()));
                    outcome
                })
            })
            .collect();
        running
            .into_iter()
            .zip(providers)
            .map(|(thread, provider)| joined(thread.join(), provider))
            .collect()
    });
    progress("");
    outcomes.into_iter().collect()
}

/// A thread that died is a failure of its provider, not of the command.
fn joined(
    outcome: thread::Result<Result<Generated, Box<StageError>>>,
    provider: &str,
) -> Result<Generated, Box<StageError>> {
    outcome.unwrap_or_else(|_| Err(StageError::died(provider)))
}

/// Generated files that no provider makes any more.
fn left_over(root: &Path, wanted: &[Wanted]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for (folder, places) in [
        ("specs", &["openapi.json", "lock.toml"][..]),
        // The first is what one file of all generated code was called.
        (places::CRATES, &["src/generated.rs", "src/generated"][..]),
    ] {
        for entry in fs::read_dir(root.join(folder))? {
            let name = entry?.file_name();
            for place in places {
                add_files(root, &Path::new(folder).join(&name).join(place), &mut found)?;
            }
        }
    }
    found.retain(|path| !wanted.iter().any(|wanted| wanted.path == *path));
    found.sort();
    Ok(found)
}

/// The file at `path`, or all files in the folder there.
fn add_files(root: &Path, path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let place = root.join(path);
    if place.is_file() {
        found.push(path.to_owned());
    } else if place.is_dir() {
        for entry in fs::read_dir(place)? {
            add_files(root, &path.join(entry?.file_name()), found)?;
        }
    }
    Ok(())
}

/// Shows where the command is, on a terminal only.
fn progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that does not take it loses a line of progress, and nothing else.
        let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
    }
}

fn summarise(generated: &Generated, with_rules: bool, out: &mut dyn Write) -> Result<()> {
    let Generated {
        provider,
        operations,
        types,
        elapsed,
        lowered,
        ..
    } = generated;
    let counts = lowered.report.counts();
    writeln!(
        out,
        "{provider}: {operations} operations, {types} types, {} rules applied {} times, {:.1} ms",
        counts.len(),
        lowered.report.applied().len(),
        elapsed.as_secs_f64() * 1e3
    )?;
    if !with_rules {
        return Ok(());
    }
    for rule in openapi_lower::rules() {
        let applied: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.rule == rule.name)
            .collect();
        if applied.is_empty() {
            continue;
        }
        writeln!(out, "  {} x{}", rule.name, applied.len())?;
        applied
            .iter()
            .try_for_each(|applied| writeln!(out, "    {}", applied.pointer))?;
    }
    Ok(())
}
