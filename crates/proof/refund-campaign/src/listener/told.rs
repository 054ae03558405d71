//! What the events came to, compared with the ledger.

use std::collections::BTreeMap;

use refunds::{ProviderName, RefundStatus, webhooks::RefundKey};
use refunds_sandbox::{
    DeliveryKind, Fault, LedgerEntry, Provider, RequestRecord, Sandbox, Settlement,
};

use super::known::Known;

/// What a campaign's webhooks came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Deliveries of whatever kind.
    pub deliveries: u64,
    /// Those of them that were duplicates, replays, badly signed, forged, altered or in contradiction with
    /// themselves.
    pub faulty: u64,
    /// Those that were forged or altered.
    pub forged: u64,
    /// Deliveries that were answered with another status than a 2xx.
    pub refused: u64,
    /// Updates that moved a refund on.
    pub applied: u64,
    /// Updates that were taken before.
    pub duplicates: u64,
    /// Updates that were older than what was known.
    pub stale: u64,
    /// Updates that only a read could put in order.
    pub undecided: u64,
    /// Updates that nothing proves.
    pub hints: u64,
    /// Reads that decided, or followed a hint.
    pub reads: u64,
    /// Refunds whose end was told and compared; those of MCE cannot be verified.
    pub compared: u64,
    /// Refunds whose status is another one than the ledger's.
    pub otherwise: Vec<String>,
    /// Forged and altered deliveries that were taken for a provider's.
    pub believed: Vec<String>,
}

impl Told {
    pub(super) fn of(known: &Known, reads: u64, sandbox: &Sandbox) -> Self {
        let counts = known.counts();
        let mut told = Self {
            applied: counts.applied,
            duplicates: counts.duplicates,
            stale: counts.stale,
            undecided: counts.undecided,
            hints: counts.hints,
            reads,
            ..Self::default()
        };
        for delivery in sandbox.webhooks() {
            let is_taken = delivery
                .answered
                .is_some_and(|status| (200..300).contains(&status));
            told.deliveries += 1;
            told.refused += u64::from(!is_taken);
            told.faulty += u64::from(delivery.kind != DeliveryKind::Genuine);
            told.forged += u64::from(!delivery.kind.is_true());
            // Of those that are not signed nobody can tell; they are hints, whoever sent them.
            let is_signed = match delivery.provider {
                Provider::Kotanipay | Provider::Tazapay => true,
                Provider::Mce | Provider::Optty => false,
            };
            let is_false = !delivery.kind.is_true() || delivery.kind == DeliveryKind::BadlySigned;
            if is_signed && is_false && is_taken {
                let (number, subject) = (delivery.number, delivery.subject);
                let name = format!("delivery {number} about {} {subject}", delivery.provider);
                told.believed.push(name);
            }
        }
        for (key, end) in ends(sandbox) {
            told.compared += 1;
            if !known
                .status(&key)
                .is_some_and(|status| end.is_told_by(&status))
            {
                told.otherwise.push(key.to_string());
            }
        }
        told
    }
}

/// How a refund stands.
struct End {
    settled: RefundStatus,
    /// The provider's own word for it, where that is none of the documented ones.
    word: Option<String>,
}

impl End {
    fn of(entry: &LedgerEntry, requests: &[RequestRecord]) -> Self {
        let index = entry
            .request
            .and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        let fault = index.and_then(|index| requests.get(index)?.fault.as_ref());
        Self {
            settled: end(entry),
            word: match fault {
                Some(Fault::FailedAtOnce { word }) => Some(word.clone()),
                _ => None,
            },
        }
    }

    /// A word of the provider's own is known as that word, where no document says what it means.
    fn is_told_by(&self, status: &RefundStatus) -> bool {
        let is_the_word =
            matches!(status, RefundStatus::Unknown(word) if Some(word) == self.word.as_ref());
        // Its word for a failure may be the documented one for a cancellation.
        let is_cancelled = *status == RefundStatus::Cancelled
            && self.settled == RefundStatus::Failed
            && self
                .word
                .as_deref()
                .is_some_and(|word| word.eq_ignore_ascii_case("cancelled"));
        *status == self.settled || is_the_word || is_cancelled
    }
}

/// How each refund stands that can be known from events; the last try counts.
fn ends(sandbox: &Sandbox) -> BTreeMap<RefundKey, End> {
    let requests = sandbox.requests();
    let ledger = sandbox.ledger();
    let entries = ledger
        .into_iter()
        .filter_map(|entry| Some((key(&entry)?, End::of(&entry, &requests))));
    entries.collect()
}

fn key(entry: &LedgerEntry) -> Option<RefundKey> {
    let (provider, id) = match entry.provider {
        Provider::Kotanipay => (ProviderName::Kotanipay, &entry.subject),
        Provider::Optty => (ProviderName::Optty, &entry.subject),
        Provider::Tazapay => (ProviderName::Tazapay, &entry.refund_id),
        Provider::Mce => return None,
    };
    Some(RefundKey::new(provider, id.as_str()))
}

fn end(entry: &LedgerEntry) -> RefundStatus {
    match entry.settlement {
        Settlement::Pending => RefundStatus::Pending,
        Settlement::Paid => RefundStatus::Succeeded,
        Settlement::Failed => RefundStatus::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_that_failed_under_a_word_of_its_own_is_known_by_that_word_and_no_other() {
        let end = |word: Option<&str>| End {
            settled: RefundStatus::Failed,
            word: word.map(str::to_owned),
        };
        let unknown = |word: &str| RefundStatus::Unknown(word.to_owned());
        assert!(end(None).is_told_by(&RefundStatus::Failed));
        assert!(!end(None).is_told_by(&unknown("DECLINED")));
        assert!(!end(None).is_told_by(&RefundStatus::Cancelled));
        assert!(end(Some("cancelled")).is_told_by(&RefundStatus::Cancelled));
        let declined = end(Some("DECLINED"));
        assert!(declined.is_told_by(&RefundStatus::Failed));
        assert!(declined.is_told_by(&unknown("DECLINED")));
        assert!(!declined.is_told_by(&unknown("ERROR")));
        assert!(!declined.is_told_by(&RefundStatus::Succeeded));
        assert!(!declined.is_told_by(&RefundStatus::Pending));
    }
}
