//! Has the journal learn what an event tells.

use anyhow::Result;

use super::{Purpose, named, received, shown};
use crate::{
    arguments::Apply,
    commands::{desk::Desk, reconcile, session::Session},
    exit::Exit,
    journal,
};

/// Takes the event on standard input for the refund that it is about, if it is the provider's.
pub(in crate::commands) async fn run(apply: &Apply, desk: &mut Desk<'_>) -> Result<Exit> {
    let provider = named(&apply.webhook)?;
    let session = Session::without_calls(provider, desk.options)?;
    let event = apply.webhook.event(apply.vouched);
    let received = received(provider, &event, Purpose::Settling).await?;
    let update = match received.update {
        Ok(update) => update,
        Err(_) => return shown(&received.verification(provider), desk.terminal),
    };
    let refunds = desk.journaled(&session).await?;
    let reference = refunds
        .reference_of(&update)
        .await
        .map_err(journal::plain)?;
    let report = reconcile::by_event(&refunds, &reference, Ok(update)).await?;
    Ok(desk.terminal.conclude(&report, Ok(())))
}
