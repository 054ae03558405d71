//! `cargo xtask import`: takes published pages in.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use provider_codegen::places;
use spec_documents::{import, write};

use crate::workspace;

/// Stores published pages byte for byte and brings the documented payloads up to date.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The provider that published them.
    provider: String,
    /// The pages; without any, only the payloads are brought up to date.
    files: Vec<PathBuf>,
}

impl Import {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// A page without a document, pages that contradict each other, a file that cannot be written.
    /// Nothing is changed then.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        let providers = workspace::chosen(root, std::slice::from_ref(&self.provider))?;
        for provider in providers {
            let folder = root.join(places::specs(&provider));
            let plan = import::plan(&folder, &self.files)
                .with_context(|| format!("{provider}: nothing was imported"))?;
            write::apply(&plan.changes)?;
            for change in &plan.changes {
                let path = change.path.strip_prefix(root).unwrap_or(&change.path);
                let done = if change.content.is_some() {
                    "written"
                } else {
                    "removed"
                };
                writeln!(out, "{done}: {}", path.display())?;
            }
            writeln!(
                out,
                "{provider}: {} documented payloads, {} files changed in {}",
                plan.payloads,
                plan.changes.len(),
                root.display()
            )?;
            for unplaced in &plan.unplaced {
                writeln!(out, "left out: {unplaced}")?;
            }
            for finding in &plan.findings {
                writeln!(out, "specs/{provider}/overlay.yaml: {finding}")?;
            }
            writeln!(
                out,
                "Next: cargo xtask codegen {provider}, then the tests; review the snapshots that change."
            )?;
        }
        Ok(())
    }
}
