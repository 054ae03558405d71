//! Forgetting personal data.

use anyhow::Result;
use refunds::{ProviderName, Reference};
use refunds_journal::State;

use super::{desk::Desk, show::find};
use crate::{
    connection::Place,
    exit::Exit,
    report::{Report, Word},
};

/// What is still needed is not forgotten.
#[derive(Debug, thiserror::Error)]
#[error(
    "{provider} refund {reference} is {state}, and could not be reconciled without its request: nothing was \
     forgotten"
)]
pub(crate) struct NotAtItsEnd {
    pub(crate) provider: ProviderName,
    pub(crate) reference: Reference,
    state: State,
}

/// Forgets the request of a refund that is at its end.
pub(super) async fn run(
    provider: ProviderName,
    reference: &Reference,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let place = Place::of(provider, desk.options)?.name(provider);
    let journal = desk.journal().await?;
    let entry = find(&journal, provider, &place, reference).await?;
    if !entry.state.is_final() {
        return Err(NotAtItsEnd {
            provider,
            reference: reference.clone(),
            state: entry.state,
        }
        .into());
    }
    journal.forget(provider, &place, reference).await?;
    desk.terminal.report(&Report {
        outcome: Word::Forgotten,
        why: Some(format!(
            "its request is no longer in the journal; that it is {} stays",
            entry.state
        )),
        ..Report::about(&entry)
    })?;
    Ok(Exit::Done)
}
