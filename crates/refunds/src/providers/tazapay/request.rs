//! A refund as it is sent, and whether an answer is about it.

use tazapay::types::{
    CreateRefundRequest, MetadataInput, Phone, RefundCustomerDetails, RefundData, RefundEnvelope,
    error::ConversionError,
};

use super::NAME;
use crate::{DoubtCause, RefundError, TazapayCustomer, TazapayRefund, money};

/// A refund that was checked, with its amount in hundredths.
pub(super) struct PreparedRefund<'a> {
    refund: &'a TazapayRefund,
    hundredths: Option<i64>,
    metadata: Option<String>,
    customer: Option<RefundCustomerDetails>,
}

impl<'a> PreparedRefund<'a> {
    pub(super) fn new(refund: &'a TazapayRefund) -> Result<Self, RefundError> {
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
            refund,
            hundredths,
            metadata: metadata_text(refund)?,
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

    /// Why a 2xx does not prove that this refund was accepted.
    pub(super) fn doubt(&self, answer: &RefundEnvelope) -> Option<DoubtCause> {
        let Some(data) = &answer.data else {
            return Some(DoubtCause::IncompleteSuccess);
        };
        if self.differs(data) {
            return Some(DoubtCause::AnswerDiffers);
        }
        let names_it = data.id.as_deref().is_some_and(|id| !id.is_empty());
        (!names_it).then_some(DoubtCause::IncompleteSuccess)
    }

    // What an answer leaves empty does not differ.
    fn differs(&self, data: &RefundData) -> bool {
        let is_another = |told: &Option<String>, asked: &Option<String>| match (told, asked) {
            (Some(told), Some(asked)) => !told.is_empty() && told != asked,
            _ => false,
        };
        let currency = self.refund.amount.as_ref().map(|amount| amount.currency());
        let other_currency = match (&data.currency, currency) {
            (Some(told), Some(asked)) => {
                !told.is_empty() && !told.eq_ignore_ascii_case(asked.code())
            }
            _ => false,
        };
        let amount = data.amount.as_ref().and_then(|amount| amount.integer());
        let other_amount = match (amount, self.hundredths) {
            (Some(told), Some(asked)) => told != asked,
            _ => false,
        };
        other_amount
            || other_currency
            || is_another(&data.payin, &self.refund.payin)
            || is_another(&data.payment_attempt, &self.refund.payment_attempt)
    }
}

fn customer_details(customer: &TazapayCustomer) -> Result<RefundCustomerDetails, RefundError> {
    let phone = customer.phone.as_ref().map(|phone| {
        let mut sent = Phone::default();
        sent.calling_code = Some(phone.calling_code.clone());
        sent.number = Some(phone.number.clone());
        sent
    });
    RefundCustomerDetails::builder()
        .email(customer.email.as_str())
        .phone(phone)
        .try_into()
        .map_err(|_: ConversionError| RefundError::InvalidField {
            provider: NAME,
            field: "customer",
            reason: "it lacks an e-mail address; give one",
        })
}

fn metadata_text(refund: &TazapayRefund) -> Result<Option<String>, RefundError> {
    if refund.metadata.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&refund.metadata);
    text.map(Some).map_err(|_| RefundError::InvalidField {
        provider: NAME,
        field: "metadata",
        reason: "it cannot be written as JSON; use plain texts",
    })
}
