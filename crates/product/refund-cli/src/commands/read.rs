//! Reading refunds.

use anyhow::Result;
use refunds::{ProviderName, RefundError};
use refunds_journal::{Entry, Read};

use super::{desk::Desk, session::Session};
use crate::{connection::Place, exit::Exit, journal, providers::known, report::Report};

/// Reads a refund, or the refunds of an order, and has the journal learn what became of those that it knows.
pub(super) async fn run(
    provider: ProviderName,
    id: String,
    offramp: bool,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    // Where calls must not go is told before what they cannot do.
    Place::of(provider, desk.options)?;
    let Some(lookup) = known(provider).and_then(|known| known.lookup) else {
        return Err(RefundError::Unsupported {
            provider,
            what: "read a refund back",
            alternative: "its API has no call for that; what creating it printed is all there is, so \
                          ask the provider's support for later states",
        }
        .into());
    };
    let lookup = lookup(id, offramp)?;
    let session = Session::open(provider, desk.options)?;
    let journal = desk.journal_if_any().await?;
    desk.terminal.progress(&format!("waiting for {provider}"));
    let Read { fetched, learnt } = match journal {
        Some(journal) => {
            let read = session.journaled(&journal).fetch(&lookup).await;
            read.map_err(journal::plain)?
        }
        None => Read {
            fetched: session.refunds.fetch(&lookup).await?,
            learnt: Vec::new(),
        },
    };
    desk.terminal.report(&Report {
        why: put_down(&learnt),
        ..Report::of_fetched(&fetched, Some(provider))
    })?;
    Ok(Exit::Done)
}

/// What the journal has learnt.
fn put_down(learnt: &[Entry]) -> Option<String> {
    let ends: Vec<_> = learnt
        .iter()
        .map(|entry| format!("{} is {}", entry.reference, entry.state))
        .collect();
    (!ends.is_empty()).then(|| format!("the journal has learnt that {}", ends.join(", ")))
}
