//! Creating refunds and trying them again.

use anyhow::Result;
use refunds::{
    Action, LightningInvoice, MceRefund, OpttyRefund, Outcome, ProviderName, Reference,
    RefundRequest, TazapayCustomer, TazapayRefund,
};

use super::session::Session;
use crate::{
    arguments::{Create, Options, OpttyArguments, TazapayArguments},
    exit::Exit,
    records::{Entry, Recorder, Slot},
    report::Report,
    terminal::Terminal,
};

/// Creates a refund.
pub(super) async fn create(
    create: Create,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let (reference, request) = match create {
        Create::Optty(arguments) => (arguments.reference.clone(), optty(arguments)),
        Create::Mce(arguments) => {
            let refund = MceRefund::new(arguments.transaction_type, arguments.transaction_id);
            (arguments.reference, refund.into())
        }
        Create::Tazapay(arguments) => (arguments.reference.clone(), tazapay(arguments)),
    };
    let session = Session::open(request.provider(), options)?;
    let slot = session.slot(&reference, options)?;
    slot.check_free()?;
    terminal.progress(&format!("waiting for {}", session.provider));
    let recorder = Recorder::of_write(slot.clone(), request.clone().into());
    let refunds = session.refunds.with_observer(recorder);
    let outcome = refunds.create(&reference, request).await?;
    let accepted = outcome
        .accepted()
        .map(|receipt| Entry::accepted(receipt.refund_id()));
    Ok(settle(outcome, &slot, accepted, terminal))
}

/// Tries a refund again, or gives it its invoice.
pub(super) async fn retry(
    provider: ProviderName,
    reference: Reference,
    invoice: Option<LightningInvoice>,
    options: &Options,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let session = Session::open(provider, options)?;
    let slot = session.slot(&reference, options)?;
    slot.check_free()?;
    terminal.progress(&format!("waiting for {provider}"));
    let action = match &invoice {
        Some(invoice) => Action::SubmitInvoice(invoice.clone()),
        None => Action::Retry,
    };
    let recorder = Recorder::of_write(slot.clone(), action);
    let refunds = session.refunds.with_observer(recorder);
    let outcome = match invoice {
        Some(invoice) => refunds.submit_invoice(&reference, invoice).await?,
        None => refunds.retry(&reference).await?,
    };
    // An off-ramp's refund may fail and be tried again, under the same reference.
    Ok(settle(outcome, &slot, None, terminal))
}

fn settle(outcome: Outcome, slot: &Slot, accepted: Option<Entry>, terminal: &mut Terminal) -> Exit {
    let report = Report::of_outcome(&outcome);
    let kept = match (outcome, accepted) {
        (Outcome::Unknown(doubt), _) => slot.keep(&Entry::in_doubt(doubt.into_record())),
        (_, Some(entry)) => slot.keep(&entry),
        (_, None) => slot.clear(),
    };
    terminal.conclude(&report, kept)
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
