//! A refund as it is sent.

use tazapay::types::{CreateRefundRequest, MetadataInput, Phone, RefundCustomerDetails};

use super::{TazapayCustomer, TazapayRefund};
use crate::{CallError, Reference};

pub(super) fn body(
    reference: &Reference,
    refund: &TazapayRefund,
) -> Result<CreateRefundRequest, CallError> {
    let invalid = |what: &str| CallError::invalid_request(what.to_owned());
    let TazapayRefund {
        payin,
        payment_attempt,
        amount,
        reason,
        webhook_url,
        customer,
        ..
    } = refund;
    let hundredths = refund.hundredths();
    let mut body = CreateRefundRequest::default();
    body.amount = hundredths.map_err(|error| invalid(&error.to_string()))?;
    body.currency = amount
        .as_ref()
        .map(|amount| amount.currency().code().to_owned());
    body.customer_details = customer
        .as_ref()
        .map(|customer| customer_details(customer).ok_or_else(|| invalid("customer")))
        .transpose()?;
    body.metadata = metadata(reference, refund).map_err(|_| invalid("metadata"))?;
    body.payin.clone_from(payin);
    body.payment_attempt.clone_from(payment_attempt);
    body.reason.clone_from(reason);
    body.webhook_url.clone_from(webhook_url);
    Ok(body)
}

fn customer_details(customer: &TazapayCustomer) -> Option<RefundCustomerDetails> {
    let mut sent = RefundCustomerDetails::builder().email(customer.email.as_str());
    if let Some(phone) = &customer.phone {
        let phone = Phone::builder()
            .calling_code(phone.calling_code.as_str())
            .number(phone.number.as_str());
        sent = sent.phone(phone);
    }
    sent.try_into().ok()
}

fn metadata(
    reference: &Reference,
    refund: &TazapayRefund,
) -> serde_json::Result<Option<MetadataInput>> {
    let metadata = refund.sent_metadata(reference);
    if metadata.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&metadata).map(|text| Some(MetadataInput(text)))
}
