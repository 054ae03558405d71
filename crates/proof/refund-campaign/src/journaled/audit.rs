//! What the journal says of each refund, compared with the ledger.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use refunds::ProviderName;
use refunds_journal::{Entry, Journal, JournalError, Place, State};
use refunds_sandbox::{Ledger, LedgerEntry};
use rust_decimal::Decimal;

use super::{REFUNDS_PER_PAYMENT, payment_name, reference, total};

/// What the journal says of each refund, compared with the ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct Audit {
    states: BTreeMap<&'static str, u64>,
    twice: u64,
    beyond: u64,
    called_failed: u64,
    lost: u64,
    called_paid: u64,
    /// Doubts at Optty about a refund that its order shows.
    unsettled: u64,
}

impl Audit {
    pub(super) async fn of(
        refunds: u64,
        journal: &Journal,
        ledger: &Ledger,
    ) -> Result<Self, JournalError> {
        let mut audit = Self::default();
        let mut paid: BTreeMap<&str, u64> = BTreeMap::new();
        let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
        for entry in ledger.entries().iter().filter(|entry| entry.pays()) {
            *paid.entry(entry.reference()).or_default() += 1;
            *sums.entry(&entry.subject).or_default() += entry.amount;
        }
        for payment in 0..=refunds / REFUNDS_PER_PAYMENT {
            let sum = sums.get(payment_name(payment).as_str());
            let is_beyond = sum.is_some_and(|sum| *sum > Decimal::from(total(payment)));
            audit.beyond += u64::from(is_beyond);
        }
        let taken: BTreeSet<&str> = ledger
            .entries()
            .iter()
            .map(LedgerEntry::reference)
            .collect();
        for number in 0..refunds {
            let name = reference(number);
            let times = paid.get(name.as_str()).copied().unwrap_or(0);
            audit.twice += u64::from(times > 1);
            let provider = match (number / REFUNDS_PER_PAYMENT) % 2 {
                0 => ProviderName::Tazapay,
                _ => ProviderName::Optty,
            };
            let Ok(reference) = refunds::Reference::new(name) else {
                continue;
            };
            match journal
                .find(provider, &Place::sandbox(), &reference)
                .await?
            {
                Some(entry) => {
                    let was_taken = taken.contains(entry.reference.as_str());
                    audit.compare(&entry, times > 0, was_taken);
                }
                None => audit.lost += 1,
            }
        }
        Ok(audit)
    }

    /// `was_taken` if the provider had it, whatever became of it.
    fn compare(&mut self, entry: &Entry, is_paid: bool, was_taken: bool) {
        *self.states.entry(entry.state.as_str()).or_default() += 1;
        match entry.state {
            State::Failed | State::Rejected | State::Withdrawn | State::NotSent => {
                self.called_failed += u64::from(is_paid);
            }
            State::Succeeded => self.called_paid += u64::from(!is_paid),
            State::Pending => self.called_paid += u64::from(!was_taken),
            // Only Optty's order shows a part that was paid, whatever became of the answer.
            State::InDoubt => {
                let is_shown = match entry.provider {
                    ProviderName::Optty => true,
                    ProviderName::Kotanipay
                    | ProviderName::Mce
                    | ProviderName::Tazapay
                    | ProviderName::Own(_) => false,
                };
                self.unsettled += u64::from(is_paid && is_shown);
            }
            // Nobody is at it any more.
            State::Sending => self.unsettled += 1,
            _ => {}
        }
    }

    pub(super) fn is_settled(&self) -> bool {
        self.unsettled == 0
    }

    pub(super) fn is_clean(&self) -> bool {
        [
            self.twice,
            self.beyond,
            self.called_failed,
            self.lost,
            self.called_paid,
            self.unsettled,
        ]
        .iter()
        .all(|count| *count == 0)
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (state, count) in &self.states {
            writeln!(f, "{state:<30} {count:>10}")?;
        }
        for (what, count) in [
            ("refunded twice", self.twice),
            ("beyond the payment", self.beyond),
            ("called failed though paid", self.called_failed),
            ("lost", self.lost),
            ("called paid though not", self.called_paid),
            ("doubts that could be settled", self.unsettled),
        ] {
            writeln!(f, "{what:<30} {count:>10}")?;
        }
        Ok(())
    }
}
