//! Why a campaign could not be run.

use std::{io, path::PathBuf};

use refunds::tazapay::SettingsError;
use refunds_sandbox::SandboxError;

/// A campaign could not be run to its end, so that it says nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CampaignError {
    /// The sandbox refused something.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A client could not be built.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something around the processes failed.
    #[error(transparent)]
    Processes(#[from] refunds_conformance::CampaignError),
    /// A file of the campaign could not be read or written.
    #[error("{} cannot be used: {reason}; check the disk and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} cannot be read: {reason}; {remedy}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: serde_json::Error,
        /// What to do.
        remedy: &'static str,
    },
    /// A process could not be started or watched.
    #[error("a worker could not be run: {0}; check the system's limits")]
    Process(#[source] io::Error),
    /// The server that receives webhooks could not be started.
    #[error("the receiver of webhooks could not be run: {0}; check the system's limits")]
    Listener(#[source] io::Error),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] refunds_journal::JournalError),
    /// The database of the journal cannot be used.
    #[error("the campaign's database cannot be used: {0}; check its URL")]
    Database(#[source] sqlx::Error),
    /// The workers did not come to an end.
    #[error(
        "the workers were not done after {seconds} seconds: run fewer refunds or look for what hangs"
    )]
    TooLong {
        /// How long they had.
        seconds: u64,
    },
}

impl CampaignError {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |reason| Self::File { path, reason }
    }
}
