//! Creating refunds and trying them again.

use anyhow::{Context, Result};
use refunds::{Capabilities, LightningInvoice, ProviderName, Reference, RefundError};
use refunds_journal::{Conclusion, JournalError, JournaledRefunds};

use super::{desk::Desk, session::Session};
use crate::{exit::Exit, journal, providers::Create, report::Report, terminal::Terminal};

/// Creates a refund.
pub(super) async fn create(create: Create, desk: &mut Desk<'_>) -> Result<Exit> {
    let named = create.subject().1.clone();
    let request = create.request();
    let reference = named.reference().context("name the refund")?;
    let session = Session::open(request.provider(), desk.options)?;
    let refunds = desk.journaled(&session).await?;
    desk.terminal
        .progress(&format!("waiting for {}", session.provider));
    let concluded = refunds.create(reference, request).await;
    conclude(concluded, &refunds, desk.terminal).await
}

/// Tries a refund again, or gives it its invoice.
pub(super) async fn retry(
    provider: ProviderName,
    reference: Reference,
    invoice: Option<LightningInvoice>,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    if !Capabilities::of(provider).retries {
        return Err(RefundError::Unsupported {
            provider,
            what: "try a refund again",
            alternative: "it has no call for that; once a refund has failed for good, create another one under \
                          another reference",
        }
        .into());
    }
    let session = Session::open(provider, desk.options)?;
    let refunds = desk.journaled(&session).await?;
    desk.terminal.progress(&format!("waiting for {provider}"));
    let concluded = match invoice {
        Some(invoice) => refunds.submit_invoice(&reference, invoice).await,
        None => refunds.retry(&reference).await,
    };
    conclude(concluded, &refunds, desk.terminal).await
}

/// Reports how a write ended.
async fn conclude(
    concluded: Result<Conclusion, JournalError>,
    refunds: &JournaledRefunds,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let (report, kept) = match concluded {
        Ok(Conclusion::Now(outcome)) => {
            let report = Report::of_outcome(&outcome).advised_by(refunds).await;
            (report, Ok(()))
        }
        Ok(Conclusion::Before(entry)) => (Report::of_accepted_before(&entry), Ok(())),
        Err(JournalError::NotKept { outcome, source }) => {
            (Report::of_outcome(&outcome), Err(source))
        }
        Err(error) => return Err(journal::plain(error)),
    };
    Ok(terminal.conclude(&report, kept))
}
