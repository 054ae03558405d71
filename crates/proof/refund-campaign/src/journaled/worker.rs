//! A worker on the journal, until it is killed.

use std::{fs, path::Path, time::Duration};

use refunds_journal::{Journal, JournaledRefunds, Place, Settings, Worker};
use refunds_sandbox::Provider;

use super::Post;
use crate::{CampaignError, worker::Clients};

/// As long as leases, doubts and their looks take to end after the faults.
pub(super) const CALM: Duration = Duration::from_secs(45);

/// Longer than an attempt of the clients, and than the pauses of the faults.
pub(super) fn settings() -> Settings {
    Settings::default()
        .with_lease(Duration::from_secs(8))
        .with_longest_attempt(Duration::from_millis(1_500))
        .with_settle_after(Duration::from_millis(2_500))
}

pub(super) fn journaled(
    journal: &Journal,
    clients: &Clients,
    provider: Provider,
) -> JournaledRefunds {
    journal.client(clients.of(provider).clone(), Place::sandbox())
}

/// Works as a post says, until the process is killed.
///
/// # Errors
/// The post or the journal cannot be read.
pub fn work(path: &Path) -> Result<(), CampaignError> {
    let text = fs::read(path).map_err(CampaignError::file(path))?;
    let post: Post = serde_json::from_slice(&text).map_err(|reason| CampaignError::Content {
        path: path.to_owned(),
        reason,
        remedy: "workers are started by the campaign, not by hand",
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CampaignError::Process)?;
    runtime.block_on(async {
        let journal = Journal::open(&post.url).await?.with_settings(settings())?;
        let clients = Clients::new(&post.assignment)?;
        let worker = Worker::new(&journal)
            .with_client(journaled(&journal, &clients, Provider::Tazapay), None)
            .with_client(journaled(&journal, &clients, Provider::Optty), None);
        worker.run(std::future::pending(), |_| ()).await?;
        Ok(())
    })
}
