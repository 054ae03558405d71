//! When a read is made again.

use super::{
    super::{Read, is_about, read},
    errors::{answered, not_sent, unanswered},
    *,
};
use crate::{CallError, ReadFailure, RefundError};

/// Makes a read of which each attempt takes a second.
async fn run(
    policy: &RetryPolicy,
    ends: impl IntoIterator<Item = Result<&'static str, CallError>>,
) -> Result<&'static str, RefundError> {
    run_by(policy, Deadline::of(policy), ends).await
}

async fn run_by(
    policy: &RetryPolicy,
    deadline: Deadline,
    ends: impl IntoIterator<Item = Result<&'static str, CallError>>,
) -> Result<&'static str, RefundError> {
    let ends = RefCell::new(ends.into_iter().collect::<VecDeque<_>>());
    let job = Read {
        provider: ProviderName::Tazapay,
        operation: "refund",
        rate_limit: RateLimit { pointer: None },
        policy,
        deadline,
    };
    let attempt = || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        ends.borrow_mut()
            .pop_front()
            .unwrap_or_else(|| panic!("one attempt more than the script has"))
    };
    let result = read(job, attempt, |told| is_about(Some(told), "rfd_1")).await;
    assert_eq!(ends.borrow().len(), 0, "attempts that were not made");
    result
}

#[tokio::test(start_paused = true)]
async fn a_read_is_made_again_after_anything_that_may_pass() {
    let failures = [
        not_sent(),
        unanswered(),
        answered(408),
        answered(429),
        answered(500),
        answered(503),
        answered(200),
    ];
    for failure in failures {
        let shown = failure.to_string();
        let told = run(&policy(), [Err(failure), Ok("rfd_1")]).await;
        assert_eq!(told.unwrap(), "rfd_1", "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_refused_is_not_made_again() {
    for status in [400, 401, 403, 404] {
        let error = run(&policy(), [Err(answered(status))]).await.unwrap_err();
        assert_eq!(
            error.call_error().unwrap().status().unwrap().as_u16(),
            status
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_ends_after_the_last_attempt_and_says_how_many_there_were() {
    let ends = (0..4).map(|_| Err(answered(503)));
    let error = run(&policy(), ends).await.unwrap_err();
    assert!(matches!(error, RefundError::Read { attempts: 4, .. }));
    let shown = error.to_string();
    assert!(shown.starts_with("503 Service Unavailable"), "{shown}");
    assert!(
        shown.ends_with("(attempts at tazapay refund: 4); it is safe to read again"),
        "{shown}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_refund_is_asked_for_again() {
    let told = run(&policy(), [Ok("rfd_2"), Ok("rfd_1")]).await;
    assert_eq!(told.unwrap(), "rfd_1");
    let error = run(&policy().with_max_attempts(1), [Ok("rfd_2")]).await;
    assert!(matches!(
        error,
        Err(RefundError::Read {
            cause: ReadFailure::AnswerDiffers,
            ..
        })
    ));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_read() {
    let policy = policy().with_deadline(Duration::from_millis(500));
    let begin = Instant::now();
    let error = run(&policy, []).await;
    assert!(matches!(
        error,
        Err(RefundError::Read {
            cause: ReadFailure::DeadlinePassed { .. },
            ..
        })
    ));
    assert_eq!(begin.elapsed(), Duration::from_millis(500));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_a_part_of_a_call_ends_with_the_call() {
    let policy = policy().with_deadline(Duration::from_millis(2_500));
    let deadline = Deadline::of(&policy);
    let begin = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let error = run_by(&policy, deadline, []).await;
    assert!(matches!(
        error,
        Err(RefundError::Read {
            cause: ReadFailure::DeadlinePassed { .. },
            ..
        })
    ));
    assert_eq!(begin.elapsed(), Duration::from_millis(2_500));
}

#[test]
fn an_answer_that_does_not_say_what_it_is_about_is_taken() {
    assert!(is_about(None, "a") && is_about(Some(""), "a") && is_about(Some("a"), "a"));
    assert!(!is_about(Some("b"), "a"));
}
