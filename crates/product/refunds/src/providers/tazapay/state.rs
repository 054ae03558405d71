//! What Tazapay tells of a refund: as facts for the judge, and as its state.

use provider_runtime::Timestamp;
use rust_decimal::Decimal;
use tazapay::{
    ResponseValue,
    types::{RefundData, RefundEnvelope},
};

use crate::{
    Currency, Money, RefundState, RefundStatus, WordField,
    evidence::{Fact, Facts, decimal, error_members, shown},
};

/// What an answer tells; our reference is under `key` of the metadata, if it was sent.
pub(super) fn told<'a>(answer: &'a ResponseValue<RefundEnvelope>, key: Option<&str>) -> Facts<'a> {
    let mut told = Facts::new();
    told.put(Fact::Envelope, answer.status.as_deref())
        .put(Fact::Error, error_members(answer.raw_body(), &["errors"]));
    if let Some(data) = &answer.data {
        tell(&mut told, data, key);
    }
    told
}

/// What the refund itself tells, in an answer or an event.
pub(crate) fn tell<'a>(told: &mut Facts<'a>, data: &'a RefundData, key: Option<&str>) {
    let reference = key.and_then(|key| data.metadata.as_ref()?.get(key));
    told.put(Fact::Object, data.object.as_deref())
        .put(Fact::Id, data.id.as_deref())
        .put(Fact::Payment, data.payin.as_deref())
        .put(Fact::PaymentAttempt, data.payment_attempt.as_deref())
        .put(Fact::Amount, shown(data.amount.as_ref()))
        .put(Fact::Currency, data.currency.as_deref())
        .put(Fact::Reference, reference.map(String::as_str))
        .put(Fact::CreatedAt, created_at(data))
        .put(Fact::Status, shown(data.status.as_ref()));
}

/// The time, where it names an instant: samples have others, without a zone.
fn created_at(data: &RefundData) -> Option<String> {
    let instant = data.created_at.as_ref()?.instant()?;
    Some(Timestamp::from(instant).as_str().to_owned())
}

pub(super) fn state(answer: &RefundEnvelope) -> RefundState {
    let Some(data) = &answer.data else {
        return RefundState::new(None, None, None);
    };
    let status = data
        .status
        .as_ref()
        .map(|word| RefundStatus::from_word(WordField::Tazapay, &word.to_string()));
    RefundState::new(data.id.clone(), status, amount(data))
}

/// The amount, in whatever way its hundredths are written.
pub(crate) fn amount(data: &RefundData) -> Option<Money> {
    let hundredths = decimal(&data.amount.as_ref()?.to_string())?;
    let currency: Currency = data.currency.as_deref()?.parse().ok()?;
    let amount = hundredths.checked_div(Decimal::ONE_HUNDRED)?;
    Some(Money::new(amount, currency))
}
