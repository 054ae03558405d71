//! When time passes for the providers, in steps that no campaign could wait for.

use std::time::Duration;

/// More than an access token lives, and far less than a key is kept.
const HOURS: Duration = Duration::from_secs(2 * 3600);

/// More than a key is kept.
const DAY: Duration = Duration::from_secs(25 * 3600);

/// How long an access token lives in a campaign.
pub const TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// How much passes in a campaign at most.
pub const ALL: Duration = Duration::from_secs(2 * HOURS.as_secs() + DAY.as_secs());

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// Hours, in which the workers go on: tokens expire while they are in use.
    Hours(Duration),
    /// A day, in which no worker runs: keys are forgotten while refunds are in doubt.
    Day(Duration),
}

/// What is still to pass, by how many lines the journals have.
pub struct Calendar {
    /// The next one last.
    dates: Vec<(u64, Passing)>,
}

impl Calendar {
    /// For this many refunds, each of which has two lines at least.
    pub fn new(refunds: u64) -> Self {
        let hours = Passing::Hours(HOURS);
        let dates = vec![
            (refunds * 3 / 2, hours),
            (refunds, Passing::Day(DAY)),
            (refunds / 2, hours),
        ];
        Self { dates }
    }

    /// For keys that are kept for no longer than the day, and the `shortest` of them for so long: what runs does not see
    /// hours pass, so that they do not where a key would end meanwhile.
    pub fn with_keys(mut self, day: Duration, shortest: Option<Duration>) -> Self {
        let may_pass = shortest.is_none_or(|kept| kept >= HOURS * 3);
        self.dates.retain_mut(|(_, passing)| match passing {
            Passing::Hours(_) => may_pass,
            Passing::Day(time) => {
                *time = day.max(*time);
                true
            }
        });
        self
    }

    /// What passes now, if anything does.
    pub fn due(&mut self, lines: u64) -> Option<Passing> {
        self.dates
            .pop_if(|(at, _)| lines >= *at)
            .map(|(_, passing)| passing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_pass_before_and_after_the_day_and_each_once() {
        let mut calendar = Calendar::new(100);
        assert_eq!(calendar.due(49), None);
        assert_eq!(calendar.due(50), Some(Passing::Hours(HOURS)));
        assert_eq!(calendar.due(99), None);
        assert_eq!(calendar.due(150), Some(Passing::Day(DAY)));
        assert_eq!(calendar.due(150), Some(Passing::Hours(HOURS)));
        assert_eq!(calendar.due(1000), None);
    }

    #[test]
    fn no_key_ends_while_workers_run_and_each_ends_within_the_day() {
        let passing = |shortest: u64, day: u64| {
            let hour = Duration::from_secs(3600);
            let calendar =
                Calendar::new(100).with_keys(hour * day as u32, Some(hour * shortest as u32));
            let mut dates = calendar.dates.into_iter().rev();
            let passing = dates.by_ref().map(|(_, passing)| passing);
            passing.collect::<Vec<_>>()
        };
        let hours = |count: u64| Duration::from_secs(count * 3600);
        assert_eq!(passing(1, 25), [Passing::Day(hours(25))]);
        assert_eq!(passing(5, 25), [Passing::Day(hours(25))]);
        let all = [
            Passing::Hours(HOURS),
            Passing::Day(hours(49)),
            Passing::Hours(HOURS),
        ];
        assert_eq!(passing(24, 49), all);
        assert_eq!(passing(24, 10), [all[0], Passing::Day(DAY), all[2]]);
    }

    #[test]
    fn tokens_expire_within_hours_and_keys_only_within_the_day() {
        let kept = Duration::from_secs(24 * 3600);
        assert!(TOKEN_LIFE < HOURS);
        assert!(HOURS * 2 < kept && kept < DAY);
    }

    #[test]
    fn no_more_passes_than_all() {
        let mut calendar = Calendar::new(100);
        let passing = std::iter::from_fn(|| calendar.due(1000));
        let all = passing.map(|passing| match passing {
            Passing::Hours(time) | Passing::Day(time) => time,
        });
        assert_eq!(all.sum::<Duration>(), ALL);
    }
}
