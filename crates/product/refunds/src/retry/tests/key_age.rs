//! A key that gets too old while nobody looks: the clock on the wall moves, tokio's is paused.

use std::{error::Error, thread};

use super::{
    errors::{ends_in, unanswered},
    writes::{question, rate_limited},
    *,
};
use crate::{Attempt, AttemptEnd, DoubtCause, ObserverFuture};

/// For how long a key of a day is relied on.
const RELIED_ON: Duration = Duration::from_secs(24 * 60 * 60 - 600);

fn attempts_in_doubt(written: Written<&str>) -> u32 {
    match written {
        Written::Unknown { question, attempts } => {
            assert_eq!(question.cause, DoubtCause::Unanswered);
            attempts
        }
        _ => panic!("not unknown"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_key_is_not_sent_again() {
    let earlier = question(DoubtCause::Unanswered, RELIED_ON);
    let (written, _) = Script::new(KEYED, []).after(earlier).run().await;
    assert_eq!(attempts_in_doubt(written), 0);
}

/// Takes its time to record, and what it is told of the end.
struct SlowDisk(std::sync::Mutex<Vec<AttemptEnd>>);

impl Observer for SlowDisk {
    fn before_send<'a>(
        &'a self,
        _attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            thread::sleep(Duration::from_millis(1_000));
            Ok(())
        })
    }

    fn ended<'a>(&'a self, _attempt: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        Box::pin(async move {
            self.0.lock().unwrap().push(end);
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_gets_too_old_while_the_attempt_is_recorded_is_not_sent() {
    let disk = SlowDisk(std::sync::Mutex::default());
    let age = RELIED_ON - Duration::from_millis(800);
    let script = Script::new(KEYED, []).after(question(DoubtCause::Unanswered, age));
    let (written, _) = script.run_observed(Some(&disk)).await;
    assert_eq!(attempts_in_doubt(written), 0);
    assert_eq!(*disk.0.lock().unwrap(), [AttemptEnd::InDoubt]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_gets_too_old_during_the_wait_is_not_sent() {
    let limited = [ends_in(rate_limited("1"))];
    // When the wait begins, the key would last for longer than it.
    let age = RELIED_ON - Duration::from_millis(1_800);
    let script = Script::new(KEYED, limited).after(question(DoubtCause::Unanswered, age));
    let sleeping_machine = async {
        // The attempt takes a second, the wait at least another.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        thread::sleep(Duration::from_secs(2));
    };
    let ((written, _), ()) = tokio::join!(script.run(), sleeping_machine);
    assert_eq!(attempts_in_doubt(written), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_passes_while_a_repetition_is_recorded_is_not_sent_again() {
    struct Stuck;

    impl Observer for Stuck {
        fn before_send<'a>(
            &'a self,
            attempt: &'a Attempt,
        ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
            Box::pin(async move {
                if attempt.number == 2 {
                    // Real time, which counts towards the deadline once the clock is no longer paused.
                    tokio::time::resume();
                    thread::sleep(Duration::from_millis(400));
                }
                Ok(())
            })
        }
    }

    let policy = policy()
        .with_settle_after(Duration::from_secs(10))
        .with_least_attempt(Duration::ZERO)
        .with_deadline(Duration::from_millis(11_300));
    let script = Script::new(KEYED, [ends_in(unanswered())])
        .with_policy(policy.with_backoff(Duration::ZERO, Duration::ZERO));
    let (written, _) = script.run_observed(Some(&Stuck)).await;
    assert_eq!(attempts_in_doubt(written), 1);
}
