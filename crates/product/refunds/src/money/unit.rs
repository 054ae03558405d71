//! In which unit a provider wants amounts, and which amounts it cannot carry.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Currency, Money};
use crate::ProviderName;

/// How a provider wants amounts in requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountUnit {
    /// An integer of hundredths, whatever the currency's own minor unit: 100 JPY are 10000.
    Hundredths,
    /// A number in the currency's major unit with at most two decimals: 24.98 AUD are 24.98.
    MajorUnits,
    /// An integer of the currency's own minor unit, as ISO 4217 has it: 100 JPY are 100, 24.98 AUD are 2498.
    MinorUnits,
    /// No amount is sent.
    NotSent,
}

/// An amount that a provider's wire format cannot carry exactly. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Zero or less.
    #[error("{money} cannot be refunded at {provider}: give an amount above zero")]
    NotPositive {
        /// The provider.
        provider: ProviderName,
        /// The amount.
        money: Money,
    },
    /// More decimals than the currency or the provider has.
    #[error(
        "{money} cannot be sent to {provider} exactly: there, {} has {decimals} decimals at most; \
         round it as your books do",
        money.currency()
    )]
    TooPrecise {
        /// The provider.
        provider: ProviderName,
        /// The amount.
        money: Money,
        /// As many as can be sent.
        decimals: u32,
    },
    /// More digits than the provider's number format carries safely.
    #[error(
        "{money} has more digits than a number sent to {provider} keeps: refund it in several parts"
    )]
    TooLarge {
        /// The provider.
        provider: ProviderName,
        /// The amount.
        money: Money,
    },
    /// A token where a currency of ISO 4217 is asked for.
    #[error("{money}: {provider} refunds in currencies of ISO 4217; check the code")]
    NotACurrency {
        /// The provider.
        provider: ProviderName,
        /// The amount.
        money: Money,
    },
}

/// The hundredths of an amount.
pub(crate) fn hundredths(provider: ProviderName, money: &Money) -> Result<i64, MoneyError> {
    let amount = checked(provider, money)?;
    amount
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredths| hundredths.to_i64())
        .ok_or_else(|| too_large(provider, money))
}

/// The amount in major units, with two decimals at most.
pub(crate) fn major_units(provider: ProviderName, money: &Money) -> Result<Decimal, MoneyError> {
    checked(provider, money)
}

impl Money {
    /// The amount in hundredths, as [`AmountUnit::Hundredths`] is sent to a provider.
    ///
    /// # Errors
    /// [`MoneyError`], of that provider.
    pub fn hundredths(&self, provider: ProviderName) -> Result<i64, MoneyError> {
        hundredths(provider, self)
    }

    /// The amount in the currency's own minor unit, as [`AmountUnit::MinorUnits`] is sent to a provider.
    ///
    /// # Errors
    /// [`MoneyError`], of that provider; [`MoneyError::NotACurrency`] also where ISO 4217 names no minor unit.
    pub fn minor_units(&self, provider: ProviderName) -> Result<i64, MoneyError> {
        let Some(decimals) = self.currency().decimals() else {
            let money = self.clone();
            return Err(MoneyError::NotACurrency { provider, money });
        };
        let amount = exact(provider, self, decimals)?;
        let per_unit = 10_i64.checked_pow(decimals).map(Decimal::from);
        per_unit
            .and_then(|per_unit| amount.checked_mul(per_unit)?.to_i64())
            .ok_or_else(|| too_large(provider, self))
    }

    /// The amount in major units with two decimals at most, as [`AmountUnit::MajorUnits`] is sent to a provider.
    ///
    /// # Errors
    /// [`MoneyError`], of that provider.
    pub fn major_units(&self, provider: ProviderName) -> Result<Decimal, MoneyError> {
        checked(provider, self)
    }
}

pub(crate) fn too_large(provider: ProviderName, money: &Money) -> MoneyError {
    let money = money.clone();
    MoneyError::TooLarge { provider, money }
}

/// Both units have two decimals; the currency may have fewer.
fn checked(provider: ProviderName, money: &Money) -> Result<Decimal, MoneyError> {
    let decimals = money.currency().decimals().map_or(2, |own| own.min(2));
    exact(provider, money, decimals)
}

/// An amount of a currency above zero, with so many decimals at most.
fn exact(provider: ProviderName, money: &Money, decimals: u32) -> Result<Decimal, MoneyError> {
    let Currency::Iso(_) = money.currency() else {
        let money = money.clone();
        return Err(MoneyError::NotACurrency { provider, money });
    };
    let amount = money.amount().normalize();
    if amount <= Decimal::ZERO {
        let money = money.clone();
        return Err(MoneyError::NotPositive { provider, money });
    }
    if amount.scale() > decimals {
        return Err(MoneyError::TooPrecise {
            provider,
            money: money.clone(),
            decimals,
        });
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAZAPAY: ProviderName = ProviderName::Tazapay;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    // The first three are the provider's own examples (docs, "decimal currencies").
    #[test]
    fn hundredths_are_two_implied_decimals_whatever_the_currency() {
        for (text, expected) in [
            ("100.89 INR", 10089),
            ("100 JPY", 10000),
            ("100.89 KWD", 10089),
            ("900 USD", 90000),
            ("0.01 USD", 1),
            ("1.230 KWD", 123),
            ("92233720368547758.07 USD", i64::MAX),
        ] {
            assert_eq!(hundredths(TAZAPAY, &money(text)), Ok(expected), "{text}");
        }
    }

    // The numbers of decimals are ISO 4217's.
    #[test]
    fn minor_units_are_the_currency_s_own() {
        for (text, expected) in [
            ("24.98 AUD", 2498),
            ("100 JPY", 100),
            ("1.234 KWD", 1234),
            ("0.01 USD", 1),
        ] {
            assert_eq!(money(text).minor_units(TAZAPAY), Ok(expected), "{text}");
        }
        for text in ["100.5 JPY", "1.2345 KWD", "0 USD", "1 USDT"] {
            assert!(money(text).minor_units(TAZAPAY).is_err(), "{text}");
        }
    }

    #[test]
    fn decimals_that_would_be_dropped_are_refused() {
        for (text, allowed) in [
            ("1.234 KWD", 2),
            ("100.899 KWD", 2),
            ("19.905 AUD", 2),
            ("100.5 JPY", 0),
        ] {
            let refused = Err(MoneyError::TooPrecise {
                provider: TAZAPAY,
                money: money(text),
                decimals: allowed,
            });
            assert_eq!(hundredths(TAZAPAY, &money(text)), refused, "{text}");
            let refused = major_units(TAZAPAY, &money(text));
            assert!(
                matches!(refused, Err(MoneyError::TooPrecise { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn nothing_tokens_and_what_does_not_fit_are_refused() {
        assert!(matches!(
            hundredths(TAZAPAY, &money("0 USD")),
            Err(MoneyError::NotPositive { .. })
        ));
        assert!(matches!(
            hundredths(TAZAPAY, &money("5 USDT")),
            Err(MoneyError::NotACurrency { .. })
        ));
        for text in [
            "92233720368547758.08 USD",
            "79228162514264337593543950335 USD",
        ] {
            assert_eq!(
                hundredths(TAZAPAY, &money(text)),
                Err(too_large(TAZAPAY, &money(text))),
                "{text}"
            );
        }
    }

    #[test]
    fn major_units_stay_as_they_are() {
        for (text, expected) in [
            ("24.98 AUD", Decimal::new(2498, 2)),
            ("100 AUD", Decimal::new(100, 0)),
            ("0.10 AED", Decimal::new(1, 1)),
        ] {
            let sent = major_units(ProviderName::Optty, &money(text));
            assert_eq!(sent, Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_refusal_names_the_amount_the_provider_and_what_to_do() {
        let error = hundredths(TAZAPAY, &money("1.234 KWD")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "1.234 KWD cannot be sent to tazapay exactly: there, KWD has 2 decimals at most; round \
             it as your books do"
        );
    }
}
