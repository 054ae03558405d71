//! What really happened.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Provider, webhooks::Announcement};

/// Every refund that a provider of the sandbox committed to, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
}

/// A refund that a provider committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The provider.
    pub provider: Provider,
    /// What led to it.
    pub kind: EntryKind,
    /// What was refunded: order reference, payin, offramp reference, or id of
    /// the original transaction.
    pub subject: String,
    /// The client's own reference of this refund, if it sent one: Optty's
    /// `refundReference`, MCE's `clientReference`.
    pub client_reference: Option<String>,
    /// The idempotency key, if one was sent: Tazapay.
    pub idempotency_key: Option<String>,
    /// The amount, in major units of the currency or units of the token.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// ISO 4217 code or symbol of the token.
    pub currency: String,
    /// The provider's id of the refund.
    pub refund_id: String,
    /// When it was committed, by the sandbox's clock.
    pub committed_at: DateTime<Utc>,
    /// Number of the request that led to it; none where it was automatic.
    pub request: Option<u64>,
    /// How it stands at the time of the question.
    pub settlement: Settlement,
}

/// What led to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A request to refund.
    Refund,
    /// A request to retry a failed refund.
    Retry,
    /// A Lightning invoice for a refund that waited for it.
    Invoice,
    /// Nobody's request.
    Automatic,
}

/// How a committed refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It has not settled yet.
    Pending,
    /// It was paid.
    Paid,
    /// It failed in the end; nothing was paid.
    Failed,
}

impl LedgerEntry {
    /// What tells one intended refund from another: the client's own reference,
    /// else the idempotency key, else the thing refunded. Two entries with the
    /// same one are one refund paid twice.
    pub fn reference(&self) -> &str {
        self.client_reference
            .as_deref()
            .or(self.idempotency_key.as_deref())
            .unwrap_or(&self.subject)
    }

    /// Whether money went out, or will.
    pub fn pays(&self) -> bool {
        self.settlement != Settlement::Failed
    }
}

impl Ledger {
    /// The entries, in the order of their commits.
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// How often money goes out for this reference at this provider.
    pub fn payments(&self, provider: Provider, reference: &str) -> usize {
        let is_meant = |entry: &&LedgerEntry| {
            entry.provider == provider && entry.reference() == reference && entry.pays()
        };
        self.entries.iter().filter(is_meant).count()
    }

    /// How often money goes out, for each provider and reference.
    pub fn payments_by_reference(&self) -> BTreeMap<(Provider, &str), usize> {
        let mut payments = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.pays()) {
            *payments
                .entry((entry.provider, entry.reference()))
                .or_default() += 1;
        }
        payments
    }

    /// The references for which money goes out more than once.
    pub fn refunded_twice(&self) -> Vec<(Provider, &str)> {
        let payments = self.payments_by_reference();
        let twice = payments.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|(reference, _)| reference).collect()
    }
}

impl From<Vec<LedgerEntry>> for Ledger {
    fn from(entries: Vec<LedgerEntry>) -> Self {
        Self { entries }
    }
}

impl IntoIterator for Ledger {
    type Item = LedgerEntry;
    type IntoIter = std::vec::IntoIter<LedgerEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// The ledger while it is written, and what is to be told of it: settlement is
/// a matter of time.
#[derive(Debug, Default)]
pub(crate) struct Book {
    commits: Vec<Commitment>,
    announcements: Vec<Announcement>,
}

/// A refund as its provider commits to it.
#[derive(Debug, Clone)]
pub(crate) struct Commitment {
    pub(crate) provider: Provider,
    pub(crate) kind: EntryKind,
    pub(crate) subject: String,
    pub(crate) client_reference: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) amount: Decimal,
    pub(crate) currency: String,
    pub(crate) refund_id: String,
    pub(crate) committed_at: DateTime<Utc>,
    pub(crate) request: Option<u64>,
    pub(crate) settles_at: DateTime<Utc>,
    pub(crate) fails: bool,
}

impl Book {
    pub(crate) fn commit(&mut self, commitment: Commitment) {
        self.commits.push(commitment);
    }

    /// Tells the customer, when it has happened.
    pub(crate) fn announce(&mut self, announcement: Announcement) {
        self.announcements.push(announcement);
    }

    /// What was announced since the last time.
    pub(crate) fn take_announcements(&mut self) -> Vec<Announcement> {
        std::mem::take(&mut self.announcements)
    }

    /// How far it is written, for [`Book::back_to`].
    pub(crate) fn mark(&self) -> (usize, usize) {
        (self.commits.len(), self.announcements.len())
    }

    /// Forgets what was written since the mark.
    pub(crate) fn back_to(&mut self, (commits, announcements): (usize, usize)) {
        self.commits.truncate(commits);
        self.announcements.truncate(announcements);
    }

    /// Whether the request of this number, the latest one, committed something.
    pub(crate) fn has_latest(&self, request: u64) -> bool {
        let latest = self.commits.last();
        latest.is_some_and(|commitment| commitment.request == Some(request))
    }

    pub(crate) fn at(&self, now: DateTime<Utc>) -> Ledger {
        let entries = self.commits.iter().cloned().map(|commit| LedgerEntry {
            settlement: commit.settlement(now),
            provider: commit.provider,
            kind: commit.kind,
            subject: commit.subject,
            client_reference: commit.client_reference,
            idempotency_key: commit.idempotency_key,
            amount: commit.amount,
            currency: commit.currency,
            refund_id: commit.refund_id,
            committed_at: commit.committed_at,
            request: commit.request,
        });
        entries.collect::<Vec<_>>().into()
    }
}

impl Commitment {
    fn settlement(&self, now: DateTime<Utc>) -> Settlement {
        match (now >= self.settles_at, self.fails) {
            (false, _) => Settlement::Pending,
            (true, false) => Settlement::Paid,
            (true, true) => Settlement::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commitment(reference: &str, fails: bool) -> Commitment {
        let committed_at = DateTime::from_timestamp(1_000, 0).unwrap();
        Commitment {
            provider: Provider::Optty,
            kind: EntryKind::Refund,
            subject: "order".to_owned(),
            client_reference: Some(reference.to_owned()),
            idempotency_key: None,
            amount: Decimal::ONE,
            currency: "AUD".to_owned(),
            refund_id: "1".to_owned(),
            committed_at,
            request: Some(1),
            settles_at: DateTime::from_timestamp(1_090, 0).unwrap(),
            fails,
        }
    }

    #[test]
    fn two_payments_for_one_reference_are_a_refund_paid_twice() {
        let mut book = Book::default();
        for reference in ["a", "b", "a"] {
            book.commit(commitment(reference, false));
        }
        let ledger = book.at(DateTime::from_timestamp(2_000, 0).unwrap());
        assert_eq!(ledger.refunded_twice(), [(Provider::Optty, "a")]);
        assert_eq!(ledger.payments(Provider::Optty, "b"), 1);
        assert_eq!(ledger.payments(Provider::Mce, "a"), 0);
    }

    #[test]
    fn a_refund_that_failed_in_the_end_is_no_payment() {
        let mut book = Book::default();
        book.commit(commitment("a", true));
        book.commit(commitment("a", false));
        let early = book.at(DateTime::from_timestamp(1_089, 0).unwrap());
        assert_eq!(early.payments(Provider::Optty, "a"), 2);
        let late = book.at(DateTime::from_timestamp(1_090, 0).unwrap());
        assert_eq!(late.payments(Provider::Optty, "a"), 1);
        assert_eq!(late.refunded_twice(), []);
    }
}
