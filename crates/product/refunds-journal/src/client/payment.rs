//! What may still be refunded of a payment.

use std::borrow::Borrow;

use refunds::Money;
use rust_decimal::Decimal;

use crate::{State, store::Row};

/// One that is being sent, so that others wait.
pub(crate) fn being_sent<R: Borrow<Row>>(others: &[R], now: i64) -> Option<&Row> {
    others
        .iter()
        .map(Borrow::borrow)
        .find(|row| row.state == State::Sending && row.leased_until > now)
}

/// One that was left before anything happened by it; once its lease is over it may be taken back.
pub(crate) fn is_left(row: &Row) -> bool {
    row.state == State::Sending && row.clean
}

/// Whether a refund fits beside those that have, or may have, happened.
///
/// # Errors
/// It does not; the text says why.
pub(crate) fn check<R: Borrow<Row>>(
    total: Option<&Money>,
    asked: Option<&Money>,
    others: &[R],
) -> Result<(), String> {
    let taking: Vec<&Row> = others
        .iter()
        .map(Borrow::borrow)
        // What was taken back before takes nothing, unless it was accepted before that.
        .filter(|row| {
            if is_left(row) {
                row.before.reserves()
            } else {
                row.state.reserves()
            }
        })
        .collect();
    if let Some(row) = taking.iter().find(|row| row.amount.is_none()) {
        return Err(format!(
            "everything of it is, or may be, refunded by {}",
            row.reference
        ));
    }
    // Where two were accepted under one reference, both may be paid.
    let taken: Vec<&Row> = taking
        .iter()
        .flat_map(|row| std::iter::repeat_n(*row, 1 + usize::from(row.beside.is_some())))
        .collect();
    let Some(asked) = asked else {
        let Some(row) = taken.first() else {
            return Ok(());
        };
        return Err(format!(
            "a part of it is, or may be, refunded by {}: name an amount",
            row.reference
        ));
    };
    let Some(total) = total else {
        return Ok(());
    };
    let amounts = taken.iter().filter_map(|row| row.amount.as_ref());
    let mut sum = Decimal::ZERO;
    for amount in amounts.chain([asked]) {
        if amount.currency() != total.currency() {
            return Err(format!(
                "{amount} cannot be compared with the {total} that were paid"
            ));
        }
        sum = sum
            .checked_add(amount.amount())
            .ok_or("the sum of its refunds is too large to be told")?;
    }
    if sum <= total.amount() {
        return Ok(());
    }
    let before = sum - asked.amount();
    Err(format!("{before} of {total} are, or may be, refunded"))
}
