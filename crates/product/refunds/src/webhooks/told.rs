//! What an event says of a refund, in the facade's words.

use std::fmt;

use provider_runtime::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Money, ProviderName, Receipt, RefundStatus,
    custom::{self, Profile},
    evidence::{About, Asked, Fact, Table, objection},
    providers,
};

/// Which refund something is about: by what the provider calls it in its events.
///
/// Tazapay: the refund's id. Kotani Pay: the off-ramp's reference. MCE: the refund's id. Optty's
/// callbacks name no refund, only a transaction.
///
/// ```
/// use refunds::{ProviderName, webhooks::RefundKey};
///
/// let key = RefundKey::new(ProviderName::Tazapay, "rfd_1");
/// assert_eq!(key.to_string(), "tazapay rfd_1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RefundKey {
    provider: ProviderName,
    id: String,
}

impl RefundKey {
    /// The refund of this id, or of this off-ramp at Kotani Pay.
    pub fn new(provider: ProviderName, id: impl Into<String>) -> Self {
        let id = id.into();
        Self { provider, id }
    }

    /// The refund of a receipt; `None` where the answer did not name it. At Optty, whose callbacks name
    /// no refund, it is the id that Optty's answer gave.
    pub fn of(receipt: &Receipt) -> Option<Self> {
        let provider = receipt.provider();
        let by_reference =
            providers::of(provider).is_some_and(|profile| profile.events_by_reference);
        let id = match by_reference {
            true => receipt.reference().as_str(),
            false => receipt.refund_id()?,
        };
        Some(Self::new(provider, id))
    }

    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.provider
    }

    /// The id, or the off-ramp's reference.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for RefundKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.id)
    }
}

/// What an event says of a refund.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Told {
    /// The provider.
    pub provider: ProviderName,
    /// The refund; `None` where the event names none, as those of Optty.
    pub refund: Option<RefundKey>,
    /// The user's own reference, where the event repeats it: Kotani Pay's `referenceId`, MCE's
    /// `clientReference`, and at Tazapay the entry `refund_reference` of the metadata.
    pub reference: Option<String>,
    /// What was paid, as the event names it: MCE's `originalTransactionId`, Tazapay's `payin`, and Optty's
    /// `transactionId`, of which it is not documented which of an order's ids it is.
    pub transaction: Option<String>,
    /// The status; `None` where the event says nothing of a refund, as one of an unknown name.
    pub status: Option<RefundStatus>,
    /// The row of the [evidence](crate::evidence) by which the event contradicts itself, such as a
    /// `refund.failed` that says `succeeded`: its status is then not final, and the refund is to be read.
    pub contradicted_by: Option<&'static str>,
    /// The refunded amount, where the event tells it with its currency.
    pub amount: Option<Money>,
    /// When the event happened, where it says so. Only Tazapay documents what its time means, so that
    /// only there it decides on the order of events.
    pub occurred_at: Option<Timestamp>,
    /// De-duplication key: the same for every delivery of this event by this provider.
    pub key: String,
}

impl Told {
    /// What an event tells, by what is documented of its provider.
    pub(crate) fn of(profile: &'static Profile, told: &custom::Told, key: &str) -> Self {
        Self::judged(profile, told, key, Table::of(profile))
    }

    /// The same, by this table: the status is as told, unless the event contradicts itself.
    pub(crate) fn judged(
        profile: &'static Profile,
        told: &custom::Told,
        key: &str,
        table: Table,
    ) -> Self {
        let provider = profile.capabilities.provider;
        let named = |fact| told.facts.get(fact).map(str::to_owned);
        let refund = match profile.events_by_reference {
            true => named(Fact::Reference),
            false => named(Fact::Id),
        };
        let status = told.status(profile.words);
        let objection = objection(table, About::Event, &Asked::default(), &told.facts);
        let (status, contradicted_by) = match objection.filter(|found| found.contradicts()) {
            Some(objection) => {
                let told = status.map_or_else(|| "no status".to_owned(), |told| told.to_string());
                let beside = format!("{told}, not confirmed by {}", objection.row.looks_at);
                (Some(RefundStatus::Unknown(beside)), Some(objection.row.id))
            }
            None => (status, None),
        };
        Self {
            provider,
            refund: refund.map(|id| RefundKey::new(provider, id)),
            reference: named(Fact::Reference),
            transaction: named(Fact::Payment),
            status,
            contradicted_by,
            amount: told.amount.clone(),
            occurred_at: told.occurred_at.clone(),
            key: key.to_owned(),
        }
    }
}
