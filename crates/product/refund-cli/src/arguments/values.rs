//! Values, checked as they are written.

use refunds::{Money, MoneyTextError};
use url::Url;

/// The longest that a call may take, in seconds.
const YEAR: u64 = 366 * 24 * 60 * 60;

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

/// A whole number from `least` to `most`, which is called so.
fn whole<N: TryFrom<u64>>(text: &str, what: &str, least: u64, most: u64) -> Result<N, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number));
    number
        .and_then(|number: u64| N::try_from(number).ok())
        .ok_or_else(|| format!("write {what} as a whole number from {least} to {most}"))
}

pub(super) fn seconds(text: &str) -> Result<u64, String> {
    whole(text, "seconds", 1, YEAR)
}

pub(super) fn count(text: &str) -> Result<u32, String> {
    whole(text, "how many", 1, u32::MAX.into())
}

pub(super) fn in_the_air(text: &str) -> Result<usize, String> {
    whole(text, "how many", 1, 10_000)
}

/// The first of five ports in a row.
pub(super) fn port(text: &str) -> Result<u16, String> {
    whole(text, "the first of five ports", 1, u64::from(u16::MAX) - 4)
}

pub(crate) fn transaction_type(text: &str) -> Result<i64, String> {
    text.parse()
        .map_err(|_| "write the number that MCE's webhook told, such as 1".to_owned())
}

/// A URL that a provider can call.
pub(crate) fn web_address(text: &str) -> Result<String, String> {
    let fits = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    match fits {
        true => Ok(text.to_owned()),
        false => Err("write a whole URL, such as https://shop.example/refunds".to_owned()),
    }
}

pub(crate) fn email(text: &str) -> Result<String, String> {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    };
    match text.rsplit_once('@') {
        Some((name, host)) if is_part(name) && is_part(host) => Ok(text.to_owned()),
        _ => Err("write an address such as ann@shop.example".to_owned()),
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
    fn a_number_that_does_not_fit_is_refused_with_those_that_do() {
        for text in [
            "0",
            "-1",
            "1.5",
            "1s",
            "",
            "31622401",
            "99999999999999999999",
        ] {
            let refused = seconds(text).unwrap_err();
            assert_eq!(
                refused,
                "write seconds as a whole number from 1 to 31622400"
            );
        }
        assert_eq!((seconds("1"), seconds("31622400")), (Ok(1), Ok(YEAR)));
        assert_eq!(
            (count("4294967295"), count("4294967296").is_err()),
            (Ok(u32::MAX), true)
        );
        assert_eq!(
            (port("65531"), port("65532").is_err(), port("0").is_err()),
            (Ok(65_531), true, true)
        );
    }

    #[test]
    fn addresses_are_whole() {
        for text in ["x", "", "ftp://a.example", "shop.example/refunds"] {
            assert!(web_address(text).is_err(), "{text}");
        }
        assert!(web_address("https://shop.example/r?a=b").is_ok());
        for text in ["x", "", "@a.example", "ann@", "an n@a.example"] {
            assert!(email(text).is_err(), "{text}");
        }
        assert!(email("ann+refunds@shop.example").is_ok());
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
