//! Every word that a provider documents, with its meaning and source.

use std::fmt;

use super::RefundStatus::{self, ActionRequired, Cancelled, Failed, Pending, Succeeded};

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
pub fn documented_words() -> &'static [DocumentedWord] {
    WORDS
}

pub(super) fn meaning(field: WordField, word: &str) -> Option<&'static RefundStatus> {
    if let WordField::Own(OwnWords(words)) = field {
        return words
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, meaning)| meaning);
    }
    let is_same = |known: &str| match field {
        WordField::Tazapay => known.eq_ignore_ascii_case(word),
        _ => known == word,
    };
    WORDS
        .iter()
        .find(|known| known.field == field && is_same(known.word))?
        .meaning
        .as_ref()
}

const fn row(
    field: WordField,
    word: &'static str,
    meaning: Option<RefundStatus>,
    source: &'static str,
) -> DocumentedWord {
    DocumentedWord {
        field,
        word,
        meaning,
        source,
    }
}

const OBJECT: &str = "object page";
const TEXT: &str = "OpenAPI text";
const STATES: &str = "states page";
const FLOW: &str = "flow pages";
const WEBHOOK: &str = "webhook pages";

const WORDS: &[DocumentedWord] = &[
    row(WordField::Tazapay, "requested", Some(Pending), OBJECT),
    row(WordField::Tazapay, "pending", Some(Pending), TEXT),
    row(WordField::Tazapay, "initiated", Some(Pending), OBJECT),
    row(WordField::Tazapay, "processing", Some(Pending), TEXT),
    row(WordField::Tazapay, "succeeded", Some(Succeeded), TEXT),
    row(WordField::Tazapay, "failed", Some(Failed), TEXT),
    row(WordField::Tazapay, "rejected", Some(Failed), OBJECT),
    row(WordField::Tazapay, "cancelled", Some(Cancelled), STATES),
    row(
        WordField::Optty,
        "SUCCESSFUL",
        Some(Succeeded),
        "samples of both answers",
    ),
    row(
        WordField::KotanipayRefund,
        "SUCCESSFUL",
        Some(Succeeded),
        WEBHOOK,
    ),
    row(WordField::KotanipayRefund, "FAILED", Some(Failed), WEBHOOK),
    row(
        WordField::KotanipayRefund,
        "INVOICE_NEEDED",
        Some(ActionRequired),
        WEBHOOK,
    ),
    row(WordField::KotanipayOfframp, "PENDING", None, FLOW),
    row(WordField::KotanipayOfframp, "CRYPTO_RECEIVED", None, FLOW),
    row(WordField::KotanipayOfframp, "PROCESSING", None, FLOW),
    row(WordField::KotanipayOfframp, "SUCCESS", None, FLOW),
    row(WordField::KotanipayOfframp, "SUCCESSFUL", None, WEBHOOK),
    row(WordField::KotanipayOfframp, "FAILED", None, FLOW),
    row(WordField::KotanipayOfframp, "TIMEOUT", None, FLOW),
    row(WordField::KotanipayOfframp, "CANCELLED", None, FLOW),
    row(
        WordField::KotanipayOfframp,
        "REFUND_PENDING",
        Some(Pending),
        FLOW,
    ),
    row(
        WordField::KotanipayOfframp,
        "REFUNDED",
        Some(Succeeded),
        FLOW,
    ),
    row(
        WordField::KotanipayOfframp,
        "REVERSED",
        Some(Succeeded),
        WEBHOOK,
    ),
    row(
        WordField::KotanipayOfframp,
        "REFUND_FAILED",
        Some(Failed),
        FLOW,
    ),
];
