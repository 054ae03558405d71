//! By what it is told that a retry has run.

use provider_runtime::Timestamp;
use serde::{Deserialize, Serialize};

/// What a refund at Kotani Pay showed before a retry. A retry is queued, and two queued ones can both pay:
/// another may follow only once the refund has failed *and* shows something else than this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RetryMark {
    /// `totalRetries`; `None` where it was not told.
    pub total_retries: Option<i64>,
    /// `timestamp`, as it came; `None` where it was not told.
    pub timestamp: Option<String>,
}

impl RetryMark {
    pub(crate) fn new(total_retries: Option<i64>, timestamp: Option<&Timestamp>) -> Self {
        Self {
            total_retries,
            timestamp: timestamp.map(|at| at.as_str().to_owned()),
        }
    }

    /// Whether what the refund shows now proves that the retry has run: it was tried more often, or its time
    /// moved on. What was not told before proves nothing.
    pub(crate) fn has_run(&self, now: &Self) -> bool {
        let tried_again = matches!(
            (self.total_retries, now.total_retries),
            (Some(before), Some(now)) if now > before
        );
        let moved_on = matches!(
            (instant(self), instant(now)),
            (Some(before), Some(now)) if now > before
        );
        tried_again || moved_on
    }
}

fn instant(mark: &RetryMark) -> Option<i64> {
    let at: Timestamp = mark.timestamp.as_deref()?.parse().ok()?;
    Some(at.instant()?.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(total_retries: Option<i64>, timestamp: Option<&str>) -> RetryMark {
        RetryMark {
            total_retries,
            timestamp: timestamp.map(str::to_owned),
        }
    }

    #[test]
    fn a_retry_has_run_when_the_count_or_the_time_moved_on() {
        let before = mark(Some(5), Some("2025-01-01T00:20:00.000Z"));
        assert!(before.has_run(&mark(Some(6), Some("2025-01-01T00:20:00.000Z"))));
        assert!(before.has_run(&mark(Some(5), Some("2025-01-01T00:21:00.000Z"))));
        assert!(before.has_run(&mark(None, Some("2025-01-01T03:21:00+03:00"))));
    }

    #[test]
    fn what_stands_still_goes_back_or_is_not_told_proves_nothing() {
        let before = mark(Some(5), Some("2025-01-01T00:20:00.000Z"));
        for now in [
            before.clone(),
            mark(Some(4), Some("2025-01-01T00:19:00.000Z")),
            mark(None, None),
            mark(None, Some("soon")),
        ] {
            assert!(!before.has_run(&now), "{now:?}");
        }
        assert!(!mark(None, None).has_run(&mark(Some(9), Some("2025-01-01T00:20:00.000Z"))));
    }
}
