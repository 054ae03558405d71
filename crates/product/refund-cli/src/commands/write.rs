//! Creating refunds and trying them again.

use anyhow::{Context, Result};
use refunds::{
    Capabilities, LightningInvoice, MceRefund, OpttyRefund, ProviderName, Reference, RefundError,
    RefundRequest, TazapayCustomer, TazapayRefund,
};
use refunds_journal::{Conclusion, JournalError};

use super::{desk::Desk, session::Session};
use crate::{
    arguments::{Create, OpttyArguments, TazapayArguments},
    exit::Exit,
    journal,
    report::Report,
    terminal::Terminal,
};

/// Creates a refund.
pub(super) async fn create(create: Create, desk: &mut Desk<'_>) -> Result<Exit> {
    let (named, request) = match create {
        Create::Optty(arguments) => (arguments.named.clone(), optty(arguments)),
        Create::Mce(arguments) => {
            let refund = MceRefund::new(arguments.transaction_type, arguments.transaction_id);
            (arguments.named, refund.into())
        }
        Create::Tazapay(arguments) => (arguments.named.clone(), tazapay(arguments)),
    };
    let reference = named.reference().context("name the refund")?;
    let session = Session::open(request.provider(), desk.options)?;
    let refunds = desk.journaled(&session).await?;
    desk.terminal
        .progress(&format!("waiting for {}", session.provider));
    let concluded = refunds.create(reference, request).await;
    conclude(concluded, desk.terminal)
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
    conclude(concluded, desk.terminal)
}

/// Reports how a write ended.
fn conclude(concluded: Result<Conclusion, JournalError>, terminal: &mut Terminal) -> Result<Exit> {
    let (report, kept) = match concluded {
        Ok(Conclusion::Now(outcome)) => (Report::of_outcome(&outcome), Ok(())),
        Ok(Conclusion::Before(entry)) => (Report::of_accepted_before(&entry), Ok(())),
        Err(JournalError::NotKept { outcome, source }) => {
            (Report::of_outcome(&outcome), Err(source))
        }
        Err(error) => return Err(journal::plain(error)),
    };
    Ok(terminal.conclude(&report, kept))
}

fn optty(arguments: OpttyArguments) -> RefundRequest {
    let mut refund = OpttyRefund::new(arguments.order, arguments.amount, arguments.description);
    if !arguments.bare_description {
        refund = refund.with_reference_in_description();
    }
    if let Some(activated) = arguments.activated_via_oauth {
        refund = refund.with_activated_via_oauth(activated);
    }
    refund.into()
}

fn tazapay(arguments: TazapayArguments) -> RefundRequest {
    let mut refund = match (arguments.payin, arguments.payment_attempt) {
        (Some(payin), None) => TazapayRefund::of_payin(payin),
        (Some(payin), Some(attempt)) => {
            TazapayRefund::of_payin(payin).with_payment_attempt(attempt)
        }
        (None, attempt) => TazapayRefund::of_payment_attempt(attempt.unwrap_or_default()),
    };
    if let Some(amount) = arguments.amount {
        refund = refund.with_amount(amount);
    }
    if arguments.bare_metadata {
        refund = refund.without_reference_in_metadata();
    } else if let Some(name) = arguments.reference_entry {
        refund = refund.with_reference_key(name);
    }
    if let Some(reason) = arguments.reason {
        refund = refund.with_reason(reason);
    }
    for (key, value) in arguments.metadata {
        refund = refund.with_metadata(key, value);
    }
    if let Some(email) = arguments.customer_email {
        let mut customer = TazapayCustomer::new(email);
        if let Some((calling_code, number)) = arguments.customer_phone {
            customer = customer.with_phone(calling_code, number);
        }
        refund = refund.with_customer(customer);
    }
    if let Some(url) = arguments.webhook_url {
        refund = refund.with_webhook_url(url);
    }
    refund.into()
}
