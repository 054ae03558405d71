//! What the events came to, compared with the ledger.

use std::collections::BTreeMap;

use refunds::{ProviderName, RefundStatus, webhooks::RefundKey};
use refunds_sandbox::{DeliveryKind, LedgerEntry, Provider, Sandbox, Settlement};

use super::known::Known;

/// What a campaign's webhooks came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Deliveries of whatever kind.
    pub deliveries: u64,
    /// Those of them that were duplicates, replays, badly signed, forged or altered.
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
            let is_signed = matches!(delivery.provider, Provider::Kotanipay | Provider::Tazapay);
            let is_false = !delivery.kind.is_true() || delivery.kind == DeliveryKind::BadlySigned;
            if is_signed && is_false && is_taken {
                let (number, subject) = (delivery.number, delivery.subject);
                let name = format!("delivery {number} about {} {subject}", delivery.provider);
                told.believed.push(name);
            }
        }
        for (key, settled) in ends(sandbox) {
            told.compared += 1;
            if known.status(&key).as_ref() != Some(&settled) {
                told.otherwise.push(key.to_string());
            }
        }
        told
    }
}

/// How each refund stands that can be known from events; the last try counts.
fn ends(sandbox: &Sandbox) -> BTreeMap<RefundKey, RefundStatus> {
    let ledger = sandbox.ledger();
    let entries = ledger
        .into_iter()
        .filter_map(|entry| Some((key(&entry)?, end(&entry))));
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
