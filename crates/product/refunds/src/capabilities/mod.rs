//! What a provider can do, to be asked before it is tried.

use std::time::Duration;

use crate::{AmountUnit, ProviderName, providers};

/// What a provider can do. What it cannot is refused before anything is sent, with the alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The provider.
    pub provider: ProviderName,
    /// Whether refunds can be created.
    pub creates: bool,
    /// Whether a failed refund can be tried again.
    pub retries: bool,
    /// Whether a refund over Lightning can be given its invoice.
    pub takes_invoices: bool,
    /// Whether a part of the payment can be refunded.
    pub partial_refunds: PartialRefunds,
    /// Whether a request says how much is refunded.
    pub amount: AmountNeed,
    /// In which unit amounts are sent.
    pub unit: AmountUnit,
    /// What guards against a second refund when a request is repeated.
    pub deduplication: Deduplication,
    /// How a refund can be read back.
    pub read_back: ReadBack,
    /// How an unknown outcome can be settled.
    pub reconciliation: Reconciliation,
    /// What the provider's webhooks about refunds are worth.
    pub webhooks: Webhooks,
    /// Whether an id of the provider's tells one refund from another.
    pub ids: RefundIds,
}

impl Capabilities {
    /// What is taken of a provider of your own until its documents say more: refunds can be created, of everything or of a
    /// part, and nothing else. Its fields can be set in a constant.
    pub const fn cautious(provider: ProviderName) -> Self {
        Self {
            provider,
            creates: true,
            retries: false,
            takes_invoices: false,
            partial_refunds: PartialRefunds::WhereThePaymentMethodAllows,
            amount: AmountNeed::Optional,
            unit: AmountUnit::MajorUnits,
            deduplication: Deduplication::NotDocumented,
            read_back: ReadBack::No,
            reconciliation: Reconciliation::No,
            webhooks: Webhooks::Unverifiable,
            ids: RefundIds::OneForAll,
        }
    }

    /// What a provider can do. It needs neither a client nor the provider's feature. Of one of your own, only its
    /// [`Profile`](crate::custom::Profile) tells; here it is one that can do nothing.
    ///
    /// ```
    /// use refunds::{Capabilities, ProviderName, Reconciliation};
    ///
    /// let mce = Capabilities::of(ProviderName::Mce);
    /// assert_eq!(mce.reconciliation, Reconciliation::No);
    /// ```
    pub fn of(provider: ProviderName) -> &'static Self {
        providers::of(provider).map_or(&UNKNOWN, |profile| &profile.capabilities)
    }
}

/// A provider of which nothing is known here.
static UNKNOWN: Capabilities = Capabilities {
    creates: false,
    ..Capabilities::cautious(match ProviderName::own("unknown") {
        Some(name) => name,
        None => ProviderName::Mce,
    })
};

/// Whether a part of a payment can be refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartialRefunds {
    /// No: a refund is of everything.
    No,
    /// Where the payment method supports it; the provider refuses otherwise.
    WhereThePaymentMethodAllows,
}

/// Whether a request says how much is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountNeed {
    /// Always.
    Required,
    /// Without an amount everything is refunded.
    Optional,
    /// Never.
    NotSent,
}

/// What guards against a second refund when a request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deduplication {
    /// Nothing is documented.
    NotDocumented,
    /// A field has to be unique, but what a repeated one is answered is not documented.
    UniqueField {
        /// The field of the request.
        field: &'static str,
    },
    /// A header by which a repeated request gets the answer of the first.
    Key {
        /// The header.
        header: &'static str,
        /// For how long the provider keeps the answer.
        kept: Duration,
        /// Whether only 2xx answers are kept, so that a request that failed runs again.
        only_successes: bool,
    },
}

/// How a refund can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadBack {
    /// Not at all.
    No,
    /// By the provider's id of the refund.
    ById,
    /// By the user's own reference.
    ByReference,
    /// As one of the refunds of an order, which do not carry the reference.
    AmongThoseOfTheOrder,
}

/// How an unknown outcome can be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reconciliation {
    /// Not by the API.
    No,
    /// Of a refund of everything, by repeating the request under its key, then reading; of a part, of which
    /// two could be paid, only by an event that repeats the reference.
    ByKey,
    /// By reading the refund's status.
    ByStatus,
    /// By the refunds of the order; for certain only if the description carries the reference.
    ByDescription,
}

/// What a provider's webhooks about refunds are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Webhooks {
    /// They carry a signature that can be verified.
    Signed,
    /// They carry a signature only if a secret was agreed on.
    SignedIfConfigured,
    /// No signature is documented: take one as a hint and read the refund.
    Unsigned,
    /// They are signed in a way that is not documented, so that they cannot be verified.
    Unverifiable,
}

/// Whether an id of the provider's tells one refund from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefundIds {
    /// Yes: the answer to its creation, reads and events name a refund by the same id, so that another id is another
    /// refund.
    OneForAll,
    /// No: what lists a refund, or an event, may name it otherwise than the answer to its creation. It is known by your own
    /// reference alone, which the provider has to take once only: a second refund under it is not told from the first.
    Differ,
}
