use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::serde_duration::milliseconds;

/// When an event is delivered again that was not answered with a 2xx: after a
/// pause that doubles each time, by the sandbox's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrySchedule {
    /// The first pause. Default 10 s.
    #[serde(rename = "first_after_ms", with = "milliseconds")]
    pub first_after: Duration,
    /// The longest pause. Default one hour.
    #[serde(rename = "longest_ms", with = "milliseconds")]
    pub longest: Duration,
    /// How long after the first attempt the last one may be; 0 is no retries.
    /// Default 24 hours.
    #[serde(rename = "give_up_after_ms", with = "milliseconds")]
    pub give_up_after: Duration,
}

impl RetrySchedule {
    /// One attempt and no other.
    pub const NONE: Self = Self {
        first_after: Duration::ZERO,
        longest: Duration::ZERO,
        give_up_after: Duration::ZERO,
    };

    /// The pause after this many attempts, the first of which was so long ago.
    pub(crate) fn pause(&self, attempts: u32, so_far: Duration) -> Option<Duration> {
        let doublings = attempts.saturating_sub(1).min(31);
        let pause = self.first_after.saturating_mul(1 << doublings);
        let pause = pause.min(self.longest);
        let is_in_time = so_far.saturating_add(pause) <= self.give_up_after;
        (is_in_time && !self.give_up_after.is_zero()).then_some(pause)
    }
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            first_after: Duration::from_secs(10),
            longest: Duration::from_secs(3600),
            give_up_after: Duration::from_secs(24 * 3600),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_until_the_day_is_over() {
        let schedule = RetrySchedule::default();
        let pauses = [(1, 10), (2, 20), (3, 40), (9, 2560), (10, 3600), (40, 3600)];
        for (attempts, seconds) in pauses {
            let pause = schedule.pause(attempts, Duration::ZERO);
            assert_eq!(pause, Some(Duration::from_secs(seconds)), "{attempts}");
        }
        let late = Duration::from_secs(23 * 3600);
        assert!(schedule.pause(40, late).is_some());
        assert_eq!(schedule.pause(40, late + Duration::from_secs(1)), None);
    }

    #[test]
    fn a_schedule_without_time_has_no_retries() {
        assert_eq!(RetrySchedule::NONE.pause(1, Duration::ZERO), None);
    }
}
