//! Reading refunds.

use anyhow::Result;
use refunds::{Lookup, ProviderName, Reference};

use super::session::Session;
use crate::{arguments::Options, exit::Exit, report::Report, terminal::Terminal};

/// Reads a refund, or the refunds of an order.
pub(super) async fn run(
    provider: ProviderName,
    id: String,
    offramp: bool,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let lookup = match provider {
        ProviderName::Optty => Lookup::OpttyOrder(id),
        ProviderName::Kotanipay if offramp => Lookup::KotanipayOfframp(Reference::new(id)?),
        ProviderName::Kotanipay => Lookup::KotanipayRefund(Reference::new(id)?),
        // MCE refuses any lookup, and says what to do instead.
        _ => Lookup::TazapayRefund(id),
    };
    let session = Session::open(provider, options)?;
    terminal.progress(&format!("waiting for {provider}"));
    let fetched = session.refunds.fetch(&lookup).await?;
    terminal.report(&Report::of_fetched(&fetched, Some(provider)))?;
    Ok(Exit::Done)
}
