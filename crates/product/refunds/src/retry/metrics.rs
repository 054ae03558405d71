//! How many writes ended how, for whatever recorder the program has.

use super::write::{Written, ended};
use crate::{ProviderName, RejectionReason};

/// Counts a write by its provider, how it ended, and why: the row of the evidence that decided, or what kept it from
/// being sent.
pub(super) fn count<T>(provider: ProviderName, operation: &'static str, written: &Written<T>) {
    let cause = match written {
        Written::Unknown { question, .. } => question.row.map_or("none", |row| row.id),
        Written::Rejected { row: Some(row), .. } => row.id,
        Written::Rejected { reason, .. } => match reason {
            RejectionReason::NotSent => "not_sent",
            RejectionReason::RateLimited { .. } => "rate_limited",
            RejectionReason::Refused => "refused",
        },
        _ => "none",
    };
    let (outcome, _) = ended(written);
    metrics::counter!(
        "refunds.outcomes",
        "refunds.provider" => provider.as_str(),
        "refunds.operation" => operation,
        "refunds.outcome" => outcome,
        "refunds.cause" => cause,
    )
    .increment(1);
}
