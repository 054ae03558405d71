//! Taking over the records of an earlier version.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};
use refunds::{ProviderName, Reference};
use refunds_journal::JournalError;
use schemars::JsonSchema;
use serde::Serialize;

use super::{desk::Desk, session::Session};
use crate::{
    connection::PlaceError,
    exit::Exit,
    import::{Record, files},
    printed::Printed,
    terminal::{printable, unread},
};

/// What was taken over. As JSON, the fields are part of the command's interface.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Imported {
    /// Refunds that the journal has from now on.
    imported: usize,
    /// Those that it had already.
    known: usize,
    /// Files of another place, or whose reference cannot be told.
    left: usize,
    /// Refunds of which the journal knows another request.
    differing: Vec<String>,
    /// Files that cannot be read. They may tell of refunds that have happened.
    unreadable: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<String>,
}

/// Takes over the records of the place that the options name.
pub(super) async fn run(
    directory: &Path,
    references: Option<&Path>,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let files = files(directory).with_context(|| {
        format!(
            "{} cannot be read: name the directory that was --records",
            directory.display()
        )
    })?;
    let references = references.map(read_references).transpose()?;
    let references = references.unwrap_or_default();
    let journal = desk.journal().await?;
    let mut told = Imported::default();
    for file in files {
        let record = match Record::read(&file) {
            Ok(record) => record,
            Err(error) => {
                told.unreadable.push(format!("{error:#}"));
                continue;
            }
        };
        let Some(session) = session(record.provider, desk)? else {
            told.left += 1;
            continue;
        };
        let Some(reference) = record.reference_at(&session.place, &references) else {
            told.left += 1;
            continue;
        };
        let refunds = session.journaled(&journal);
        let before = journal
            .find(record.provider, &session.place, &reference)
            .await?;
        let (action, imported) = record.into_parts();
        match refunds.import(&reference, action, imported).await {
            Ok(_) if before.is_some() => told.known += 1,
            Ok(_) => told.imported += 1,
            Err(error @ JournalError::Differs { .. }) => told.differing.push(error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    told.journal = desk.terminal.journal().map(str::to_owned);
    unread(if desk.terminal.is_json() {
        desk.terminal.object(&Printed::Import(&told))
    } else {
        let text = told.to_text();
        text.lines()
            .try_for_each(|line| desk.terminal.sentence(line))
    })?;
    Ok(match (&told.unreadable[..], &told.differing[..]) {
        ([], []) => Exit::Done,
        ([], _) => Exit::Refused,
        _ => Exit::Unknown,
    })
}

/// Where its refunds are taken over to; `None` for a provider of which no place is named.
fn session(provider: ProviderName, desk: &Desk<'_>) -> Result<Option<Session>> {
    match Session::without_calls(provider, desk.options) {
        Ok(session) => Ok(Some(session)),
        Err(error) if matches!(error.downcast_ref(), Some(PlaceError::HostMissing(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_references(path: &Path) -> Result<Vec<Reference>> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read: name a file of text", path.display()))?;
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| Ok(Reference::new(line)?))
        .collect()
}

impl Imported {
    fn to_text(&self) -> String {
        let mut text = format!(
            "{} imported, {} known before, {} left\n",
            self.imported, self.known, self.left
        );
        for problem in self.differing.iter().chain(&self.unreadable) {
            let _ = writeln!(text, "  {}", printable(problem));
        }
        if !self.unreadable.is_empty() {
            text.push_str(
                "Files that cannot be read may tell of refunds that have happened: ask the provider.\n",
            );
        }
        if self.left > 0 {
            text.push_str(
                "What was left is of another place (call again with its --live or --base-url), or its file does not \
                 tell its reference (give a list of yours with --references).\n",
            );
        }
        if let Some(journal) = &self.journal {
            let _ = writeln!(text, "The journal is {}.", printable(journal));
        }
        text
    }
}
