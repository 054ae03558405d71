//! What a command works with.

use anyhow::Result;
use refunds_journal::{Journal, JournalError, JournaledRefunds, StoreError};

use super::session::Session;
use crate::{
    arguments::Options,
    journal::{Location, LocationError, Missing},
    terminal::Terminal,
};

/// Whether a journal is there, and cannot be used just now.
fn is_unreachable(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(JournalError::Store(
            StoreError::Database(_)
                | StoreError::Locked(_)
                | StoreError::Full(_)
                | StoreError::Disk(_)
        ))
    )
}

/// What a command works with: the options, the terminal, and the journal once it is opened.
pub(crate) struct Desk<'a> {
    pub(crate) options: &'a Options,
    pub(crate) terminal: &'a mut Terminal,
    journal: Option<Journal>,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(options: &'a Options, terminal: &'a mut Terminal) -> Self {
        Self {
            options,
            terminal,
            journal: None,
        }
    }

    /// Where the journal is, which is told from now on.
    pub(crate) fn location(&mut self) -> Result<Location> {
        let location = Location::of(self.options)?;
        self.terminal.uses_journal(location.place());
        Ok(location)
    }

    /// The journal.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(crate) async fn journal(&mut self) -> Result<Journal> {
        let journal = self.location()?.open().await?;
        self.journal = Some(journal.clone());
        Ok(journal)
    }

    /// The journal, for a call that needs none; `None` where none is named and none was made at the default place.
    ///
    /// # Errors
    /// The one that is named is not there, or it cannot be read.
    pub(crate) async fn journal_if_any(&mut self) -> Result<Option<Journal>> {
        let location = match Location::of(self.options) {
            Err(LocationError::NoDirectory) => return Ok(None),
            location => location?,
        };
        match location.open().await {
            Err(error) if location.folder().is_some() && error.is::<Missing>() => Ok(None),
            Err(error) if is_unreachable(&error) => {
                self.terminal.warn(&format!(
                    "the journal {} learns nothing of it: {error:#}",
                    location.place()
                ));
                Ok(None)
            }
            opened => {
                self.terminal.uses_journal(location.place());
                self.journal = Some(opened?);
                Ok(self.journal.clone())
            }
        }
    }

    /// The journal, if it was opened.
    pub(crate) fn opened(&self) -> Option<Journal> {
        self.journal.clone()
    }

    /// The session's client, whose refunds the journal remembers.
    ///
    /// # Errors
    /// As for [`journal`](Self::journal).
    pub(crate) async fn journaled(&mut self, session: &Session) -> Result<JournaledRefunds> {
        Ok(session.journaled(&self.journal().await?))
    }

    /// Closes the journal, so that its file is whole by itself.
    pub(crate) async fn close(self) {
        if let Some(journal) = self.journal {
            journal.close().await;
        }
    }
}
