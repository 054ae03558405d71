//! Requests in a window that slides with the clock.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{RateLimits, imitations::Call};

const BURST_WINDOW: TimeDelta = TimeDelta::seconds(5);
const MONEY_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// When the admitted requests of each operation came.
#[derive(Default)]
pub(super) struct RateLimiter {
    admitted: HashMap<String, VecDeque<DateTime<Utc>>>,
}

impl RateLimiter {
    /// Admits a request, or tells the seconds to wait.
    pub(super) fn admit(&mut self, limits: &RateLimits, call: &Call<'_>) -> Result<(), u64> {
        let windows: &[(TimeDelta, u32)] = if call.operation.moves_money {
            &[
                (BURST_WINDOW, limits.money_burst),
                (MONEY_WINDOW, limits.money),
            ]
        } else {
            let reads = limits
                .reads_burst
                .map_or(limits.reads, |burst| burst.min(limits.reads));
            &[(BURST_WINDOW, reads)]
        };
        let admitted = self
            .admitted
            .entry(call.operation.name.clone())
            .or_default();
        let is_old = |at: &DateTime<Utc>| call.now.signed_duration_since(*at) >= MONEY_WINDOW;
        while admitted.front().is_some_and(is_old) {
            admitted.pop_front();
        }
        let waits = windows
            .iter()
            .filter_map(|(window, limit)| wait(admitted, call.now, *window, *limit));
        match waits.max() {
            Some(seconds) => Err(seconds),
            None => {
                admitted.push_back(call.now);
                Ok(())
            }
        }
    }
}

/// Whole seconds until the window has room; none when it has room now.
fn wait(
    admitted: &VecDeque<DateTime<Utc>>,
    now: DateTime<Utc>,
    window: TimeDelta,
    limit: u32,
) -> Option<u64> {
    let is_within = |at: &&DateTime<Utc>| now.signed_duration_since(**at) < window;
    let within = admitted.iter().filter(is_within).count();
    let over = within.checked_sub(limit as usize)?;
    // Room comes when so many of the oldest have left that one more fits.
    let last_to_leave = admitted.iter().filter(is_within).nth(over);
    let left = last_to_leave.map_or(window, |at| window - now.signed_duration_since(*at));
    let seconds = left.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    Some(seconds)
}
