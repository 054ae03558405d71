//! Exact amounts with their currency.

mod currency;
mod unit;

use std::{fmt, str::FromStr};

pub use currency::{Currency, Token};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
pub use unit::{AmountUnit, MoneyError};
pub(crate) use unit::{hundredths, major_units, too_large};

/// An exact amount of a currency, in its major unit: 19.90 AUD are nineteen dollars ninety.
///
/// ```
/// use refunds::Money;
///
/// let money: Money = "19.90 AUD".parse()?;
/// assert_eq!(money.to_string(), "19.90 AUD");
/// assert_eq!(money, "19.9 aud".parse()?);
/// # Ok::<(), refunds::MoneyTextError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// A text is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyTextError {
    /// It is not an amount, a blank and a currency.
    #[error("write an amount, a blank and a currency, such as `19.90 AUD`")]
    Shape,
    /// The amount is no plain decimal.
    #[error(
        "the amount is not written as digits with at most one point and 28 digits in all, such as \
         `1234.50`: leave out signs, separators of thousands and exponents"
    )]
    Amount,
    /// The currency is neither a code nor a symbol.
    #[error(
        "the currency is neither a code of ISO 4217 such as `AUD` nor a token's symbol such as `USDT`"
    )]
    Currency,
}

impl Money {
    /// An amount in the currency's major unit.
    pub fn new(amount: Decimal, currency: impl Into<Currency>) -> Self {
        Self {
            amount,
            currency: currency.into(),
        }
    }

    /// The amount in the currency's major unit.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(&self) -> &Currency {
        &self.currency
    }
}

impl FromStr for Money {
    type Err = MoneyTextError;

    fn from_str(text: &str) -> Result<Self, MoneyTextError> {
        let mut words = text.split_whitespace();
        let (Some(amount), Some(currency), None) = (words.next(), words.next(), words.next())
        else {
            return Err(MoneyTextError::Shape);
        };
        Ok(Self {
            amount: parse_amount(amount)?,
            currency: currency.parse()?,
        })
    }
}

// `Decimal`'s own parser also takes signs and underscores, which nobody should have to think about.
fn parse_amount(text: &str) -> Result<Decimal, MoneyTextError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(is_number(whole) && is_number(fraction)) {
        return Err(MoneyTextError::Amount);
    }
    Decimal::from_str_exact(text).map_err(|_| MoneyTextError::Amount)
}

impl TryFrom<String> for Money {
    type Error = MoneyTextError;

    fn try_from(text: String) -> Result<Self, MoneyTextError> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

impl fmt::Display for Money {
    /// With the currency's decimals, or more where the amount has more: `10.00 AUD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = self.amount.normalize();
        let decimals = self.currency.decimals().unwrap_or(0);
        if amount.scale() < decimals {
            amount.rescale(decimals);
        }
        write!(f, "{amount} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_people_write_it() {
        for (text, shown) in [
            ("19.90 AUD", "19.90 AUD"),
            ("19.9 aud", "19.90 AUD"),
            ("100 JPY", "100 JPY"),
            ("1.234 KWD", "1.234 KWD"),
            ("  5   USD ", "5.00 USD"),
            ("38.5 USDT", "38.5 USDT"),
            ("0.000001 USDC", "0.000001 USDC"),
            ("007.50 EUR", "7.50 EUR"),
        ] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn money_that_could_be_misread_is_refused() {
        for (text, error) in [
            ("", MoneyTextError::Shape),
            ("19.90", MoneyTextError::Shape),
            ("19.90AUD", MoneyTextError::Shape),
            ("19.90 AUD now", MoneyTextError::Shape),
            ("AUD 19.90", MoneyTextError::Amount),
            ("1,000.00 AUD", MoneyTextError::Amount),
            ("19,90 EUR", MoneyTextError::Amount),
            ("-5 AUD", MoneyTextError::Amount),
            ("+5 AUD", MoneyTextError::Amount),
            ("1e3 AUD", MoneyTextError::Amount),
            ("1_000 AUD", MoneyTextError::Amount),
            (".5 AUD", MoneyTextError::Amount),
            ("5. AUD", MoneyTextError::Amount),
            ("٥ AUD", MoneyTextError::Amount),
            (
                "0.12345678901234567890123456789 AUD",
                MoneyTextError::Amount,
            ),
            ("5 $", MoneyTextError::Currency),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text}");
        }
    }

    #[test]
    fn stored_money_is_a_text_and_comes_back_exactly() {
        let money: Money = "1234567890123.45 AUD".parse().unwrap();
        let stored = serde_json::to_string(&money).unwrap();
        assert_eq!(stored, r#""1234567890123.45 AUD""#);
        assert_eq!(serde_json::from_str::<Money>(&stored).unwrap(), money);
    }
}
