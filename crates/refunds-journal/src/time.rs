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

/// A duration in milliseconds.
pub(crate) fn duration_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
