//! What a member or a parameter is about, by its name.

use heck::ToSnakeCase;

/// What a member can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Id,
    Reference,
    Payment,
    Amount,
    Currency,
    Status,
    Error,
    /// When it was created.
    Created,
    /// Whether it went well.
    Flag,
}

/// Names for the caller's own reference, the likeliest first.
const REFERENCES: [&str; 26] = [
    "refund_reference",
    "merchant_refund_reference",
    "merchant_refund_id",
    "client_refund_id",
    "external_refund_id",
    "refund_ref",
    "reference",
    "ref",
    "client_reference",
    "client_reference_id",
    "client_ref",
    "merchant_reference",
    "merchant_reference_id",
    "merchant_ref",
    "external_reference",
    "external_reference_id",
    "external_ref",
    "external_id",
    "unique_reference",
    "unique_id",
    "own_reference",
    "reference_id",
    "refund_request_id",
    "request_reference",
    "request_ref",
    "request_id",
];
const PAYMENTS: [&str; 13] = [
    "payment",
    "charge",
    "payin",
    "transaction",
    "order",
    "capture",
    "sale",
    "purchase",
    "checkout",
    "invoice",
    "deposit",
    "collection",
    "trade",
];
const NAMING: [&str; 8] = [
    "id",
    "reference",
    "ref",
    "no",
    "number",
    "token",
    "uuid",
    "hash",
];
const AMOUNTS: [&str; 5] = ["amount", "value", "total", "sum", "money"];
/// What is an amount, and not that of the refund.
const OTHER_AMOUNTS: [&str; 13] = [
    "fee",
    "fees",
    "tax",
    "tip",
    "surcharge",
    "discount",
    "original",
    "captured",
    "remaining",
    "available",
    "order",
    "payment",
    "exchange",
];
const STATUSES: [&str; 4] = ["status", "state", "refund_status", "refund_state"];
const ERRORS: [&str; 10] = [
    "error",
    "errors",
    "error_code",
    "error_message",
    "failure_reason",
    "failure_code",
    "failure_message",
    "failed_reason",
    "fail_reason",
    "decline_reason",
];
const CREATIONS: [&str; 8] = [
    "created_at",
    "created",
    "created_on",
    "created_date",
    "created_time",
    "creation_date",
    "creation_time",
    "date_created",
];
const FLAGS: [&str; 6] = [
    "ok",
    "success",
    "successful",
    "succeeded",
    "is_success",
    "is_successful",
];

/// Words for a refund that is under way, wherever they stand. Others mean something else at every provider.
const UNDER_WAY: [&str; 10] = [
    "pending",
    "processing",
    "in_progress",
    "in_process",
    "queued",
    "initiated",
    "submitted",
    "created",
    "received",
    "requested",
];

/// Whether a word can mean nothing but that the refund is under way.
pub(super) fn is_under_way(word: &str) -> bool {
    UNDER_WAY.contains(&word.to_snake_case().as_str())
}

/// Whether something is called the key by which a repeated request is recognised.
pub(super) fn is_key(name: &str) -> bool {
    name.to_ascii_lowercase().contains("idempot")
}

/// What a name is about, and how likely that is: the lower, the likelier.
pub(super) fn of(name: &str) -> Option<(Meaning, usize)> {
    let name = name.to_snake_case();
    let name = name.as_str();
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    let place = |list: &[&str]| list.iter().position(|known| *known == name);
    let is_of_refund = words
        .iter()
        .any(|word| *word == "refund" || *word == "refunds");
    if let Some(at) = place(&REFERENCES) {
        return Some((Meaning::Reference, at));
    }
    if place(&STATUSES).is_some() {
        return Some((Meaning::Status, 0));
    }
    if let Some(at) = place(&ERRORS) {
        return Some((Meaning::Error, at));
    }
    if let Some(at) = place(&CREATIONS) {
        return Some((Meaning::Created, at));
    }
    if let Some(at) = place(&FLAGS) {
        return Some((Meaning::Flag, at));
    }
    if words
        .iter()
        .any(|word| *word == "currency" || *word == "ccy")
        && last != "amount"
    {
        return Some((Meaning::Currency, words.len()));
    }
    let is_other = words.iter().any(|word| OTHER_AMOUNTS.contains(word));
    if let Some(at) = AMOUNTS.iter().position(|known| *known == last)
        && !is_other
    {
        let is_exact = words.len() == 1 || is_of_refund;
        return Some((
            Meaning::Amount,
            at + if is_exact { 0 } else { AMOUNTS.len() },
        ));
    }
    let is_id = matches!(name, "id" | "no" | "number" | "uuid")
        || is_of_refund && (NAMING.contains(&last) || words.len() == 1);
    if is_id {
        return Some((Meaning::Id, words.len()));
    }
    let payment = PAYMENTS.iter().position(|noun| words.contains(noun));
    if let Some(at) = payment
        && !is_of_refund
        && (NAMING.contains(&last) || PAYMENTS.contains(&last))
    {
        return Some((Meaning::Payment, at));
    }
    None
}

/// Whether two names are one, however they are spelled.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.to_snake_case() == other.to_snake_case()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(name: &str) -> Option<Meaning> {
        of(name).map(|(meaning, _)| meaning)
    }

    #[test]
    fn names_of_real_documents_mean_what_their_documents_say() {
        for (name, expected) in [
            ("refundReference", Some(Meaning::Reference)),
            ("orderReference", Some(Meaning::Payment)),
            ("payin", Some(Meaning::Payment)),
            ("payment_attempt", None),
            ("bnplRefundId", Some(Meaning::Id)),
            ("refundedAmount", Some(Meaning::Amount)),
            ("feeAmount", None),
            ("refund_status", Some(Meaning::Status)),
            ("order_status", None),
            ("currencyCode", Some(Meaning::Currency)),
            ("reason", None),
            ("createdAt", Some(Meaning::Created)),
        ] {
            assert_eq!(meaning(name), expected, "{name}");
        }
    }

    #[test]
    fn a_word_that_says_how_it_ended_is_not_under_way() {
        assert!(is_under_way("IN_PROGRESS") && is_under_way("Pending"));
        assert!(!is_under_way("success") && !is_under_way("approved") && !is_under_way("open"));
    }
}
