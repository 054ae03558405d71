//! Why a campaign could not be run.

use std::{io, path::PathBuf};

use refunds_sandbox::SandboxError;

/// A campaign could not be run to its end, so that it says nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CampaignError {
    /// A provider's client could not be built, or one of its refunds not be stored.
    #[error("a client for the campaign could not be built: {0}")]
    Client(String),
    /// The document cannot be read.
    #[error("the provider's document cannot be used: {0}; give the effective one, as JSON")]
    Document(String),
    /// The refunds of the campaign do not fit each other.
    #[error(
        "refund {number} of the campaign is about the payment {payment:?}, as refund {other} is, and the model lists refunds by \
         their payment: give each a payment of its own"
    )]
    SamePayment {
        /// The number of the refund.
        number: u64,
        /// The number of the earlier one.
        other: u64,
        /// The payment.
        payment: String,
    },
    /// A worker made another refund of its number than the campaign did.
    #[error(
        "refund {number} of the campaign is another one in its worker: let the closure that gives the refunds depend on their \
         numbers alone, not on the time, on chance or on arguments"
    )]
    AnotherRefund {
        /// The number of the refund.
        number: u64,
    },
    /// There is nothing to do.
    #[error("the campaign has no refunds: ask for one at least")]
    NoRefunds,
    /// The server that stands for the provider could not be started.
    #[error(transparent)]
    Server(#[from] SandboxError),
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
    /// A worker ended by itself before its work was done.
    #[error("worker {worker} ended with {status}: its own message is above")]
    WorkerFailed {
        /// Which worker, from 0.
        worker: usize,
        /// How it ended.
        status: String,
    },
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
    pub(super) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |reason| Self::File { path, reason }
    }
}
