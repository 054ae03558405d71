//! Waits between two requests, which listeners can tell of while they last.

use std::{fmt, time::Duration};

/// Waits. An event of the target `refunds::wait` says beforehand for how long (`refunds.wait_ms`) and why.
pub(crate) async fn pause(wait: Duration, why: impl fmt::Display) {
    if !wait.is_zero() {
        let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "refunds::wait", { refunds.wait_ms = milliseconds }, "{why}");
    }
    tokio::time::sleep(wait).await;
}
