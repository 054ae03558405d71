//! How long to wait before another attempt.

use std::time::Duration;

use super::RetryPolicy;

/// A random time up to the exponential limit (full jitter); `attempt` is the one that failed, from 1.
pub(super) fn backoff(policy: &RetryPolicy, attempt: u32) -> Duration {
    let limit = limit(policy, attempt);
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(0..=nanos))
}

fn limit(policy: &RetryPolicy, attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1);
    let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
    policy
        .base_backoff()
        .saturating_mul(factor)
        .min(policy.max_backoff())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy::default().with_backoff(Duration::from_millis(200), Duration::from_secs(1))
    }

    #[test]
    fn the_limit_doubles_up_to_its_maximum() {
        for (attempt, milliseconds) in [(1, 200), (2, 400), (3, 800), (4, 1000), (1000, 1000)] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(limit(&policy(), attempt), expected, "{attempt}");
        }
    }

    #[test]
    fn the_wait_is_spread_over_the_whole_time_up_to_the_limit() {
        let waits: Vec<_> = (0..1000).map(|_| backoff(&policy(), 3)).collect();
        let limit = Duration::from_millis(800);
        assert!(waits.iter().all(|wait| *wait <= limit));
        // The chance that a thousand all miss a quarter is below 10⁻¹²⁴.
        assert!(waits.iter().any(|wait| *wait < limit / 4));
        assert!(waits.iter().any(|wait| *wait > limit / 4 * 3));
    }
}
