//! Reading refunds.

use anyhow::Result;
use refunds::{ProviderName, RefundError};

use super::session::Session;
use crate::{
    arguments::Options, connection::Place, exit::Exit, providers::known, report::Report,
    terminal::Terminal,
};

/// Reads a refund, or the refunds of an order.
pub(super) async fn run(
    provider: ProviderName,
    id: String,
    offramp: bool,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    // Where calls must not go is told before what they cannot do.
    Place::of(provider, options)?;
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
    let session = Session::open(provider, options)?;
    terminal.progress(&format!("waiting for {provider}"));
    let fetched = session.refunds.fetch(&lookup).await?;
    terminal.report(&Report::of_fetched(&fetched, Some(provider)))?;
    Ok(Exit::Done)
}
