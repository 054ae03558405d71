//! A person, or the system, ends a call in the middle.

use anyhow::Result;
use refunds::{ProviderName, Reference};
use refunds_journal::State;

use super::desk::Desk;
use crate::{
    advice::{Advice, Next},
    arguments::Command,
    connection::{Place, SETTLE_AFTER},
    exit::Exit,
    report::{Report, Word},
};

/// A call that was ended in the middle, and has changed nothing.
#[derive(Debug, thiserror::Error)]
#[error("interrupted: nothing happened by this call")]
pub(crate) struct Interrupted {
    /// Whether it was to write.
    pub(crate) wrote: bool,
}

/// The refund that a call writes.
pub(super) struct Write(Option<(ProviderName, Reference)>);

impl Write {
    pub(super) fn of(command: &Command) -> Self {
        let subject = command.subject();
        Self(match command {
            Command::Create(_) | Command::Retry { .. } | Command::Reconcile(_) => {
                subject.provider.zip(subject.reference)
            }
            _ => None,
        })
    }
}

/// Ends when a person or the system asks to stop.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a signal to wait for, it is never asked to.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Tells where a refund stands whose call was ended: the journal has it from before it was sent.
pub(super) async fn ended(write: Write, desk: &mut Desk<'_>) -> Result<Exit> {
    let Some((provider, reference)) = write.0 else {
        return Err(Interrupted { wrote: false }.into());
    };
    let place = Place::of(provider, desk.options)?.name(provider);
    let entry = match desk.opened() {
        Some(journal) => journal.find(provider, &place, &reference).await?,
        None => None,
    };
    let Some(entry) = entry else {
        return Err(Interrupted { wrote: true }.into());
    };
    let report = match entry.state {
        State::Sending | State::InDoubt => Report {
            outcome: Word::Unknown,
            why: Some("interrupted while its outcome was open: it may have happened, and the journal knows".to_owned()),
            retry_after_seconds: Some(SETTLE_AFTER.as_secs()),
            advice: Some(
                Advice::new(
                    Next::ReconcileLater,
                    format!(
                        "reconcile it in {} s: until then a request can still run at the provider",
                        SETTLE_AFTER.as_secs()
                    ),
                )
                .with(["reconcile", provider.as_str(), reference.as_str()]),
            ),
            ..Report::about(&entry)
        },
        _ if entry.state.is_accepted() => Report::of_accepted_before(&entry),
        _ => return Err(Interrupted { wrote: true }.into()),
    };
    Ok(desk.terminal.conclude(&report, Ok(())))
}
