//! Which of an order's refunds is ours, as far as the documentation allows.

use std::time::{Duration, SystemTime};

use optty::types::OrderRefund;

use crate::{
    Currency, InDoubt, OpttyRefund,
    evidence::{About, Asked, Fact, Facts, Objection, Table, objection, shown},
};

/// How far the provider's clock may be behind ours.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// What was found among the refunds of an order.
pub(super) enum Match<'a> {
    /// The one whose reason is our description with our reference, and of which all that speaks agrees.
    Certain(&'a OrderRefund),
    /// The one of that reason, and why it settles nothing.
    Contradicted(&'a OrderRefund, Objection),
    /// More than one of that reason.
    Several(Vec<&'a OrderRefund>),
    /// Those of our amount, currency and time, and of our reason where they tell one; then those that
    /// are merely not ruled out.
    Possible(Vec<&'a OrderRefund>),
    /// Those that are merely not ruled out.
    Unlikely(Vec<&'a OrderRefund>),
    /// None.
    None,
}

/// How a field of a refund compares with what was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Same,
    /// It is absent or cannot be read, which rules nothing out.
    NotTold,
    Other,
}

pub(super) fn find<'a>(
    table: Table,
    refunds: &'a [OrderRefund],
    error: Option<&str>,
    record: &InDoubt,
    asked: &OpttyRefund,
) -> Match<'a> {
    let description = asked.sent_description(record.reference());
    if asked.reference_in_description {
        let wanted = Asked {
            reference: Some(description.as_str().into()),
            amount: Some(asked.amount.amount()),
            currency: Some(asked.amount.currency().code()),
            first_sent_at: Some(record.first_sent_at()),
            ..Asked::default()
        };
        let judged: Vec<_> = refunds
            .iter()
            .map(|refund| {
                let objection = objection(table, About::Listed, &wanted, &told(refund, error));
                (refund, objection)
            })
            .filter(|(refund, objection)| {
                objection.is_none() || reason(refund, &description) == Field::Same
            })
            .collect();
        match judged.as_slice() {
            [] => {}
            [(refund, None)] => return Match::Certain(refund),
            [(refund, Some(objection))] => return Match::Contradicted(refund, *objection),
            _ => return Match::Several(judged.into_iter().map(|(refund, _)| refund).collect()),
        }
    }
    let (mut candidates, unlikely): (Vec<_>, Vec<_>) = refunds
        .iter()
        .filter(|refund| money(refund, asked) != Field::Other)
        .filter(|refund| began_no_earlier(refund, record.first_sent_at()))
        .partition(|refund| {
            money(refund, asked) == Field::Same && reason(refund, &description) != Field::Other
        });
    match (candidates.is_empty(), unlikely.is_empty()) {
        (true, true) => Match::None,
        (true, false) => Match::Unlikely(unlikely),
        (false, _) => {
            candidates.extend(unlikely);
            Match::Possible(candidates)
        }
    }
}

/// What a refund in the list tells, beside an error of the whole answer.
pub(super) fn told<'a>(refund: &'a OrderRefund, error: Option<&'a str>) -> Facts<'a> {
    let mut told = Facts::new();
    told.put(Fact::Error, error)
        .put(Fact::Reference, refund.refund_reason.as_deref())
        .put(Fact::Amount, shown(refund.amount.as_ref()))
        .put(Fact::Currency, refund.currency.as_deref())
        .put(Fact::Status, shown(refund.status.as_ref()))
        .put(Fact::FailureReason, refund.refund_failure_reason.as_deref())
        .put(
            Fact::CreatedAt,
            refund.created_at.as_ref().map(|at| at.as_str()),
        );
    told
}

fn money(refund: &OrderRefund, asked: &OpttyRefund) -> Field {
    let told = refund.amount.as_ref().and_then(|told| told.decimal().ok());
    let amount = compared(told, &asked.amount.amount());
    let told: Option<Currency> = refund
        .currency
        .as_deref()
        .and_then(|told| told.parse().ok());
    match (amount, compared(told.as_ref(), &asked.amount.currency())) {
        (Field::Other, _) | (_, Field::Other) => Field::Other,
        (Field::Same, Field::Same) => Field::Same,
        _ => Field::NotTold,
    }
}

// That the reason is the description is shown by no sample, so that another one makes a refund
// unlikely and rules nothing out.
fn reason(refund: &OrderRefund, description: &str) -> Field {
    let told = refund.refund_reason.as_deref();
    compared(told.filter(|told| !told.is_empty()), &description)
}

fn compared<T: PartialEq>(told: Option<T>, asked: &T) -> Field {
    match told {
        None => Field::NotTold,
        Some(told) if told == *asked => Field::Same,
        Some(_) => Field::Other,
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
