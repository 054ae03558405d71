//! Exact amounts, and their way into and out of JSON.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Value, value::RawValue};

/// Begins a text that stands for JSON to be written as it is: a JSON value has no place for the digits of
/// a number. It is no character of any text.
const MARK: char = '\u{10ffff}';

/// As many significant digits as a JSON number carries through a float.
const DIGITS_OF_A_NUMBER: usize = 15;

/// The amount that a JSON number says, digit by digit.
pub(crate) fn of_json(number: &RawValue) -> Option<Decimal> {
    let text = number.get();
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

/// The amount as what [`Written`] writes as a JSON number, digit by digit.
pub(crate) fn to_json(amount: Decimal) -> Value {
    exactly(&amount.normalize().to_string())
}

/// JSON text as what [`Written`] writes as it is.
pub(crate) fn exactly(json: &str) -> Value {
    Value::from(format!("{MARK}{json}"))
}

/// The text that [`exactly`] was given, if the value was made by it.
pub(crate) fn exact_text(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix(MARK)
}

/// The text of a JSON value with the amounts that [`to_json`] put into it.
pub(crate) fn text(value: &Value) -> String {
    // A tree of values with texts as keys can always be written.
    serde_json::to_string(&Written(value)).unwrap_or_default()
}

/// Writes a JSON value with what [`to_json`] and [`exactly`] put into it.
pub(crate) struct Written<'a>(pub(crate) &'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, Written(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Written)),
            other => {
                let exact = exact_text(other).map(|text| RawValue::from_string(text.to_owned()));
                match exact {
                    Some(Ok(exact)) => exact.serialize(serializer),
                    _ => other.serialize(serializer),
                }
            }
        }
    }
}

/// Whether the amount survives as a JSON number.
pub(crate) fn fits_a_number(amount: Decimal) -> bool {
    amount
        .normalize()
        .mantissa()
        .unsigned_abs()
        .to_string()
        .len()
        <= DIGITS_OF_A_NUMBER
}

/// Whether the amount has at most this many decimals.
pub(crate) fn has_decimals(amount: Decimal, at_most: u32) -> bool {
    amount.normalize().scale() <= at_most
}

/// An amount with two implied decimals, as a plain one.
pub(crate) fn of_hundredths(hundredths: i64) -> Decimal {
    Decimal::new(hundredths, 2)
}

/// An amount as an integer with two implied decimals; none when it has more.
pub(crate) fn to_hundredths(amount: Decimal) -> Option<i64> {
    let hundredths = amount.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    (hundredths.scale() == 0)
        .then(|| i64::try_from(hundredths.mantissa()).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_json_number_is_read_digit_by_digit() {
        assert_eq!(of_json(&raw("24.98")), Some(decimal("24.98")));
        assert_eq!(
            of_json(&raw("9007199254740993.01")),
            Some(decimal("9007199254740993.01"))
        );
        assert_eq!(of_json(&raw("1.5e2")), Some(decimal("150")));
        assert_eq!(of_json(&raw("\"24.98\"")), None);
    }

    #[test]
    fn an_amount_is_written_as_the_shortest_number() {
        for (amount, text) in [
            ("100.00", "100"),
            ("24.98", "24.98"),
            ("0.1", "0.1"),
            ("0.00", "0"),
            ("1234567890123.45", "1234567890123.45"),
            // No float has these digits.
            ("9007199254740993.01", "9007199254740993.01"),
        ] {
            let written = serde_json::to_string(&Written(&to_json(decimal(amount))));
            assert_eq!(written.unwrap(), text);
        }
    }

    #[test]
    fn amounts_are_written_wherever_they_stand_and_texts_stay_texts() {
        let value = serde_json::json!({
            "list": [to_json(decimal("0.30")), null, 7],
            "text": "0.30",
            "strange": format!("{MARK}1]"),
        });
        let written = serde_json::to_string(&Written(&value)).unwrap();
        let expected = format!(r#"{{"list":[0.3,null,7],"strange":"{MARK}1]","text":"0.30"}}"#);
        assert_eq!(written, expected);
    }

    #[test]
    fn an_amount_with_sixteen_digits_does_not_fit_a_number() {
        assert!(fits_a_number(decimal("1234567890123.45")));
        assert!(!fits_a_number(decimal("12345678901234.56")));
        assert!(fits_a_number(decimal("0.000000012345678")));
    }

    #[test]
    fn hundredths_have_two_implied_decimals_and_no_third() {
        assert_eq!(to_hundredths(decimal("100.89")), Some(10089));
        assert_eq!(to_hundredths(decimal("100")), Some(10000));
        assert_eq!(to_hundredths(decimal("100.899")), None);
        assert_eq!(of_hundredths(10089), decimal("100.89"));
    }
}
