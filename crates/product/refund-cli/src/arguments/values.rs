//! Values, checked as they are written.

use refunds::{Money, MoneyTextError};

/// An amount that can be paid: above zero, in what is money.
pub(crate) fn money(text: &str) -> Result<Money, String> {
    let money: Money = text.parse().map_err(|error: MoneyTextError| {
        if text.trim_start().starts_with('-') {
            "an amount is above zero: write how much is refunded, such as `5.00 USD`".to_owned()
        } else {
            error.to_string()
        }
    })?;
    if money.amount().is_zero() {
        return Err("an amount is above zero".to_owned());
    }
    match money.currency().special() {
        Some(special) => Err(format!(
            "{} ({special}) is no money that a provider pays out: write a currency such as `USD`",
            money.currency(),
        )),
        None => Ok(money),
    }
}

pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or("write a key, `=` and a value, such as `order=7`")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or("write a name, a colon and a value, such as `X-Signature: abc`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub(crate) fn phone(text: &str) -> Result<(String, String), String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.trim_start_matches('+')
        .split_once(' ')
        .filter(|(code, number)| digits(code) && digits(number))
        .map(|(code, number)| (code.to_owned(), number.to_owned()))
        .ok_or_else(|| {
            "write the calling code, a blank and the number, such as `91 5550100`".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_money_above_zero_is_an_amount() {
        for (text, because) in [
            ("-5 USD", "above zero"),
            ("0.00 USD", "above zero"),
            ("5 XTS", "reserved for testing"),
            (concat!("5 X", "XX"), "no money"),
            ("5 XAU", "Gold"),
            ("5 xdr", "no money"),
            ("5,00 EUR", "separators"),
        ] {
            let refused = money(text).unwrap_err();
            assert!(refused.contains(because), "{text}: {refused}");
        }
        for text in ["0.01 USD", "5 XOF", "3 USDT", "100 JPY"] {
            assert!(money(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_telephone_number_is_its_calling_code_and_digits() {
        let number = Ok(("91".to_owned(), "5550100".to_owned()));
        assert_eq!(phone("91 5550100"), number);
        assert_eq!(phone("+91 5550100"), number);
        for text in ["915550100", "91 ", "91 555-0100", ""] {
            assert!(phone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn metadata_is_split_at_the_first_equals_sign() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err() && pair("a").is_err());
    }

    #[test]
    fn a_header_is_split_at_the_first_colon() {
        let split = Ok(("X-Time".to_owned(), "12:30".to_owned()));
        assert_eq!(header("X-Time: 12:30"), split);
        assert_eq!(header("X-Time:12:30"), split);
        assert!(header(": value").is_err() && header("name").is_err());
    }
}
