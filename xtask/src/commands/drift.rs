//! `cargo xtask drift`: what a new document changes for users, and how bad it is.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use openapi_drift::{Report, render};
use serde_json::Value;

use crate::drift::accept::{self, CargoTests, OnFailure, SnapshotTests};
use crate::drift::interrupted;
use crate::drift::revision::Revision;
use crate::drift::rules::Rules;
use crate::drift::{self, Taken};
use crate::plain::Plain;
use crate::workspace;

/// Exit code when drift itself fails, a wrong command line included: 1 and 2 tell what it found.
pub const FAILED: u8 = 3;

/// Characters of the reports in Markdown of all providers; GitHub takes comments of 65,536.
const MARKDOWN: usize = 60_000;

/// Tells what a new document changes for those who use a crate; writes nothing without --accept.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 nothing changes, 1 compatible or to be read, 2 breaking, 3 drift failed (with --all, for a\n\
        provider or more, after the reports of all).\n\n\
        Examples:\n  \
        cargo xtask drift tazapay ~/Downloads/initiate-refund.md   a new page against what git has at HEAD\n  \
        cargo xtask drift tazapay                                  specs/ as it is against HEAD, before or after codegen\n  \
        cargo xtask drift --all --from main                        every provider against a git revision\n  \
        cargo xtask drift --before a.json --after b.json           two effective documents\n\n\
        --accept builds and runs the tests of every crate that looks at the documents, which takes minutes. If they\n\
        fail or are interrupted, every file is put back, and the messages say what is to be mended; --keep leaves the\n\
        files instead. After a kill or a power cut, the next drift puts back what was written.\n\n\
        --accept writes the version that the report recommends, and its lines of the CHANGELOG that are not there yet."
)]
pub struct Drift {
    /// The provider.
    #[arg(required_unless_present_any = ["all", "before"])]
    provider: Option<String>,
    /// Its new pages, stored under their file names; without any, its folder is compared as it is.
    files: Vec<PathBuf>,
    /// A published page whose place the new one takes, where its name is another one.
    #[arg(long, value_name = "FILE", requires = "files")]
    replaces: Vec<String>,
    /// Compares every provider; with --format json, the reports are one list.
    #[arg(long, conflicts_with = "provider")]
    all: bool,
    /// An effective document, to be compared with that of --after.
    #[arg(long, value_name = "FILE", requires = "after", conflicts_with_all = ["provider", "all", "from"])]
    before: Option<PathBuf>,
    /// The other effective document.
    #[arg(long, value_name = "FILE", requires = "before")]
    after: Option<PathBuf>,
    /// A git revision, to be compared with that of --to or with the working tree.
    #[arg(long, value_name = "REV", conflicts_with = "files")]
    from: Option<String>,
    /// The other git revision.
    #[arg(long, value_name = "REV", requires = "from")]
    to: Option<String>,
    /// Rules that give changes another class, each with a reason; specs/drift.toml if there is one.
    #[arg(long, value_name = "FILE")]
    severities: Option<PathBuf>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Imports the pages, generates, and writes the snapshots of the tests, which it runs; all of it or nothing.
    #[arg(long, requires = "provider", conflicts_with_all = ["from", "before"])]
    accept: bool,
    /// With --accept: leaves the new files in place when code or tests that are written by hand fail with them, so that
    /// they can be mended.
    #[arg(long, requires = "accept")]
    keep: bool,
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For programs.
    Json,
    /// For tools that show findings beside lines (SARIF 2.1.0).
    Sarif,
    /// For GitHub Actions: annotations of the pages' lines.
    Github,
    /// A page to look at, in one file and without scripts.
    Html,
}

impl Drift {
    /// Runs the command in the workspace at `root`, printing to `out`, and gives back the exit code: 0 for no change, 1
    /// for compatible ones and those to be read, 2 for breaking ones, 3 if one of several providers failed.
    ///
    /// # Errors
    ///
    /// What cannot be compared or accepted. No file is changed then.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<u8> {
        self.run_with(root, &CargoTests, out)
    }

    /// As [`Drift::run`], with these tests for `--accept`.
    ///
    /// # Errors
    ///
    /// Those of [`Drift::run`].
    pub fn run_with(
        &self,
        root: &Path,
        tests: &dyn SnapshotTests,
        out: &mut dyn Write,
    ) -> Result<u8> {
        if let Some(told) = interrupted::put_back(root, self.accept)? {
            tell(&told);
        }
        if self.accept {
            return self.accept(root, tests, out);
        }
        let reports = self.reports(root)?;
        self.print(&reports, out)?;
        Ok(reports.iter().map(Report::exit_code).max().unwrap_or(0))
    }

    fn accept(&self, root: &Path, tests: &dyn SnapshotTests, out: &mut dyn Write) -> Result<u8> {
        let [name] = self.providers(root)?.try_into().map_err(|names: Vec<_>| {
            anyhow::anyhow!(
                "--accept takes one provider, and these were given: {}",
                names.join(", ")
            )
        })?;
        let head = Revision::head(root)?;
        let rules = Rules::load(root, self.severities.as_deref())?;
        let pages = drift::of_pages(root, &name, &self.taken(), head.as_ref(), &rules)?;
        let report = pages.report.clone();
        self.print(std::slice::from_ref(&report), out)?;
        out.flush()?;
        let packages = accept::packages(root, &name);
        let packages = packages
            .iter()
            .map(|(package, why)| format!("\n  {package:<16} {why}"));
        let told = format!(
            "\nNow these packages are compiled, and their tests write snapshots:{}",
            packages.collect::<String>()
        );
        match self.format {
            Format::Text => {
                writeln!(out, "{told}")?;
                out.flush()?;
            }
            _ => tell(&told),
        }
        let changed = accept::accept(root, pages, tests, self.on_failure())?;
        // A report for a program or a pull request is not to be followed by anything.
        if self.format == Format::Text {
            writeln!(out, "\nAccepted; review the difference and commit:")?;
            for path in &changed {
                writeln!(out, "  {}", path.display())?;
            }
            if changed.is_empty() {
                writeln!(out, "  nothing, all files were up to date")?;
            }
        }
        Ok(report.exit_code())
    }

    fn taken(&self) -> Taken {
        Taken {
            files: self.files.clone(),
            replaces: self.replaces.clone(),
        }
    }

    fn on_failure(&self) -> OnFailure {
        match self.keep {
            true => OnFailure::Keep,
            false => OnFailure::Restore,
        }
    }

    fn reports(&self, root: &Path) -> Result<Vec<Report>> {
        let rules = Rules::load(root, self.severities.as_deref())?;
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            return Ok(vec![drift::of_documents(before, after, &rules)?]);
        }
        let Some(from) = &self.from else {
            let names = self.providers(root)?;
            let head = Revision::head(root)?;
            return self.each(&names, |name| {
                let pages = drift::of_pages(root, name, &self.taken(), head.as_ref(), &rules)?;
                Ok(pages.report)
            });
        };
        let from = Revision::find(root, from)?;
        let to = self.to.as_ref().map(|to| Revision::find(root, to));
        let to = to.transpose()?;
        let names = match &self.provider {
            Some(name) => vec![name.clone()],
            None => {
                let mut names = BTreeSet::from_iter(from.folders("specs")?);
                match &to {
                    Some(to) => names.extend(to.folders("specs")?),
                    None => names.extend(workspace::providers(root)?),
                }
                names.into_iter().collect()
            }
        };
        if names.is_empty() {
            bail!("there is no provider on either side: look at the revisions");
        }
        self.each(&names, |name| {
            drift::of_revisions(root, name, &from, to.as_ref(), &rules)
        })
    }

    /// The report of each provider. Of several, one that fails keeps no other from being told.
    fn each(
        &self,
        names: &[String],
        report: impl Fn(&str) -> Result<Report>,
    ) -> Result<Vec<Report>> {
        let reports = names.iter().map(|name| match report(name) {
            Err(error) if self.all => Ok(Report {
                provider: Some(name.clone()),
                failed: Some(format!("{error:#}")),
                ..Report::default()
            }),
            report => report,
        });
        reports.collect()
    }

    fn providers(&self, root: &Path) -> Result<Vec<String>> {
        let named: Vec<String> = self.provider.iter().cloned().collect();
        workspace::chosen(root, &named)
    }

    fn print(&self, reports: &[Report], out: &mut dyn Write) -> Result<()> {
        let printed = |report: &Report| match self.format {
            Format::Markdown => render::markdown(report),
            Format::Json => render::json(report),
            _ => render::text(report),
        };
        // Of all providers, these are one report.
        let whole = match self.format {
            Format::Sarif => Some(render::sarif(reports)),
            Format::Github => Some(render::github(reports)),
            Format::Html => Some(render::html(reports)),
            Format::Text | Format::Markdown | Format::Json => None,
        };
        if let Some(whole) = whole {
            return Ok(write!(out, "{whole}")?);
        }
        if !self.all {
            return Ok(reports
                .iter()
                .try_for_each(|report| write!(out, "{}", printed(report)))?);
        }
        if self.format == Format::Json {
            let list = reports
                .iter()
                .map(|report| serde_json::from_str(&printed(report)))
                .collect::<Result<Vec<Value>, _>>()?;
            writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
            return Ok(());
        }
        let (same, changed): (Vec<_>, Vec<_>) = reports
            .iter()
            .partition(|report| report.exit_code() == 0 && report.notes.is_empty());
        // The reports of a comment share what it may hold.
        let most = MARKDOWN / changed.len().max(1);
        for report in changed {
            let printed = match self.format {
                Format::Markdown => render::markdown_within(report, most),
                _ => printed(report),
            };
            writeln!(out, "{printed}")?;
        }
        let with = same.first().and_then(|report| {
            let (_, with) = report.from.split_once("openapi.json ")?;
            Some((
                with.to_owned(),
                report.compared.iter().map(|what| what.words()),
            ))
        });
        let same: Vec<&str> = same
            .iter()
            .filter_map(|report| report.provider.as_deref())
            .collect();
        if !same.is_empty() {
            writeln!(out, "Nothing changes for users of {}.", same.join(", "))?;
            if let Some((with, compared)) = with {
                let compared: Vec<&str> = compared.collect();
                writeln!(
                    out,
                    "Compared with what is {with}: {}.",
                    compared.join(", ")
                )?;
            }
        }
        Ok(())
    }
}

/// Says something beside the report, which is on the standard output alone.
fn tell(text: &str) {
    // Nobody is left to tell if it fails.
    let mut stderr = std::io::stderr();
    let _ = writeln!(Plain::new(&mut stderr), "{text}");
}
