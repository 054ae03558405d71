//! Every word that a provider documents, with its meaning and source.

use std::fmt;

use super::RefundStatus;
use crate::{ProviderName, providers};

/// The field that a word stands in: the same word can mean different things in different fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WordField {
    /// Tazapay's `data.status` of a refund, read in any case.
    Tazapay,
    /// Optty's `refundStatus` of a refund and `refunds[].status` of an order.
    Optty,
    /// MCE's `data.status`, a number.
    Mce,
    /// Kotani Pay's `refundStatus`.
    KotanipayRefund,
    /// Kotani Pay's `status` of the off-ramp whose refund it is.
    KotanipayOfframp,
    /// The status of a refund at a provider of your own.
    Own(OwnWords),
}

/// The words of a provider of your own for the status of a refund, letter by letter, with their meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnWords(&'static [(&'static str, RefundStatus)]);

impl OwnWords {
    /// These words. Any other one is [`RefundStatus::Unknown`].
    pub const fn new(words: &'static [(&'static str, RefundStatus)]) -> Self {
        Self(words)
    }
}

impl fmt::Display for WordField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tazapay => "Tazapay `status`",
            Self::Optty => "Optty `refundStatus`",
            Self::Mce => "MCE `status`",
            Self::KotanipayRefund => "Kotani Pay `refundStatus`",
            Self::KotanipayOfframp => "Kotani Pay `status`",
            Self::Own(_) => "`status`",
        })
    }
}

/// A word that a provider documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentedWord {
    /// The field that it stands in.
    pub field: WordField,
    /// The word.
    pub word: &'static str,
    /// What it means for the refund; `None` where it says nothing of one.
    pub meaning: Option<RefundStatus>,
    /// Where it is documented; the [module](crate::status) has the addresses.
    pub source: &'static str,
}

/// Every word that a provider documents for the status of a refund or of what is refunded.
pub fn documented_words() -> impl Iterator<Item = &'static DocumentedWord> {
    let profiles = ProviderName::BUILT_IN.into_iter().filter_map(providers::of);
    profiles.flat_map(|profile| profile.documented)
}

impl WordField {
    /// Whose field it is, of the built-in providers.
    fn provider(self) -> Option<ProviderName> {
        match self {
            Self::Tazapay => Some(ProviderName::Tazapay),
            Self::Optty => Some(ProviderName::Optty),
            Self::Mce => Some(ProviderName::Mce),
            Self::KotanipayRefund | Self::KotanipayOfframp => Some(ProviderName::Kotanipay),
            Self::Own(_) => None,
        }
    }
}

pub(super) fn meaning(field: WordField, word: &str) -> Option<&'static RefundStatus> {
    if let WordField::Own(OwnWords(words)) = field {
        return words
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, meaning)| meaning);
    }
    let profile = providers::of(field.provider()?)?;
    let is_same = |known: &str| match profile.in_any_case {
        true => known.eq_ignore_ascii_case(word),
        false => known == word,
    };
    profile
        .documented
        .iter()
        .find(|known| known.field == field && is_same(known.word))?
        .meaning
        .as_ref()
}
