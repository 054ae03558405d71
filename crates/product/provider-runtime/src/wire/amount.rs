//! Exact amounts of money.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use super::{
    decimal_text::{parse_decimal, survives_double},
    scalar::{self, FromScalar},
    sending,
};

/// An exact amount that the provider documents as a JSON number.
///
/// ```
/// use provider_runtime::Amount;
///
/// let amount: Amount = "24.98".parse()?;
/// assert_eq!(serde_json::to_string(&amount)?, "24.98");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Amount = ExactAmount<AsNumber>;

/// An exact amount that the provider documents as a JSON text.
pub type AmountText = ExactAmount<AsText>;

/// An exact amount in the form `F` that the provider documents.
///
/// Decoding is tolerant: a number or a text, whatever it says, is kept as it was met and encodes to
/// the same JSON value again. [`decimal`](Self::decimal) tells whether it is a number after all.
/// The unit is the provider's: major units (`24.98`) or minor units (`2498`), as its field says.
///
/// What a program makes has no more digits than a reader that uses doubles keeps, or it is refused when it is made.
/// Two amounts are equal when their decimals are, whatever their form.
#[derive(Clone)]
pub struct ExactAmount<F> {
    form: Form,
    content: Content,
    documented: PhantomData<fn() -> F>,
}

/// Marks an amount written as a JSON number.
#[derive(Clone, Copy, Debug)]
pub enum AsNumber {}

/// Marks an amount written as a JSON text.
#[derive(Clone, Copy, Debug)]
pub enum AsText {}

/// The JSON form in which new amounts are written: [`AsNumber`] or [`AsText`].
pub trait WireForm: sealed::Sealed {}

impl WireForm for AsNumber {}
impl WireForm for AsText {}

mod sealed {
    pub trait Sealed {
        const IS_NUMBER: bool;
    }

    impl Sealed for super::AsNumber {
        const IS_NUMBER: bool = true;
    }

    impl Sealed for super::AsText {
        const IS_NUMBER: bool = false;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Text,
}

// The text is kept only where the decimal would print another one (`1e3`, `007`, `string`).
#[derive(Clone)]
enum Content {
    Decimal(Decimal),
    Verbatim(Box<str>),
}

/// The provider sent something else than a decimal of at most 28 digits where an amount belongs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a decimal amount of at most 28 digits: give digits with at most one point, such as \
     24.98, or, if the provider sent it, read its text instead"
)]
pub struct NotADecimal;

/// The amount has more digits than a JSON number carries safely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the amount {amount} would change in a JSON number, where 15 significant digits are safe: round \
     it to the currency's minor unit before sending"
)]
pub struct InexactAmount {
    /// The amount that was refused.
    pub amount: Decimal,
}

/// A text cannot be made an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The text is no decimal.
    #[error(transparent)]
    NotADecimal(#[from] NotADecimal),
    /// The amount has too many digits for the documented form.
    #[error(transparent)]
    Inexact(#[from] InexactAmount),
}

impl<F> ExactAmount<F> {
    /// The exact decimal.
    ///
    /// # Errors
    /// [`NotADecimal`] when the provider sent something else, which `Display` shows.
    pub fn decimal(&self) -> Result<Decimal, NotADecimal> {
        match &self.content {
            Content::Decimal(decimal) => Ok(*decimal),
            Content::Verbatim(text) => parse_decimal(text).ok_or(NotADecimal),
        }
    }

    fn met(form: Form, text: Cow<'_, str>) -> Self {
        let content = match parse_decimal(&text) {
            Some(decimal) if decimal.array_string().as_ref() == text => Content::Decimal(decimal),
            _ => Content::Verbatim(text.into()),
        };
        Self {
            form,
            content,
            documented: PhantomData,
        }
    }

    fn with_text<R>(&self, use_text: impl FnOnce(&str) -> R) -> R {
        match &self.content {
            Content::Decimal(decimal) => use_text(decimal.array_string().as_ref()),
            Content::Verbatim(text) => use_text(text),
        }
    }
}

impl<F: WireForm> ExactAmount<F> {
    fn documented(decimal: Decimal) -> Self {
        Self {
            form: if F::IS_NUMBER {
                Form::Number
            } else {
                Form::Text
            },
            content: Content::Decimal(decimal),
            documented: PhantomData,
        }
    }
}

impl<F: WireForm> TryFrom<Decimal> for ExactAmount<F> {
    type Error = InexactAmount;

    fn try_from(amount: Decimal) -> Result<Self, InexactAmount> {
        if F::IS_NUMBER && !survives_double(amount) {
            return Err(InexactAmount { amount });
        }
        Ok(Self::documented(amount))
    }
}

impl<F: WireForm> FromStr for ExactAmount<F> {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let decimal = parse_decimal(text).ok_or(NotADecimal)?;
        Ok(Self::try_from(decimal)?)
    }
}

impl<F: WireForm> TryFrom<&str> for ExactAmount<F> {
    type Error = AmountError;

    fn try_from(text: &str) -> Result<Self, AmountError> {
        text.parse()
    }
}

impl<F: WireForm> TryFrom<String> for ExactAmount<F> {
    type Error = AmountError;

    fn try_from(text: String) -> Result<Self, AmountError> {
        text.parse()
    }
}

macro_rules! from_short_integers {
    ($($integer:ty),*) => {$(
        impl<F: WireForm> From<$integer> for ExactAmount<F> {
            fn from(amount: $integer) -> Self {
                Self::documented(Decimal::from(amount))
            }
        }
    )*};
}

// At most ten digits: exact in every form.
from_short_integers!(i8, i16, i32, u8, u16, u32);

macro_rules! try_from_long_integers {
    ($($integer:ty),*) => {$(
        impl<F: WireForm> TryFrom<$integer> for ExactAmount<F> {
            type Error = InexactAmount;

            fn try_from(amount: $integer) -> Result<Self, InexactAmount> {
                Self::try_from(Decimal::from(amount))
            }
        }
    )*};
}

try_from_long_integers!(i64, u64);

impl<F> PartialEq for ExactAmount<F> {
    fn eq(&self, other: &Self) -> bool {
        match (self.decimal(), other.decimal()) {
            (Ok(own), Ok(others)) => own == others,
            (Err(_), Err(_)) => self.with_text(|own| other.with_text(|others| own == others)),
            _ => false,
        }
    }
}

impl<F> Eq for ExactAmount<F> {}

impl<F> Hash for ExactAmount<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.decimal() {
            Ok(decimal) => decimal.hash(state),
            Err(_) => self.with_text(|text| text.hash(state)),
        }
    }
}

impl<F> fmt::Display for ExactAmount<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.pad(text))
    }
}

impl<F> fmt::Debug for ExactAmount<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| match self.form {
            Form::Number => f.write_str(text),
            Form::Text => fmt::Debug::fmt(text, f),
        })
    }
}

impl<F> FromScalar for ExactAmount<F> {
    const EXPECTED: &'static str = "an amount as a number or a text";

    fn from_number(text: &str) -> Self {
        Self::met(Form::Number, Cow::Borrowed(text))
    }

    fn from_text(text: Cow<'_, str>) -> Self {
        Self::met(Form::Text, text)
    }
}

impl<'de, F> Deserialize<'de> for ExactAmount<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::deserialize(deserializer)
    }
}

impl<F> Serialize for ExactAmount<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.form == Form::Text {
            return self.with_text(|text| serializer.serialize_str(text));
        }
        if sending::is_on() {
            let amount = self.decimal().map_err(ser::Error::custom)?;
            if !survives_double(amount) {
                return Err(ser::Error::custom(InexactAmount { amount }));
            }
        }
        self.with_text(|text| scalar::serialize_verbatim(text, serializer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(json: &str) -> Amount {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_that_was_met_is_written_back_unchanged() {
        for json in [
            "100",
            r#""100""#,
            r#""38.50""#,
            "38.50",
            "1e3",
            "1E+2",
            "-0",
            "0.1",
            r#""string""#,
            r#""""#,
            r#""007.50""#,
            r#""1e400""#,
            r#""123456789012345678901234567890""#,
        ] {
            assert_eq!(serde_json::to_string(&number(json)).unwrap(), json);
            let text: AmountText = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&text).unwrap(), json);
        }
    }

    #[test]
    fn the_decimal_is_the_one_that_was_written() {
        for (json, exact) in [
            ("24.98", Decimal::new(2498, 2)),
            (r#""24.98""#, Decimal::new(2498, 2)),
            ("1234567890123.45", Decimal::new(123_456_789_012_345, 2)),
            ("1e3", Decimal::new(1000, 0)),
            ("9007199254740993", Decimal::new(9_007_199_254_740_993, 0)),
            (
                "0.1234567890123456789",
                Decimal::new(1_234_567_890_123_456_789, 19),
            ),
        ] {
            assert_eq!(number(json).decimal(), Ok(exact), "{json}");
        }
    }

    #[test]
    fn text_that_is_no_number_decodes_but_has_no_decimal() {
        for json in [r#""string""#, r#""""#, "1e400", r#""1_000""#] {
            assert_eq!(number(json).decimal(), Err(NotADecimal), "{json}");
        }
    }

    #[test]
    fn a_number_of_an_answer_that_a_double_would_change_goes_round_as_it_came() {
        for json in [
            "0.1234567890123456789",
            "9007199254740993",
            "1e400",
            "123456789012345678901234567890",
        ] {
            assert_eq!(serde_json::to_string(&number(json)).unwrap(), json);
        }
    }

    #[test]
    fn a_text_carries_every_digit() {
        let amount = AmountText::try_from("0.1234567890123456789").unwrap();
        let json = serde_json::to_string(&amount).unwrap();
        assert_eq!(json, r#""0.1234567890123456789""#);
    }

    #[test]
    fn an_amount_that_a_double_would_change_is_refused_when_it_is_made() {
        let amount = Decimal::new(9_007_199_254_740_993, 0);
        assert_eq!(Amount::try_from(amount), Err(InexactAmount { amount }));
        assert_eq!(
            Amount::try_from(9_007_199_254_740_993_i64),
            Err(InexactAmount { amount })
        );
        assert!(AmountText::try_from(amount).is_ok());
    }

    #[test]
    fn a_new_amount_is_written_in_the_documented_form() {
        assert_eq!(serde_json::to_string(&Amount::from(100)).unwrap(), "100");
        let text = AmountText::from(100);
        assert_eq!(serde_json::to_string(&text).unwrap(), r#""100""#);
        let with_cents = Amount::try_from(Decimal::new(3850, 2)).unwrap();
        assert_eq!(serde_json::to_string(&with_cents).unwrap(), "38.50");
    }

    #[test]
    fn text_that_is_no_decimal_is_no_amount() {
        assert_eq!(
            Amount::try_from("ten"),
            Err(AmountError::NotADecimal(NotADecimal))
        );
    }

    #[test]
    fn amounts_are_equal_by_value() {
        assert_eq!(number("38.50"), number(r#""38.5""#));
        assert_eq!(number("1e3"), number("1000"));
        assert_ne!(number(r#""""#), number("0"));
        assert_eq!(number(r#""string""#), number(r#""string""#));
    }

    #[test]
    fn a_value_tree_round_trips_too() {
        for json in ["24.98", r#""38.50""#, "100"] {
            let tree: serde_json::Value = serde_json::from_str(json).unwrap();
            let amount: Amount = serde_json::from_value(tree.clone()).unwrap();
            assert_eq!(serde_json::to_value(&amount).unwrap(), tree);
        }
    }

    #[test]
    fn null_is_no_amount() {
        assert!(serde_json::from_str::<Amount>("null").is_err());
        assert_eq!(
            serde_json::from_str::<Option<Amount>>("null").unwrap(),
            None
        );
    }
}
