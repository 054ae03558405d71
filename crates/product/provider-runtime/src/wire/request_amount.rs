//! Exact amounts that are sent.

use std::{
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    str::FromStr,
};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::amount::{
    AmountError, AsNumber, AsText, ExactAmount, InexactAmount, NotADecimal, WireForm,
};

/// An exact amount that a request carries as a JSON number.
///
/// ```
/// use provider_runtime::{Amount, RequestAmount};
///
/// // An amount that came as a text is sent as the number that is documented.
/// let met: Amount = serde_json::from_str("\"24.98\"")?;
/// assert_eq!(serde_json::to_string(&RequestAmount::try_from(met)?)?, "24.98");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type RequestAmount = ExactRequestAmount<AsNumber>;

/// An exact amount that a request carries as a JSON text.
pub type RequestAmountText = ExactRequestAmount<AsText>;

/// An exact amount that is sent: always a decimal, always in the documented form `F`.
///
/// The unit is the provider's, as its field says. Made from decimals, integers, texts and amounts of
/// answers; what is no decimal, or has more digits than the form carries, is refused.
#[derive(Clone)]
pub struct ExactRequestAmount<F>(ExactAmount<F>);

impl<F> Deref for ExactRequestAmount<F> {
    type Target = ExactAmount<F>;

    fn deref(&self) -> &ExactAmount<F> {
        &self.0
    }
}

impl<F: WireForm> TryFrom<ExactAmount<F>> for ExactRequestAmount<F> {
    type Error = AmountError;

    fn try_from(amount: ExactAmount<F>) -> Result<Self, AmountError> {
        let decimal = amount.decimal().map_err(|_: NotADecimal| NotADecimal)?;
        Ok(Self::try_from(decimal)?)
    }
}

impl<F: WireForm> TryFrom<Decimal> for ExactRequestAmount<F> {
    type Error = InexactAmount;

    fn try_from(amount: Decimal) -> Result<Self, InexactAmount> {
        ExactAmount::try_from(amount).map(Self)
    }
}

impl<F: WireForm> FromStr for ExactRequestAmount<F> {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        text.parse().map(Self)
    }
}

impl<F: WireForm> TryFrom<&str> for ExactRequestAmount<F> {
    type Error = AmountError;

    fn try_from(text: &str) -> Result<Self, AmountError> {
        text.parse()
    }
}

impl<F: WireForm> TryFrom<String> for ExactRequestAmount<F> {
    type Error = AmountError;

    fn try_from(text: String) -> Result<Self, AmountError> {
        text.parse()
    }
}

macro_rules! from_short_integers {
    ($($integer:ty),*) => {$(
        impl<F: WireForm> From<$integer> for ExactRequestAmount<F> {
            fn from(amount: $integer) -> Self {
                Self(ExactAmount::from(amount))
            }
        }
    )*};
}

from_short_integers!(i8, i16, i32, u8, u16, u32);

macro_rules! try_from_long_integers {
    ($($integer:ty),*) => {$(
        impl<F: WireForm> TryFrom<$integer> for ExactRequestAmount<F> {
            type Error = InexactAmount;

            fn try_from(amount: $integer) -> Result<Self, InexactAmount> {
                ExactAmount::try_from(amount).map(Self)
            }
        }
    )*};
}

try_from_long_integers!(i64, u64);

// Derived, these would ask the marker `F` to be comparable.
impl<F> PartialEq for ExactRequestAmount<F> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<F> Eq for ExactRequestAmount<F> {}

impl<F> Hash for ExactRequestAmount<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<F> fmt::Display for ExactRequestAmount<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<F> fmt::Debug for ExactRequestAmount<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<F> Serialize for ExactRequestAmount<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, F: WireForm> Deserialize<'de> for ExactRequestAmount<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = ExactAmount::<F>::deserialize(deserializer)?;
        Self::try_from(amount).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Amount, AmountText};

    #[test]
    fn an_amount_of_an_answer_is_sent_in_the_documented_form() {
        let met: Amount = serde_json::from_str("\"24.98\"").unwrap();
        let sent = RequestAmount::try_from(met).unwrap();
        assert_eq!(serde_json::to_string(&sent).unwrap(), "24.98");
        let met: AmountText = serde_json::from_str("24.98").unwrap();
        let sent = RequestAmountText::try_from(met).unwrap();
        assert_eq!(serde_json::to_string(&sent).unwrap(), "\"24.98\"");
    }

    #[test]
    fn what_is_no_decimal_or_not_exact_is_never_sent() {
        let met: Amount = serde_json::from_str("\"abc\"").unwrap();
        assert!(matches!(
            RequestAmount::try_from(met),
            Err(AmountError::NotADecimal(_))
        ));
        let met: Amount = serde_json::from_str("\"9007199254740993\"").unwrap();
        assert!(matches!(
            RequestAmount::try_from(met),
            Err(AmountError::Inexact(_))
        ));
        assert!("1e3x".parse::<RequestAmount>().is_err());
        assert!(serde_json::from_str::<RequestAmount>("\"abc\"").is_err());
    }
}
