//! What the user asks for, at the built-in providers.

use refunds_conformance::plot::REFERENCES;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    /// Everything of a payin.
    TazapayFull,
    /// The same, with the payment attempt named.
    TazapayFullOfAttempt,
    /// 19.90 USD of a payin.
    TazapayPart,
    /// A part of it, with the payment attempt named.
    TazapayPartOfAttempt,
    /// 19.90 AUD of an order.
    OpttyPart,
    /// The same, with the reference in the description.
    OpttyNamedPart,
    Mce,
    KotanipayRetry,
    KotanipayInvoice,
}

impl Ask {
    /// Whether everything is refunded at a provider that refuses a second refund of everything.
    pub(crate) fn is_full(self) -> bool {
        matches!(self, Self::TazapayFull | Self::TazapayFullOfAttempt)
    }

    /// The names of the refund. Kotani Pay's is that of the off-ramp, and there is no other.
    pub(crate) fn references(self) -> [&'static str; 2] {
        match self {
            Self::KotanipayRetry | Self::KotanipayInvoice => [crate::models::OFFRAMP; 2],
            _ => REFERENCES,
        }
    }

    /// What the user does, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::TazapayFull => "refunds all of payin `chk_1`",
            Self::TazapayFullOfAttempt => "refunds all of attempt `pat_1` of payin `chk_1`",
            Self::TazapayPart => "refunds 19.90 USD of payin `chk_1`",
            Self::TazapayPartOfAttempt => "refunds 19.90 USD of attempt `pat_1` of payin `chk_1`",
            Self::OpttyPart => "refunds 19.90 AUD of order `order-1`",
            Self::OpttyNamedPart => {
                "refunds 19.90 AUD of order `order-1`, with the reference in the description"
            }
            Self::Mce => "refunds transaction `tx-1`",
            Self::KotanipayRetry => "retries the failed refund of off-ramp `off-1`",
            Self::KotanipayInvoice => "submits an invoice for the refund of off-ramp `off-1`",
        }
    }
}
