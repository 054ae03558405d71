//! By what it is told that a retry has run.

use std::cmp::Ordering;

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

    /// Whether what the refund shows now proves that the retry has run: it was tried more often. Where no count is
    /// told, nothing does: no document says whose time the time is, which may be the answer's. A count or a time that
    /// goes back or cannot be read makes both worthless.
    ///
    /// An assumption: that no try of Kotani Pay's own moved the count meanwhile.
    pub fn has_run(&self, now: &Self) -> bool {
        // One that has run is counted.
        let counts = (
            self.total_retries.map(Some),
            now.total_retries.map(|count| (count > 0).then_some(count)),
        );
        let times = (self.instant(), now.instant());
        Moved::of(counts) == Moved::On && Moved::of(times) != Moved::Back
    }

    /// Microseconds since 1970: `None` where no time was told, `Some(None)` where it cannot be read.
    fn instant(&self) -> Option<Option<i64>> {
        let told: Timestamp = self.timestamp.as_deref()?.into();
        Some(told.instant().map(|at| at.timestamp_micros()))
    }
}

/// How something that grows with each try compares with what it was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    On,
    Not,
    /// It cannot have done so honestly, or cannot be read.
    Back,
}

impl Moved {
    fn of((before, now): (Option<Option<i64>>, Option<Option<i64>>)) -> Self {
        match (before, now) {
            (_, Some(None)) => Self::Back,
            (Some(Some(before)), Some(Some(now))) => match now.cmp(&before) {
                Ordering::Greater => Self::On,
                Ordering::Equal => Self::Not,
                Ordering::Less => Self::Back,
            },
            _ => Self::Not,
        }
    }
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
    fn a_retry_has_run_when_the_count_moved_on() {
        let before = mark(Some(5), Some("2025-01-01T00:20:00.000Z"));
        assert!(before.has_run(&mark(Some(6), Some("2025-01-01T00:20:00.000Z"))));
        assert!(before.has_run(&mark(Some(6), None)));
    }

    #[test]
    fn what_stands_still_goes_back_or_is_not_told_proves_nothing() {
        let before = mark(Some(5), Some("2025-01-01T00:20:00.000Z"));
        for now in [
            before.clone(),
            // The time may be that of the answer.
            mark(Some(5), Some("2025-01-01T00:21:00.000Z")),
            mark(None, Some("2025-01-01T03:21:00+03:00")),
            mark(Some(4), Some("2025-01-01T00:19:00.000Z")),
            mark(None, None),
            mark(None, Some("soon")),
            // One of them speaks against the other.
            mark(Some(6), Some("2025-01-01T00:19:00.000Z")),
            mark(Some(6), Some("soon")),
            mark(Some(-1), Some("2025-01-01T00:21:00.000Z")),
            mark(Some(0), Some("2025-01-01T00:21:00.000Z")),
        ] {
            assert!(!before.has_run(&now), "{now:?}");
        }
        let timed = mark(None, Some("2025-01-01T00:20:00.000Z"));
        assert!(!timed.has_run(&mark(Some(0), Some("2025-01-01T00:21:00.000Z"))));
        assert!(!mark(None, None).has_run(&mark(Some(9), Some("2025-01-01T00:20:00.000Z"))));
    }
}
