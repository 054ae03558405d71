//! Text to exact decimal, and the question whether a decimal survives a double.

use rust_decimal::Decimal;

/// Every decimal of at most 15 significant digits comes back unchanged from a double.
const ALWAYS_SURVIVES_BELOW: u128 = 1_000_000_000_000_000;

/// The exact decimal that `text` writes, with an optional sign, fraction and exponent.
///
/// `None` when it is not a number, or needs more than the 28 digits that a [`Decimal`] holds:
/// nothing is ever rounded.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    if !is_plain_number(mantissa) {
        return None;
    }
    let decimal = Decimal::from_str_exact(mantissa).ok()?;
    match exponent {
        0 => Some(decimal),
        _ => times_power_of_ten(decimal, exponent),
    }
}

/// Whether the decimal is the same after a reader has put it into a double and printed that.
pub(crate) fn survives_double(decimal: Decimal) -> bool {
    if decimal.mantissa().unsigned_abs() < ALWAYS_SURVIVES_BELOW {
        return true;
    }
    let Ok(double) = decimal.array_string().as_ref().parse::<f64>() else {
        return false;
    };
    parse_decimal(&double.to_string()) == Some(decimal)
}

// `Decimal`'s own parser also takes `1_000`, which no provider means as a number.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

fn times_power_of_ten(decimal: Decimal, exponent: i32) -> Option<Decimal> {
    if decimal.is_zero() {
        return Some(Decimal::ZERO);
    }
    let decimal = decimal.normalize();
    let scale = i64::from(decimal.scale()) - i64::from(exponent);
    match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(decimal.mantissa(), scale).ok(),
        Err(_) => {
            let zeros = u32::try_from(-scale).ok()?;
            let mantissa = decimal
                .mantissa()
                .checked_mul(10_i128.checked_pow(zeros)?)?;
            Decimal::try_from_i128_with_scale(mantissa, 0).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_moves_the_point_exactly() {
        for (text, exact) in [
            ("1e3", Decimal::new(1000, 0)),
            ("1E+2", Decimal::new(100, 0)),
            ("2498e-2", Decimal::new(2498, 2)),
            ("1.50e1", Decimal::new(15, 0)),
            ("0e999", Decimal::ZERO),
        ] {
            assert_eq!(parse_decimal(text), Some(exact), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_exact_decimal_is_refused_rather_than_rounded() {
        for text in [
            "",
            "-",
            ".",
            "string",
            "1_000",
            "1,000",
            "0x10",
            "NaN",
            "1e400",
            "1e-400",
            "1e99999999999",
            "123456789012345678901234567890",
            "0.12345678901234567890123456789012",
        ] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn fifteen_significant_digits_always_survive_a_double() {
        for text in ["0.1", "24.98", "1234567890123.45", "-999999999999999"] {
            let decimal = parse_decimal(text).unwrap();
            assert!(survives_double(decimal), "{text}");
        }
    }

    #[test]
    fn digits_that_a_double_drops_do_not_survive() {
        for text in [
            "0.1234567890123456789",
            "9007199254740993",
            "79228162514264337593543950335",
        ] {
            let decimal = parse_decimal(text).unwrap();
            assert!(!survives_double(decimal), "{text}");
        }
    }

    #[test]
    fn a_long_number_that_a_double_holds_exactly_survives() {
        for text in ["9007199254740992", "10000000000000000000"] {
            let decimal = parse_decimal(text).unwrap();
            assert!(survives_double(decimal), "{text}");
        }
    }
}
