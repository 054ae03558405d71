//! `cargo xtask fetch`: downloads the pages that providers publish.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use provider_codegen::places;
use spec_documents::provider::PUBLISHED;
use spec_documents::{Provider, write};

use crate::fetch::{self, Downloader, FetchError, Settings};
use crate::workspace;

/// Downloads the published pages whose URLs are in `provider.toml` into a folder; `specs/` stays as it is.
#[derive(Debug, clap::Args)]
pub struct Fetch {
    /// Providers whose pages to download; all of them if none is named.
    providers: Vec<String>,
    /// Folder to write into, with a folder for each provider; `target/pages` if it is left out.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// A page that was downloaded.
struct Page {
    provider: String,
    file: String,
    text: String,
    changed: bool,
}

impl Fetch {
    /// Runs the command in the workspace at `root`, printing to `out`.
    ///
    /// # Errors
    ///
    /// Every page that could not be taken; nothing is written then.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<()> {
        self.run_with(root, &Settings::default(), out)
    }

    /// As [`Fetch::run`], with these settings.
    ///
    /// # Errors
    ///
    /// Those of [`Fetch::run`].
    pub fn run_with(&self, root: &Path, settings: &Settings, out: &mut dyn Write) -> Result<()> {
        let downloader = Downloader::new(settings.clone())?;
        let mut pages = Vec::new();
        let mut failures = Vec::new();
        for name in workspace::chosen(root, &self.providers)? {
            let provider = Provider::load(&root.join(places::specs(&name)))?;
            if provider.config.pages.is_empty() {
                writeln!(
                    out,
                    "{name}: no URL of its pages is known: save them by hand, or add [pages.\"<file>\"] with url and source to specs/{name}/provider.toml"
                )?;
            }
            for (file, address) in &provider.config.pages {
                match taken(&downloader, &address.url, file, provider.inputs()) {
                    Ok((text, changed)) => pages.push(Page {
                        provider: name.clone(),
                        file: file.clone(),
                        text,
                        changed,
                    }),
                    Err(error) => failures.push(format!("{name}: {error}")),
                }
            }
        }
        if !failures.is_empty() {
            bail!("nothing was written:\n{}", failures.join("\n"));
        }
        let folder = self.folder(root);
        let path = |page: &Page| folder.join(&page.provider).join(&page.file);
        let changes: Vec<_> = pages
            .iter()
            .map(|page| write::Change::write(path(page), page.text.clone()))
            .collect();
        write::apply(&changes)?;
        for page in &pages {
            let shown = path(page);
            let shown = shown.strip_prefix(root).unwrap_or(&shown).display();
            let Page {
                provider,
                file,
                text,
                changed,
            } = page;
            if *changed {
                writeln!(
                    out,
                    "{provider}: {file} has changed ({} bytes); next: cargo xtask drift {provider} {shown}",
                    text.len()
                )?;
            } else {
                writeln!(
                    out,
                    "{provider}: {file} is as published ({} bytes), in {shown}",
                    text.len()
                )?;
            }
        }
        Ok(())
    }

    fn folder(&self, root: &Path) -> PathBuf {
        match &self.to {
            Some(folder) => std::path::absolute(folder).unwrap_or_else(|_| folder.clone()),
            None => root.join("target").join("pages"),
        }
    }
}

/// A page's text, and whether it differs from the published one.
fn taken(
    downloader: &Downloader,
    url: &str,
    file: &str,
    inputs: &BTreeMap<String, String>,
) -> Result<(String, bool), FetchError> {
    let text = downloader.download(url)?;
    let stored = format!("{PUBLISHED}/{file}");
    let published = inputs.get(&stored);
    fetch::check(&stored, &text, published.map(String::as_str))?;
    let changed = published != Some(&text);
    Ok((text, changed))
}
