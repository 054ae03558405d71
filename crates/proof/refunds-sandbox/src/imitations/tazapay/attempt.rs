//! An attempt to pay, as it is read back.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::refund::Refund;
use crate::{CreatedAt, Payin, PaymentAttempt, RefundCounts, RefundedForm, TazapaySettings, money};

/// The documented members; of those whose content is not documented, the empty
/// value.
pub(super) fn to_json<'a>(
    settings: &TazapaySettings,
    payin: &Payin,
    attempt: &PaymentAttempt,
    created_at: DateTime<Utc>,
    refunds: impl Iterator<Item = &'a Refund>,
    now: DateTime<Utc>,
) -> Value {
    // The payin was checked to fit when it was added.
    let amount = money::to_hundredths(payin.amount).unwrap_or_default();
    let counting = refunds.filter(|refund| {
        let counts = match settings.refund_counts {
            RefundCounts::WhenCreated => true,
            RefundCounts::WhenSucceeded => now >= refund.settles_at,
        };
        refund.attempt == attempt.id && counts && !refund.has_failed(now)
    });
    let refunded: i64 = counting.map(|refund| refund.amount).sum();
    let is_refunded = refunded == amount || (refunded > 0 && settings.partly_refunded_is_refunded);
    let created_at = match settings.created_at {
        CreatedAt::Spaced => created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
        CreatedAt::Rfc3339 => created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
    };
    json!({
        "id": attempt.id,
        "object": "payment_attempt",
        "payin": payin.id,
        "amount": amount,
        "charge_currency": payin.currency,
        "status": if attempt.succeeded { "succeeded" } else { "failed" },
        "status_description": "",
        "balance_transaction": "",
        "reference_id": "",
        "metadata": null,
        "customer": "",
        "customer_details": {},
        "payment_method_details": {},
        "fx_transaction": "",
        "created_at": created_at,
        "refunded": match settings.refunded_form {
            RefundedForm::Boolean => json!(is_refunded),
            RefundedForm::Text => json!(is_refunded.to_string()),
        },
    })
}
