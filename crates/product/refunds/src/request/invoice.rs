//! A Lightning invoice, to which Kotani Pay pays a refund of Lightning.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A Lightning invoice (BOLT 11). `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LightningInvoice(String);

/// A text is no Lightning invoice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no Lightning invoice: give the whole text that begins with `ln`, such as `lnbc…`")]
pub struct InvoiceError;

impl LightningInvoice {
    /// Checks that a text looks like an invoice: `ln`, the network (`bc`) and what follows, all letters
    /// and digits.
    /// Its amount and signature are not checked.
    ///
    /// # Errors
    /// The text begins with something else, ends there or has other characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvoiceError> {
        let text = text.into();
        let begins = text
            .get(..2)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("ln"));
        let fits =
            begins && text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits {
            Ok(Self(text))
        } else {
            Err(InvoiceError)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LightningInvoice {
    type Err = InvoiceError;

    fn from_str(text: &str) -> Result<Self, InvoiceError> {
        Self::new(text)
    }
}

impl TryFrom<String> for LightningInvoice {
    type Error = InvoiceError;

    fn try_from(text: String) -> Result<Self, InvoiceError> {
        Self::new(text)
    }
}

impl From<LightningInvoice> for String {
    fn from(invoice: LightningInvoice) -> Self {
        invoice.0
    }
}

impl fmt::Debug for LightningInvoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LightningInvoice(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_begins_with_its_network() {
        for text in ["lnbc1500n1pj9", "LNBC1500N1PJ9"] {
            assert_eq!(LightningInvoice::new(text).unwrap().as_str(), text);
        }
        for text in ["", "lnbc", "1lnbc5", "lnbc 5", "https://x", "éé"] {
            assert_eq!(LightningInvoice::new(text), Err(InvoiceError), "{text}");
        }
    }
}
