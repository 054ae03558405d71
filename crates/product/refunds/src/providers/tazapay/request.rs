//! A refund as it is sent, and what an answer has to be about.

use rust_decimal::Decimal;
use tazapay::types::{
    CreateRefundRequest, MetadataInput, Phone, RefundCustomerDetails, error::ConversionError,
};

use super::NAME;
use crate::{Reference, RefundError, TazapayCustomer, TazapayRefund, evidence::Asked, money};

/// A refund that was checked, with its amount in hundredths.
pub(super) struct PreparedRefund<'a> {
    reference: &'a Reference,
    refund: &'a TazapayRefund,
    hundredths: Option<i64>,
    metadata: Option<String>,
    customer: Option<RefundCustomerDetails>,
}

impl<'a> PreparedRefund<'a> {
    pub(super) fn new(
        reference: &'a Reference,
        refund: &'a TazapayRefund,
    ) -> Result<Self, RefundError> {
        for (field, id) in [
            ("payin", &refund.payin),
            ("payment attempt", &refund.payment_attempt),
        ] {
            if id.as_deref().is_some_and(str::is_empty) {
                return Err(RefundError::InvalidField {
                    provider: NAME,
                    field,
                    reason: "it is empty; give Tazapay's id or leave it out",
                });
            }
        }
        let hundredths = match &refund.amount {
            Some(amount) => Some(money::hundredths(NAME, amount)?),
            None => None,
        };
        Ok(Self {
            reference,
            refund,
            hundredths,
            metadata: metadata_text(reference, refund)?,
            customer: refund.customer.as_ref().map(customer_details).transpose()?,
        })
    }

    pub(super) fn body(&self) -> CreateRefundRequest {
        let TazapayRefund {
            payin,
            payment_attempt,
            amount,
            reason,
            webhook_url,
            ..
        } = self.refund;
        let mut body = CreateRefundRequest::default();
        body.amount = self.hundredths;
        body.currency = amount
            .as_ref()
            .map(|amount| amount.currency().code().to_owned());
        body.customer_details = self.customer.clone();
        body.metadata = self.metadata.clone().map(MetadataInput);
        body.payin = payin.clone();
        body.payment_attempt = payment_attempt.clone();
        body.reason = reason.clone();
        body.webhook_url = webhook_url.clone();
        body
    }

    /// What an answer or an event has to be about.
    pub(super) fn asked(&self) -> Asked<'_> {
        let refund = self.refund;
        Asked {
            reference: refund
                .sent_reference_key(self.reference)
                .map(|_| self.reference.as_str().into()),
            payment: refund.payin.as_deref(),
            payment_attempt: refund.payment_attempt.as_deref(),
            amount: self.hundredths.map(Decimal::from),
            currency: refund
                .amount
                .as_ref()
                .map(|amount| amount.currency().code()),
            ..Asked::default()
        }
    }

    /// The key of the metadata under which our reference was sent, if it was.
    pub(super) fn reference_key(&self) -> Option<&str> {
        self.refund.sent_reference_key(self.reference)
    }
}

fn customer_details(customer: &TazapayCustomer) -> Result<RefundCustomerDetails, RefundError> {
    let mut sent = RefundCustomerDetails::builder().email(customer.email.as_str());
    if let Some(phone) = &customer.phone {
        let phone = Phone::builder()
            .calling_code(phone.calling_code.as_str())
            .number(phone.number.as_str());
        sent = sent.phone(phone);
    }
    sent.try_into()
        .map_err(|_: ConversionError| RefundError::InvalidField {
            provider: NAME,
            field: "customer",
            reason: "it lacks an e-mail address; give one",
        })
}

fn metadata_text(
    reference: &Reference,
    refund: &TazapayRefund,
) -> Result<Option<String>, RefundError> {
    let metadata = refund.sent_metadata(reference);
    if metadata.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&metadata);
    text.map(Some).map_err(|_| RefundError::InvalidField {
        provider: NAME,
        field: "metadata",
        reason: "it cannot be written as JSON; use plain texts",
    })
}
