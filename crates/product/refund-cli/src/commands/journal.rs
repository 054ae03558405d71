//! Making the journal, and finding it.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::desk::Desk;
use crate::{
    arguments::JournalCommand,
    exit::Exit,
    import,
    journal::{Location, Missing},
    terminal::printable,
};

/// Where the journal is.
#[derive(Serialize)]
struct Found<'a> {
    journal: &'a str,
    exists: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Makes the journal, or tells where it is.
pub(super) async fn run(command: JournalCommand, desk: &mut Desk<'_>) -> Result<Exit> {
    let location = desk.location()?;
    let found = match command {
        JournalCommand::Init => {
            location.init().await?.close().await;
            Found {
                journal: location.place(),
                exists: true,
                next: location.folder().and_then(older),
            }
        }
        JournalCommand::Where => Found {
            journal: location.place(),
            exists: exists(&location).await?,
            next: None,
        },
    };
    if desk.terminal.is_json() {
        desk.terminal.object(&found)?;
        return Ok(Exit::Done);
    }
    let place = printable(found.journal);
    let text = match (command, found.exists) {
        (JournalCommand::Init, _) => format!("The journal of refunds is {place}: keep it.\n"),
        (JournalCommand::Where, true) => format!("The journal of refunds is {place}.\n"),
        (JournalCommand::Where, false) => {
            format!("There is no journal of refunds at {place}: `refund journal init` makes one.\n")
        }
    };
    desk.terminal.text(&text)?;
    if let Some(next) = &found.next {
        desk.terminal
            .text(&format!("Next: {}\n", printable(next)))?;
    }
    Ok(Exit::Done)
}

async fn exists(location: &Location) -> Result<bool> {
    match location.open().await {
        Ok(journal) => {
            journal.close().await;
            Ok(true)
        }
        Err(error) if error.is::<Missing>() => Ok(false),
        Err(error) => Err(error),
    }
}

/// What to do about records of an earlier version, if there are any.
fn older(folder: &Path) -> Option<String> {
    let has_any = import::files(folder).is_ok_and(|files| !files.is_empty());
    has_any.then(|| {
        format!(
            "there are records of an earlier version: take them over with `refund import-records {}`, once for \
             each place, before anything is sent",
            folder.display()
        )
    })
}
