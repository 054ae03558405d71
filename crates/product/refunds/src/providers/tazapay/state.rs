//! What Tazapay tells of a refund.

use provider_runtime::Timestamp;
use rust_decimal::Decimal;
use tazapay::{
    ResponseValue,
    types::{RefundData, RefundEnvelope},
};

use crate::{
    Currency, Money, RefundStatus, WordField,
    custom::Told,
    evidence::{Fact, decimal, error_members},
};

/// What an answer tells; our reference is under `key` of the metadata, if it was sent.
pub(super) fn told(answer: &ResponseValue<RefundEnvelope>, key: Option<&str>) -> Told {
    let told = Told::new()
        .with(Fact::Envelope, answer.status.as_ref())
        .with(Fact::Error, error_members(answer.raw_body(), &["errors"]));
    match &answer.data {
        Some(data) => tell(told, data, key),
        None => told,
    }
}

/// What the refund itself tells, in an answer or an event.
pub(super) fn tell(told: Told, data: &RefundData, key: Option<&str>) -> Told {
    let reference = key.and_then(|key| data.metadata.as_ref()?.get(key));
    told.with(Fact::Object, data.object.as_ref())
        .with(Fact::Id, data.id.as_ref())
        .with(Fact::Payment, data.payin.as_ref())
        .with(Fact::PaymentAttempt, data.payment_attempt.as_ref())
        .with(Fact::Amount, data.amount.as_ref())
        .with(Fact::Currency, data.currency.as_ref())
        .with(Fact::Reference, reference)
        .with(Fact::CreatedAt, created_at(data))
        .with(Fact::Status, data.status.as_ref())
        .with_amount(amount(data))
        .with_status(data.status.as_ref().map(status))
}

pub(super) fn status(word: &impl ToString) -> RefundStatus {
    RefundStatus::from_word(WordField::Tazapay, &word.to_string())
}

/// The time, where it names an instant: samples have others, without a zone.
fn created_at(data: &RefundData) -> Option<String> {
    let instant = data.created_at.as_ref()?.instant()?;
    Some(Timestamp::from(instant).as_str().to_owned())
}

/// The amount, in whatever way its hundredths are written.
fn amount(data: &RefundData) -> Option<Money> {
    let hundredths = decimal(&data.amount.as_ref()?.to_string())?;
    let currency: Currency = data.currency.as_deref()?.parse().ok()?;
    let amount = hundredths.checked_div(Decimal::ONE_HUNDRED)?;
    Some(Money::new(amount, currency))
}
