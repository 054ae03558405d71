//! Which of an order's refunds is ours, as far as the documentation allows.

use std::time::{Duration, SystemTime};

use optty::types::OrderRefund;

use super::listed_amount;
use crate::{InDoubt, OpttyRefund};

/// How far the provider's clock may be behind ours.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// What was found among the refunds of an order.
pub(super) enum Match<'a> {
    /// The one whose reason is our description with our reference.
    Certain(&'a OrderRefund),
    /// Those of our amount, currency and time, and of our reason where they tell one.
    Possible(Vec<&'a OrderRefund>),
    /// None.
    None,
}

pub(super) fn find<'a>(
    refunds: &'a [OrderRefund],
    record: &InDoubt,
    asked: &OpttyRefund,
) -> Match<'a> {
    let description = asked.sent_description(record.reference());
    let is_of_our_amount =
        |refund: &&OrderRefund| listed_amount(refund).as_ref() == Some(&asked.amount);
    if asked.reference_in_description {
        let mut ours = refunds
            .iter()
            .filter(is_of_our_amount)
            .filter(|refund| refund.refund_reason.as_deref() == Some(description.as_str()));
        if let Some(refund) = ours.next() {
            return Match::Certain(refund);
        }
    }
    let candidates: Vec<_> = refunds
        .iter()
        .filter(is_of_our_amount)
        .filter(|refund| began_no_earlier(refund, record.first_sent_at()))
        .filter(|refund| has_no_other_reason(refund, &description))
        .collect();
    if candidates.is_empty() {
        Match::None
    } else {
        Match::Possible(candidates)
    }
}

fn began_no_earlier(refund: &OrderRefund, sent_at: SystemTime) -> bool {
    let created_at = refund.created_at.as_ref().and_then(|at| at.instant());
    let earliest = sent_at
        .checked_sub(CLOCK_TOLERANCE)
        .and_then(|earliest| earliest.duration_since(SystemTime::UNIX_EPOCH).ok());
    match (created_at, earliest) {
        (Some(created_at), Some(earliest)) => u128::try_from(created_at.timestamp_millis())
            .is_ok_and(|created_at| created_at >= earliest.as_millis()),
        // What cannot be compared is not ruled out.
        _ => true,
    }
}

// That the reason is the description is shown by no sample, so that an empty one rules nothing out.
fn has_no_other_reason(refund: &OrderRefund, description: &str) -> bool {
    match refund.refund_reason.as_deref() {
        None | Some("") => true,
        Some(reason) => reason == description,
    }
}
