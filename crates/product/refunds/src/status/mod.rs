#![doc = include_str!("../../docs/statuses.md")]

mod words;

use std::fmt;

use serde::{Deserialize, Serialize};
pub use words::{DocumentedWord, OwnWords, WordField, documented_words};

/// What became of a refund, in one vocabulary for all providers.
///
/// A word that is not documented stays as it came, in [`Unknown`](Self::Unknown), and is not final.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundStatus {
    /// Under way.
    Pending,
    /// Waiting for something that the user has to supply, such as a Lightning invoice.
    ActionRequired,
    /// The money has been returned.
    Succeeded,
    /// The money has not been returned.
    Failed,
    /// Given up before the money was returned.
    Cancelled,
    /// A word or number whose meaning is not documented, as it came.
    Unknown(String),
}

impl RefundStatus {
    /// Whether the provider says that nothing more will happen by itself.
    ///
    /// Kotani Pay documents that even a final status can be corrected later.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Succeeded | Self::Failed | Self::Cancelled => true,
            Self::Pending | Self::ActionRequired | Self::Unknown(_) => false,
        }
    }

    /// The status in lower case, or the unknown word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::ActionRequired => "action_required",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown(word) => word,
        }
    }

    /// What a provider's word in a field means.
    pub fn from_word(field: WordField, word: &str) -> Self {
        match words::meaning(field, word) {
            Some(status) => status.clone(),
            None => Self::Unknown(word.to_owned()),
        }
    }

    /// What a word for a refund means beside one for what is refunded. It counts, unless one of the two is an end that the
    /// other contradicts: such a pair is kept as it came.
    pub(crate) fn from_pair(
        (field, word): (WordField, &str),
        (payment, beside): (WordField, &str),
    ) -> Self {
        let of_refund = Self::from_word(field, word);
        let of_payment = Self::from_word(payment, beside);
        // A word that says nothing of the refund contradicts nothing.
        let both_tell = !of_refund.is_unknown() && !of_payment.is_unknown();
        let is_end = of_refund.is_final() || of_payment.is_final();
        match both_tell && is_end && of_refund != of_payment {
            true => Self::Unknown(format!("{word} beside {beside}")),
            false => of_refund,
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

impl fmt::Display for RefundStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTATION: &str = include_str!("../../docs/statuses.md");

    #[test]
    fn every_documented_word_means_what_the_table_says() {
        use RefundStatus::{ActionRequired, Cancelled, Failed, Pending, Succeeded};
        for (field, word, status) in [
            (WordField::Tazapay, "requested", Pending),
            (WordField::Tazapay, "pending", Pending),
            (WordField::Tazapay, "initiated", Pending),
            (WordField::Tazapay, "processing", Pending),
            (WordField::Tazapay, "succeeded", Succeeded),
            (WordField::Tazapay, "failed", Failed),
            (WordField::Tazapay, "rejected", Failed),
            (WordField::Tazapay, "cancelled", Cancelled),
            (WordField::Optty, "SUCCESSFUL", Succeeded),
            (WordField::KotanipayRefund, "SUCCESSFUL", Succeeded),
            (WordField::KotanipayRefund, "FAILED", Failed),
            (WordField::KotanipayRefund, "INVOICE_NEEDED", ActionRequired),
            (WordField::KotanipayOfframp, "REFUND_PENDING", Pending),
            (WordField::KotanipayOfframp, "REFUNDED", Succeeded),
            (WordField::KotanipayOfframp, "REVERSED", Succeeded),
            (WordField::KotanipayOfframp, "REFUND_FAILED", Failed),
        ] {
            assert_eq!(RefundStatus::from_word(field, word), status, "{word}");
        }
    }

    #[test]
    fn tazapay_is_read_in_any_case_and_the_others_are_not() {
        for word in ["Succeeded", "SUCCEEDED", "succeeded"] {
            let status = RefundStatus::from_word(WordField::Tazapay, word);
            assert_eq!(status, RefundStatus::Succeeded);
        }
        let status = RefundStatus::from_word(WordField::Optty, "successful");
        assert_eq!(status, RefundStatus::Unknown("successful".to_owned()));
    }

    #[test]
    fn an_unknown_word_is_kept_and_is_not_final() {
        for (field, word) in [
            (WordField::Tazapay, "Paused"),
            (WordField::Optty, "PENDING"),
            (WordField::Mce, "1"),
            (WordField::KotanipayRefund, "QUEUED"),
        ] {
            let status = RefundStatus::from_word(field, word);
            assert_eq!(status, RefundStatus::Unknown(word.to_owned()));
            assert!(!status.is_final());
        }
    }

    #[test]
    fn the_documentation_has_a_row_for_every_word() {
        for word in documented_words() {
            let shown = match &word.meaning {
                Some(status) => status.as_str().replace('_', " "),
                None => "kept as it came".to_owned(),
            };
            let row = format!(
                "| {} | `{}` | {shown} | {} |",
                word.field, word.word, word.source
            );
            assert!(DOCUMENTATION.contains(&row), "missing: {row}");
        }
        let rows = DOCUMENTATION.matches("\n| ").count();
        // A header, and the row that depends on two fields.
        assert_eq!(rows, documented_words().count() + 2);
    }

    #[test]
    fn only_an_end_is_final() {
        for (status, is_final) in [
            (RefundStatus::Pending, false),
            (RefundStatus::ActionRequired, false),
            (RefundStatus::Succeeded, true),
            (RefundStatus::Failed, true),
            (RefundStatus::Cancelled, true),
        ] {
            assert_eq!(status.is_final(), is_final, "{status}");
        }
    }
}
