//! Creating refunds and trying them again.

use anyhow::Result;
use refunds::{
    Action, LightningInvoice, Lookup, MceRefund, OpttyRefund, Outcome, ProviderName, Reference,
    RefundError, RefundRequest, RefundStatus, TazapayCustomer, TazapayRefund,
};

use super::session::Session;
use crate::{
    arguments::{Create, Options, OpttyArguments, Subject, TazapayArguments},
    exit::Exit,
    records::{Accepted, Entry, Recorder, RecordsError, Slot},
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
    let action = Action::from(request.clone());
    if let Some(accepted) = slot.accepted()? {
        return known(session.provider, reference, &action, accepted, terminal);
    }
    terminal.progress(&format!("waiting for {}", session.provider));
    let recorder = Recorder::of_write(slot.clone(), action.clone(), None);
    let refunds = session.refunds.with_observer(recorder);
    let outcome = refunds.create(&reference, request).await;
    conclude(outcome, &slot, action, None, terminal)
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
    let action = match &invoice {
        Some(invoice) => Action::SubmitInvoice(invoice.clone()),
        None => Action::Retry,
    };
    terminal.progress(&format!("waiting for {provider}"));
    let before = slot.accepted()?;
    if let Some(accepted) = &before {
        if matches!(*accepted.action, Action::Create(_)) {
            return known(provider, reference, &action, accepted.clone(), terminal);
        }
        if let Some(report) = stands(&session, &reference, &action, accepted).await? {
            return Ok(terminal.conclude(&report, Ok(())));
        }
    }
    let recorder = Recorder::of_write(slot.clone(), action.clone(), before.clone());
    let refunds = session.refunds.with_observer(recorder);
    let mark = before
        .as_ref()
        .and_then(|accepted| accepted.retry_mark.as_ref());
    let outcome = match (invoice, mark) {
        (Some(invoice), _) => refunds.submit_invoice(&reference, invoice).await,
        (None, Some(mark)) => refunds.retry_again(&reference, mark).await,
        (None, None) => refunds.retry(&reference).await,
    };
    conclude(outcome, &slot, action, before, terminal)
}

/// What was accepted before is not sent again.
fn known(
    provider: ProviderName,
    reference: Reference,
    action: &Action,
    accepted: Accepted,
    terminal: &mut Terminal,
) -> Result<Exit> {
    if !accepted.is_of(action) {
        return Err(RecordsError::AlreadyAccepted {
            provider,
            reference,
            refund_id: accepted.refund_id,
        }
        .into());
    }
    let subject = Subject {
        provider: Some(provider),
        reference: Some(reference),
    };
    let report = Report::of_accepted_before(subject, &accepted);
    Ok(terminal.conclude(&report, Ok(())))
}

/// Whether a try that was accepted before still stands, so that no other may follow: `None` if it has
/// failed for certain. An off-ramp has one refund, which can fail and be tried again under the same
/// reference.
async fn stands(
    session: &Session,
    reference: &Reference,
    action: &Action,
    accepted: &Accepted,
) -> Result<Option<Report>> {
    let provider = session.provider;
    let lookup = Lookup::KotanipayRefund(reference.clone());
    let fetched = session.refunds.fetch(&lookup).await?;
    let status = fetched.single().and_then(|refund| refund.status.as_ref());
    let asks_for_it = matches!(
        (status, action),
        (Some(RefundStatus::Failed), _)
            | (Some(RefundStatus::ActionRequired), Action::SubmitInvoice(_))
    );
    if asks_for_it {
        // Until it is seen to have run, what is shown may be the state from before the try.
        let has_run = match (&accepted.retry_mark, fetched.retry_mark()) {
            (Some(before), Some(now)) => before.has_run(&now),
            _ => false,
        };
        if has_run {
            return Ok(None);
        }
        return Err(RecordsError::NotSeenToRun {
            provider,
            reference: reference.clone(),
        }
        .into());
    }
    if !accepted.is_of(action) {
        return Err(RecordsError::UnderWay {
            provider,
            reference: reference.clone(),
            status: status.map_or_else(|| "not told".to_owned(), ToString::to_string),
        }
        .into());
    }
    let subject = Subject {
        provider: Some(provider),
        reference: Some(reference.clone()),
    };
    let shown = Report::of_fetched(&fetched, None);
    Ok(Some(Report {
        refunds: shown.refunds,
        http_status: shown.http_status,
        ..Report::of_accepted_before(subject, accepted)
    }))
}

/// Records and reports how a write ended; `before` is what was accepted before it.
fn conclude(
    outcome: Result<Outcome, RefundError>,
    slot: &Slot,
    action: Action,
    before: Option<Accepted>,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        // A write that was sent ends in an outcome: this one was not.
        Err(error) => {
            if let Err(kept) = slot.restore(before.as_ref()) {
                terminal.warn(&format!("on record it stays in doubt: {kept}"));
            }
            return Err(error.into());
        }
    };
    let report = Report::of_outcome(&outcome);
    let kept = match outcome {
        Outcome::Unknown(doubt) => slot.keep(&Entry::in_doubt(doubt.into_record())),
        Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
            slot.keep(&Entry::of_receipt(action, &receipt))
        }
        Outcome::Rejected(_) => slot.restore(before.as_ref()),
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
