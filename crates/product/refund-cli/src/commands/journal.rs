//! Making the journal, and finding it.

use std::path::Path;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use super::desk::Desk;
use crate::{
    advice::{Advice, Next},
    arguments::JournalCommand,
    exit::Exit,
    hint, import,
    journal::{Location, Missing},
    printed::Printed,
    report::advice,
    terminal::printable,
};

/// Where the journal is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Found<'a> {
    journal: &'a str,
    exists: bool,
    #[serde(flatten)]
    advice: Option<Advice>,
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
                advice: location.folder().and_then(older),
            }
        }
        JournalCommand::Where => Found {
            journal: location.place(),
            exists: exists(&location).await?,
            advice: None,
        },
    };
    if desk.terminal.is_json() {
        desk.terminal.object(&Printed::Journal(&found))?;
        return Ok(Exit::Done);
    }
    let place = printable(found.journal);
    match (command, found.exists) {
        (JournalCommand::Init, _) => {
            let text = format!("The journal of refunds is {place}: keep it.");
            desk.terminal.sentence(&text)?;
        }
        (JournalCommand::Where, true) => {
            let text = format!("The journal of refunds is {place}.");
            desk.terminal.sentence(&text)?;
        }
        // A command is to be pasted, and so in one line.
        (JournalCommand::Where, false) => desk.terminal.text(&format!(
            "There is no journal of refunds at {place}: `{}` makes one.\n",
            hint::command(["journal", "init"])
        ))?,
    }
    let mut text = String::new();
    advice(&mut text, found.advice.as_ref());
    desk.terminal.text(&text)?;
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
fn older(folder: &Path) -> Option<Advice> {
    let has_any = import::files(folder).is_ok_and(|files| !files.is_empty());
    has_any.then(|| {
        Advice::new(
            Next::CheckArguments,
            "there are records of an earlier version: take them over, once for each place, before anything is sent",
        )
        .with(["import-records", &folder.display().to_string()])
    })
}
