//! The state of a refund as Tazapay tells it.

use tazapay::types::{RefundData, RefundEnvelope};

use crate::{Currency, Money, RefundState, RefundStatus, WordField};

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

fn amount(data: &RefundData) -> Option<Money> {
    let hundredths = data.amount.as_ref()?.integer()?;
    let currency: Currency = data.currency.as_deref()?.parse().ok()?;
    Some(Money::from_hundredths(hundredths, currency))
}
