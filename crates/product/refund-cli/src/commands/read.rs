//! Reading refunds.

use anyhow::Result;
use refunds::{Lookup, ProviderName, Reference, RefundError};

use super::session::Session;
use crate::{
    arguments::Options, connection::Place, exit::Exit, report::Report, terminal::Terminal,
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
    let lookup = match provider {
        ProviderName::Optty => Lookup::OpttyOrder(id),
        ProviderName::Kotanipay if offramp => Lookup::KotanipayOfframp(Reference::new(id)?),
        ProviderName::Kotanipay => Lookup::KotanipayRefund(Reference::new(id)?),
        ProviderName::Tazapay => Lookup::TazapayRefund(id),
        _ => {
            return Err(RefundError::Unsupported {
                provider,
                what: "read a refund back",
                alternative: "its API has no call for that; what creating it printed is all there is, so \
                              ask the provider's support for later states",
            }
            .into());
        }
    };
    let session = Session::open(provider, options)?;
    terminal.progress(&format!("waiting for {provider}"));
    let fetched = session.refunds.fetch(&lookup).await?;
    terminal.report(&Report::of_fetched(&fetched, Some(provider)))?;
    Ok(Exit::Done)
}
