//! Times as they are stored.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds of Unix time as a time.
pub(crate) fn system_time(millis: i64) -> SystemTime {
    match u64::try_from(millis) {
        Ok(millis) => UNIX_EPOCH + Duration::from_millis(millis),
        Err(_) => UNIX_EPOCH,
    }
}

/// A time as milliseconds of Unix time.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A duration in milliseconds, of a thousand years at most, so that it can be added to a time.
pub(crate) fn duration_millis(duration: Duration) -> i64 {
    const LONGEST: i64 = 1_000 * 365 * 24 * 60 * 60 * 1_000;
    i64::try_from(duration.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}
