//! The refunds of a campaign, each told by its number alone.

use refunds::{
    Action, Lookup, MceRefund, Money, OpttyRefund, ProviderName, Reference, ReferenceError,
    RefundRequest, TazapayRefund, iso_currency::Currency,
};
use refunds_conformance::campaign::{refund::Refund, tally::Wanted};
use refunds_sandbox::{Offramp, Order, Payin, PendingRefund, Provider, Seed};
use rust_decimal::Decimal;

/// Refunds go to all of them in turn.
const PROVIDERS: u64 = Provider::ALL.len() as u64;

/// A refund of the campaign.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) number: u64,
    pub(crate) provider: Provider,
    /// What is refunded. At least twice this was paid, unless everything is refunded, so that the
    /// provider would not stop a second one.
    pub(crate) amount: Decimal,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Part,
    Whole,
    /// A part, whose description does not carry the reference.
    Unmarked,
}

impl Case {
    /// The refund of a number.
    pub(crate) fn of(number: u64) -> Self {
        // Bounded, so that it is exact and small.
        let remainder = i64::try_from(number % 40_000).unwrap_or_default();
        Self {
            number,
            provider: Provider::ALL[(number % PROVIDERS) as usize],
            amount: Decimal::new(101 + remainder, 2),
            kind: match (number / PROVIDERS) % 3 {
                0 => Kind::Part,
                1 => Kind::Whole,
                _ => Kind::Unmarked,
            },
        }
    }

    /// The text of its reference; at Kotani Pay that of its off-ramp.
    pub(crate) fn reference_text(&self) -> String {
        format!("campaign-{}", self.number)
    }

    /// Its reference.
    pub(crate) fn reference(&self) -> Result<Reference, ReferenceError> {
        Reference::new(self.reference_text())
    }

    /// The facade's name of its provider.
    pub(crate) fn provider_name(&self) -> ProviderName {
        name_of(self.provider)
    }

    /// What is asked for; `None` where a failed refund is tried again.
    pub(crate) fn request(&self) -> Option<RefundRequest> {
        let money = |currency| Money::new(self.amount, currency);
        Some(match self.provider {
            Provider::Kotanipay => return None,
            Provider::Mce => MceRefund::new(1, self.subject()).into(),
            Provider::Optty => {
                let refund = OpttyRefund::new(self.subject(), money(Currency::AUD), "campaign");
                if self.kind == Kind::Unmarked {
                    refund.into()
                } else {
                    refund.with_reference_in_description().into()
                }
            }
            Provider::Tazapay => {
                let refund = TazapayRefund::of_payin(self.subject());
                if self.kind == Kind::Whole {
                    refund.into()
                } else {
                    refund.with_amount(money(Currency::USD)).into()
                }
            }
        })
    }

    /// What is asked for, as it is stored.
    pub(crate) fn action(&self) -> Action {
        self.request().map_or(Action::Retry, Action::Create)
    }

    /// What its worker is told.
    pub(crate) fn refund(&self) -> Result<Refund, ReferenceError> {
        let reference = self.reference()?;
        let followed_by = self.fails_first();
        Ok(Refund {
            number: self.number,
            provider: self.provider_name(),
            action: self.action(),
            followed_by: followed_by.then(|| Lookup::KotanipayRefund(reference.clone())),
            reference,
        })
    }

    /// What was to be made, for the comparison.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            number: self.number,
            provider: self.provider_name(),
            reference: self.reference_text(),
        }
    }

    /// Whether the first try is taken and fails later: some of the off-ramps'.
    pub(crate) fn fails_first(&self) -> bool {
        self.provider == Provider::Kotanipay && (self.number / PROVIDERS) % 12 == 1
    }

    /// Whether its call is given up after one attempt, so that a lost answer is left to reconciliation.
    pub(crate) fn is_given_up_soon(&self) -> bool {
        (self.number / PROVIDERS).is_multiple_of(2)
    }

    /// What is refunded; at Kotani Pay that is told by the reference.
    pub(crate) fn subject(&self) -> String {
        format!("chk_{}", self.number)
    }

    fn add_to(&self, seed: &mut Seed) {
        let paid = if self.kind == Kind::Whole {
            self.amount
        } else {
            self.amount * Decimal::TEN
        };
        match self.provider {
            Provider::Kotanipay => {
                let mut offramp = Offramp::with_failed_refund(self.reference_text(), self.amount);
                offramp.failures_to_come = u32::from(self.fails_first());
                seed.offramps.push(offramp);
            }
            Provider::Mce => {
                let pending = PendingRefund::new(1, self.subject(), self.amount);
                seed.pending_refunds.push(pending);
            }
            Provider::Optty => seed.orders.push(Order::new(self.subject(), paid, "AUD")),
            Provider::Tazapay => seed.payins.push(Payin::new(self.subject(), paid, "USD")),
        }
    }
}

/// The facade's name of a provider.
pub(crate) fn name_of(provider: Provider) -> ProviderName {
    match provider {
        Provider::Kotanipay => ProviderName::Kotanipay,
        Provider::Mce => ProviderName::Mce,
        Provider::Optty => ProviderName::Optty,
        Provider::Tazapay => ProviderName::Tazapay,
    }
}

/// What the sandbox starts with for this many refunds.
pub(crate) fn seed(refunds: u64) -> Seed {
    let mut seed = Seed::default();
    for number in 0..refunds {
        Case::of(number).add_to(&mut seed);
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_gets_its_share_and_every_kind() {
        let seed = seed(120);
        assert_eq!(
            [
                seed.offramps.len(),
                seed.pending_refunds.len(),
                seed.orders.len(),
                seed.payins.len()
            ],
            [30; 4]
        );
        let whole = (0..120)
            .map(Case::of)
            .filter(|case| case.provider == Provider::Tazapay && case.kind == Kind::Whole);
        assert_eq!(whole.count(), 10);
    }

    #[test]
    fn each_provider_of_the_sandbox_has_refunds() {
        for provider in Provider::ALL {
            assert!((0..PROVIDERS).any(|number| Case::of(number).provider == provider));
        }
    }

    #[test]
    fn a_partial_refund_would_fit_twice() {
        // Number 3 is at Tazapay and a part: 1.04 of 10.40.
        let case = Case::of(3);
        assert_eq!((case.provider, case.kind), (Provider::Tazapay, Kind::Part));
        let seed = seed(4);
        assert_eq!(case.amount, Decimal::new(1_04, 2));
        assert_eq!(seed.payins[0].amount, Decimal::new(10_40, 2));
    }
}
