//! Currencies of states and tokens of blockchains.

use std::{fmt, str::FromStr, sync::Arc};

use iso_currency::Flag;

use super::MoneyTextError;

/// What an amount is an amount of.
///
/// Codes of ISO 4217 are read in upper or lower case; anything else of letters, digits, `.` and `-`
/// is a token, kept as written (`USDT`, `cUSD`). A mistyped code becomes a token, which providers
/// that refund in currencies refuse before anything is sent.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Currency {
    /// A currency of ISO 4217.
    Iso(iso_currency::Currency),
    /// A token of a blockchain.
    Token(Token),
}

impl Currency {
    /// The code or symbol, such as `AUD` or `USDT`.
    pub fn code(&self) -> &str {
        match self {
            Self::Iso(currency) => currency.code(),
            Self::Token(token) => token.as_str(),
        }
    }

    /// How many decimals amounts have: ISO's minor unit; `None` for tokens and where ISO names none.
    pub fn decimals(&self) -> Option<u32> {
        match self {
            Self::Iso(currency) => currency.exponent().map(u32::from),
            Self::Token(_) => None,
        }
    }

    /// What a code of ISO 4217 stands for that is no money: a metal, a unit of account, a fund, a test, no currency. No
    /// provider pays that out. `None` for money.
    pub fn special(&self) -> Option<&str> {
        match self {
            Self::Iso(currency) => {
                let is_none = currency.has_flag(Flag::Special) || currency.has_flag(Flag::Fund);
                is_none.then(|| currency.name())
            }
            Self::Token(_) => None,
        }
    }
}

impl From<iso_currency::Currency> for Currency {
    fn from(currency: iso_currency::Currency) -> Self {
        Self::Iso(currency)
    }
}

impl FromStr for Currency {
    type Err = MoneyTextError;

    fn from_str(text: &str) -> Result<Self, MoneyTextError> {
        if text.len() == 3
            && let Some(currency) = iso_currency::Currency::from_code(&text.to_ascii_uppercase())
        {
            return Ok(Self::Iso(currency));
        }
        Token::new(text).map(Self::Token)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The symbol of a token, as the provider writes it: 2 to 16 letters, digits, `.` and `-`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(Arc<str>);

impl Token {
    /// Checks a symbol.
    ///
    /// # Errors
    /// It is shorter than 2 or longer than 16 characters, has others than ASCII letters, digits,
    /// `.` and `-`, or does not begin with a letter.
    pub fn new(symbol: &str) -> Result<Self, MoneyTextError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        let is_symbol = (2..=16).contains(&symbol.len())
            && symbol.bytes().all(fits)
            && symbol.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_symbol {
            Ok(Self(symbol.into()))
        } else {
            Err(MoneyTextError::Currency)
        }
    }

    /// The symbol.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_codes_are_read_in_either_case_and_tokens_as_written() {
        for (text, code, decimals) in [
            ("AUD", "AUD", Some(2)),
            ("jpy", "JPY", Some(0)),
            ("KWD", "KWD", Some(3)),
            ("USDT", "USDT", None),
            ("cUSD", "cUSD", None),
            ("USDC.e", "USDC.e", None),
            ("BTC", "BTC", None),
        ] {
            let currency: Currency = text.parse().unwrap();
            assert_eq!((currency.code(), currency.decimals()), (code, decimals));
        }
    }

    #[test]
    fn what_is_no_symbol_is_refused() {
        for text in ["", "A", "A$", "1INCH", "ÄÖÜ", "A B", "ABCDEFGHIJKLMNOPQ"] {
            assert_eq!(
                text.parse::<Currency>(),
                Err(MoneyTextError::Currency),
                "{text}"
            );
        }
    }
}
