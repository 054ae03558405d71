//! What Kotani Pay's two statuses say of a refund.

use crate::{RefundStatus, WordField};

impl RefundStatus {
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
        match (refund_status, status) {
            (Some(refund_word), Some(word)) => Some(Self::from_pair(
                (WordField::KotanipayRefund, refund_word),
                (WordField::KotanipayOfframp, word),
            )),
            (Some(word), None) => Some(Self::from_word(WordField::KotanipayRefund, word)),
            (None, Some(word)) => Some(Self::from_offramp(word, None)),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::RefundStatus;

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
}
