//! What the observer learns, also of a call that is dropped.

use std::{error::Error, sync::Mutex};

use super::{
    errors::{answered, ends_in, not_sent, unanswered},
    *,
};
use crate::{Attempt, AttemptEnd, CallError, DoubtCause, ObserverFuture};

#[derive(Default)]
struct Journal {
    lines: Mutex<Vec<String>>,
    refuses_from: Option<u32>,
}

impl Journal {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn note(&self, what: &str, attempt: &Attempt) {
        let line = format!("{what} {} {}", attempt.reference, attempt.number);
        self.lines.lock().unwrap().push(line);
    }
}

impl Observer for Journal {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            if self.refuses_from.is_some_and(|from| attempt.number >= from) {
                return Err("the disk is full".into());
            }
            self.note("sending", attempt);
            Ok(())
        })
    }

    fn ended<'a>(&'a self, attempt: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        Box::pin(async move {
            let end = match end {
                AttemptEnd::Accepted => "accepted",
                AttemptEnd::NothingHappened => "nothing happened",
                AttemptEnd::InDoubt => "in doubt",
            };
            self.note(end, attempt);
        })
    }

    fn abandoned(&self, attempt: &Attempt) {
        self.note("abandoned", attempt);
    }
}

async fn drop_after(script: Script, journal: &Journal, time: Duration) {
    let run = tokio::time::timeout(time, script.run_observed(Some(journal)));
    assert!(run.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_told_before_it_is_sent() {
    let journal = Journal::default();
    let ends = [ends_in(not_sent()), Ok("done")];
    let (written, _) = Script::new(KEYLESS, ends)
        .run_observed(Some(&journal))
        .await;
    assert!(matches!(written, Written::Accepted { .. }));
    assert_eq!(
        journal.lines(),
        [
            "sending r-1 1",
            "nothing happened r-1 1",
            "sending r-1 2",
            "accepted r-1 2"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_made_is_reported_as_nothing_happened() {
    let journal = Journal::default();
    let error = CallError::invalid_request("a field is missing".to_owned());
    let script = Script::new(KEYLESS, [ends_in(error)]);
    let (written, _) = script.run_observed(Some(&journal)).await;
    assert!(matches!(written, Written::Invalid(_)));
    assert_eq!(journal.lines(), ["sending r-1 1", "nothing happened r-1 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_reported_as_nothing_happened() {
    let journal = Journal::default();
    let script = Script::new(KEYLESS, [ends_in(answered(404))]);
    let (written, _) = script.run_observed(Some(&journal)).await;
    assert!(matches!(written, Written::Rejected { .. }));
    assert_eq!(journal.lines(), ["sending r-1 1", "nothing happened r-1 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_is_reported_as_in_doubt() {
    let journal = Journal::default();
    let script = Script::new(KEYED, [ends_in(unanswered()), ends_in(answered(400))]);
    let (written, _) = script.run_observed(Some(&journal)).await;
    assert!(matches!(written, Written::Unknown { .. }));
    assert_eq!(
        journal.lines(),
        [
            "sending r-1 1",
            "in doubt r-1 1",
            "sending r-1 2",
            "in doubt r-1 2"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_could_not_be_recorded_is_not_made() {
    let journal = Journal {
        refuses_from: Some(1),
        ..Journal::default()
    };
    let (written, took) = Script::new(KEYLESS, []).run_observed(Some(&journal)).await;
    assert!(
        matches!(written, Written::NotRecorded(error) if error.to_string() == "the disk is full")
    );
    assert_eq!(took, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_repetition_that_could_not_be_recorded_leaves_what_was_known() {
    let journal = Journal {
        refuses_from: Some(2),
        ..Journal::default()
    };
    let script = Script::new(KEYED, [ends_in(unanswered())]);
    let (written, _) = script.run_observed(Some(&journal)).await;
    let Written::Unknown { question, attempts } = written else {
        panic!("not unknown");
    };
    assert_eq!((question.cause, attempts), (DoubtCause::Unanswered, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_mid_flight_is_reported_as_abandoned() {
    let journal = Journal::default();
    let script = Script::new(KEYLESS, []);
    drop_after(script, &journal, Duration::from_millis(500)).await;
    assert_eq!(journal.lines(), ["sending r-1 1", "abandoned r-1 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_its_answer_is_lost_is_reported_as_abandoned() {
    let journal = Journal::default();
    let script = Script::new(KEYED, [ends_in(unanswered())]);
    drop_after(script, &journal, Duration::from_secs(30)).await;
    assert_eq!(
        journal.lines(),
        ["sending r-1 1", "in doubt r-1 1", "abandoned r-1 1"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_nothing_has_happened_is_not() {
    let journal = Journal::default();
    // So long that the second attempt begins before the call is dropped once in a hundred million runs.
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let slow = policy().with_backoff(month, month).with_deadline(2 * month);
    let script = Script::new(KEYLESS, [ends_in(not_sent())]).with_policy(slow);
    drop_after(script, &journal, Duration::from_millis(1_010)).await;
    assert_eq!(journal.lines(), ["sending r-1 1", "nothing happened r-1 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_never_polled_has_sent_nothing() {
    let journal = Journal::default();
    drop(Script::new(KEYLESS, []).run_observed(Some(&journal)));
    assert!(journal.lines().is_empty());
}
