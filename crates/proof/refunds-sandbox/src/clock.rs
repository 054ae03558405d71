use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::watch, time::sleep};

/// The time that the sandbox goes by: expiry of tokens and keys, settlement,
/// rate limits. Clones show the same time.
///
/// Pauses that a [`Fault`](crate::Fault) asks for pass in real time, whatever
/// the clock.
#[derive(Debug, Clone)]
pub struct Clock {
    time: Arc<Mutex<Time>>,
    /// Told of each advance.
    advanced: watch::Sender<()>,
}

#[derive(Debug)]
enum Time {
    Running { ahead: TimeDelta },
    Frozen { at: DateTime<Utc> },
}

impl Clock {
    /// A clock that runs with the system's.
    pub fn system() -> Self {
        Self::of(Time::Running {
            ahead: TimeDelta::zero(),
        })
    }

    /// A clock that stands still until it is advanced.
    pub fn frozen(at: DateTime<Utc>) -> Self {
        Self::of(Time::Frozen { at })
    }

    /// The sandbox's time.
    pub fn now(&self) -> DateTime<Utc> {
        match *self.time.lock().unwrap_or_else(PoisonError::into_inner) {
            Time::Running { ahead } => later(Utc::now(), ahead),
            Time::Frozen { at } => at,
        }
    }

    /// Moves the clock forward. A time past what a date can hold leaves it
    /// where it is.
    pub fn advance(&self, by: Duration) {
        let by = delta(by);
        match &mut *self.time.lock().unwrap_or_else(PoisonError::into_inner) {
            Time::Running { ahead } => *ahead = ahead.checked_add(&by).unwrap_or(*ahead),
            Time::Frozen { at } => *at = later(*at, by),
        }
        self.advanced.send_replace(());
    }

    /// Hears of each advance.
    pub(crate) fn advances(&self) -> watch::Receiver<()> {
        self.advanced.subscribe()
    }

    /// The real time until this clock shows a time, without further advances;
    /// none when it stands still.
    pub(crate) fn until(&self, time: DateTime<Utc>) -> Option<Duration> {
        let now = self.now();
        let runs = matches!(
            *self.time.lock().unwrap_or_else(PoisonError::into_inner),
            Time::Running { .. }
        );
        let wait = time.signed_duration_since(now).to_std().unwrap_or_default();
        runs.then_some(wait)
    }

    /// Waits until this clock has moved on by so much.
    pub(crate) async fn pass(&self, by: Duration) {
        let mut advances = self.advances();
        let end = after(self.now(), by);
        while self.now() < end {
            let running = self.until(end);
            let runs_out = async {
                match running {
                    Some(wait) => sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = runs_out => {}
                // This clock holds the sender, so that it is always there.
                _ = advances.changed() => {}
            }
        }
    }

    fn of(time: Time) -> Self {
        Self {
            time: Arc::new(Mutex::new(time)),
            advanced: watch::Sender::new(()),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// A point in time this much later.
pub(crate) fn after(time: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    later(time, delta(by))
}

fn later(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    time.checked_add_signed(by).unwrap_or(time)
}

fn delta(by: Duration) -> TimeDelta {
    TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_advanced() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::frozen(start);
        let same = clock.clone();
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(60));
        assert_eq!(same.now().timestamp(), 1_700_000_060);
    }

    #[test]
    fn a_system_clock_runs_ahead_by_what_it_was_advanced() {
        let clock = Clock::system();
        clock.advance(Duration::from_secs(3600));
        let ahead = clock.now() - Utc::now();
        assert!((3590..=3600).contains(&ahead.num_seconds()), "{ahead}");
    }

    #[test]
    fn what_waits_for_a_frozen_clock_goes_on_when_it_is_advanced() {
        let clock = Clock::frozen(DateTime::from_timestamp(0, 0).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let waiting = tokio::spawn({
                let clock = clock.clone();
                async move { clock.pass(Duration::from_secs(60)).await }
            });
            for _ in 0..2 {
                tokio::task::yield_now().await;
                assert!(!waiting.is_finished());
                clock.advance(Duration::from_secs(30));
            }
            waiting.await.unwrap();
        });
    }

    #[test]
    fn an_advance_past_all_dates_leaves_the_clock_usable() {
        let clock = Clock::frozen(DateTime::from_timestamp(0, 0).unwrap());
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().timestamp(), 0);
    }
}
