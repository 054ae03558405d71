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

    /// What the status of a Kotani Pay off-ramp says of its refund.
    ///
    /// `FAILED` with a successful status on the chain is not final: the crypto has arrived, the
    /// payout has failed, and a refund starts by itself five minutes later.
    pub fn from_offramp(status: &str, onchain_status: Option<&str>) -> Self {
        match (status, onchain_status) {
            ("FAILED", Some("SUCCESSFUL")) => Self::Pending,
            _ => Self::from_word(WordField::KotanipayOfframp, status),
        }
    }

    /// What Kotani Pay's `refundStatus` says, beside the `status` of the off-ramp; an empty text counts
    /// as none, and none of both is no status.
    ///
    /// `refundStatus` counts where it is there, unless one of the two is an end that the other
    /// contradicts, such as `FAILED` beside `REVERSED`, or beside `REFUND_PENDING` while it is tried
    /// again. Such a pair is not documented, and is kept as it came.
    pub fn from_refund_status(refund_status: Option<&str>, status: Option<&str>) -> Option<Self> {
        let refund_status = refund_status.filter(|word| !word.is_empty());
        let status = status.filter(|word| !word.is_empty());
        let (refund_word, word) = match (refund_status, status) {
            (Some(refund_word), Some(word)) => (refund_word, word),
            (Some(word), None) => return Some(Self::from_word(WordField::KotanipayRefund, word)),
            (None, Some(word)) => return Some(Self::from_offramp(word, None)),
            (None, None) => return None,
        };
        let of_refund = Self::from_word(WordField::KotanipayRefund, refund_word);
        let of_offramp = Self::from_offramp(word, None);
        // A word that says nothing of the refund contradicts nothing.
        let both_tell = !of_refund.is_unknown() && !of_offramp.is_unknown();
        let is_end = of_refund.is_final() || of_offramp.is_final();
        if both_tell && is_end && of_refund != of_offramp {
            return Some(Self::Unknown(format!("{refund_word} beside {word}")));
        }
        Some(of_refund)
    }

    fn is_unknown(&self) -> bool {
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
    fn a_failed_offramp_whose_crypto_arrived_is_not_final() {
        let status = RefundStatus::from_offramp("FAILED", Some("SUCCESSFUL"));
        assert_eq!(status, RefundStatus::Pending);
        // Only `SUCCESSFUL` is documented.
        for onchain in [None, Some("FAILED"), Some("PENDING"), Some("SUCCESS")] {
            let status = RefundStatus::from_offramp("FAILED", onchain);
            assert_eq!(status, RefundStatus::Unknown("FAILED".to_owned()));
        }
    }

    #[test]
    fn a_refund_status_counts_unless_the_offramp_contradicts_it() {
        use RefundStatus::{ActionRequired, Failed, Succeeded, Unknown};
        let kept = |text: &str| Unknown(text.to_owned());
        for (refund_status, status, expected) in [
            // The three webhooks of the documentation.
            ("SUCCESSFUL", "REVERSED", Succeeded),
            ("FAILED", "", Failed),
            ("INVOICE_NEEDED", "FAILED", ActionRequired),
            ("FAILED", "REFUND_FAILED", Failed),
            ("FAILED", "REVERSED", kept("FAILED beside REVERSED")),
            ("FAILED", "REFUNDED", kept("FAILED beside REFUNDED")),
            (
                "FAILED",
                "REFUND_PENDING",
                kept("FAILED beside REFUND_PENDING"),
            ),
            (
                "SUCCESSFUL",
                "REFUND_FAILED",
                kept("SUCCESSFUL beside REFUND_FAILED"),
            ),
            (
                "INVOICE_NEEDED",
                "REFUNDED",
                kept("INVOICE_NEEDED beside REFUNDED"),
            ),
            ("INVOICE_NEEDED", "REFUND_PENDING", ActionRequired),
            ("QUEUED", "REFUNDED", kept("QUEUED")),
        ] {
            let told = RefundStatus::from_refund_status(Some(refund_status), Some(status));
            assert_eq!(told, Some(expected), "{refund_status} {status}");
        }
    }

    #[test]
    fn without_a_refund_status_that_of_the_offramp_counts() {
        for refund_status in [None, Some("")] {
            let told = |status| RefundStatus::from_refund_status(refund_status, status);
            assert_eq!(told(Some("REFUNDED")), Some(RefundStatus::Succeeded));
            assert_eq!(told(Some("")), None);
            assert_eq!(told(None), None);
        }
    }

    #[test]
    fn the_status_of_an_offramp_that_was_paid_out_is_no_refund() {
        for word in ["SUCCESS", "SUCCESSFUL", "PENDING", "CANCELLED", "TIMEOUT"] {
            let status = RefundStatus::from_offramp(word, Some("SUCCESSFUL"));
            assert_eq!(status, RefundStatus::Unknown(word.to_owned()), "{word}");
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
