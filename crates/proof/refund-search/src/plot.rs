//! What stories are about: a provider, a payment, what the user asks for, and who else has refunded.

use std::time::Duration;

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

/// What the user does and what can happen to him.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) ask: Ask,
    /// How long the user waits before he goes on.
    pub(crate) waits: &'static [Duration],
    /// What an accepted refund can be asked about afterwards.
    pub(crate) can_fetch: bool,
    /// An accepted write may be tried again, with its mark.
    pub(crate) can_try_again: bool,
    /// How often the process may be killed.
    pub(crate) kills: u8,
    /// How long a call may take at most; otherwise as long as the policy has it.
    pub(crate) deadline: Option<Duration>,
    /// Keys are trusted for parts, too.
    pub(crate) trusts_keys: bool,
}

pub(crate) const NOW: Duration = Duration::ZERO;
pub(crate) const TWO_MINUTES: Duration = Duration::from_secs(120);
pub(crate) const NEXT_DAY: Duration = Duration::from_secs(25 * 3600);

/// The user's reference, and the one under which he asks for a corrected refund.
pub(crate) const REFERENCES: [&str; 2] = ["r-1", "r-2"];

impl Ask {
    /// Whether everything is refunded at a provider that refuses a second refund of everything.
    pub(crate) fn is_full(self) -> bool {
        matches!(self, Self::TazapayFull | Self::TazapayFullOfAttempt)
    }
}

impl Plot {
    /// The name of the refund. Kotani Pay's is that of the off-ramp, and there is no other.
    pub(crate) fn reference(&self, corrected: bool) -> &'static str {
        match self.ask {
            Ask::KotanipayRetry | Ask::KotanipayInvoice => crate::models::OFFRAMP,
            _ if corrected => REFERENCES[1],
            _ => REFERENCES[0],
        }
    }

    /// What the user does, in words.
    pub(crate) fn words(&self) -> &'static str {
        match self.ask {
            Ask::TazapayFull => "refunds all of payin `chk_1`",
            Ask::TazapayFullOfAttempt => "refunds all of attempt `pat_1` of payin `chk_1`",
            Ask::TazapayPart => "refunds 19.90 USD of payin `chk_1`",
            Ask::TazapayPartOfAttempt => "refunds 19.90 USD of attempt `pat_1` of payin `chk_1`",
            Ask::OpttyPart => "refunds 19.90 AUD of order `order-1`",
            Ask::OpttyNamedPart => {
                "refunds 19.90 AUD of order `order-1`, with the reference in the description"
            }
            Ask::Mce => "refunds transaction `tx-1`",
            Ask::KotanipayRetry => "retries the failed refund of off-ramp `off-1`",
            Ask::KotanipayInvoice => "submits an invoice for the refund of off-ramp `off-1`",
        }
    }
}
