//! When a write may be made again.

use std::time::SystemTime;

use kotanipay::{RawBody, ResponseValue};
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderValue, RETRY_AFTER},
};

use super::{
    errors::{answered, answered_with, ends_in, not_sent, unanswered},
    *,
};
use crate::{
    Answer, CallError, DoubtCause, Hint, OwnAnswer, RejectionReason,
    evidence::{Objection, ObjectionKind, rows},
    outcome::Evidence,
};

fn rejected(written: Written<&str>) -> (RejectionReason, u32) {
    match written {
        Written::Rejected {
            reason, attempts, ..
        } => (reason, attempts),
        _ => panic!("not rejected"),
    }
}

fn unknown(written: Written<&str>) -> (OpenQuestion, u32) {
    match written {
        Written::Unknown { question, attempts } => (question, attempts),
        _ => panic!("not unknown"),
    }
}

fn accepted(written: Written<&'static str>) -> (&'static str, u32) {
    match written {
        Written::Accepted {
            value, attempts, ..
        } => (value, attempts),
        _ => panic!("not accepted"),
    }
}

pub(super) fn question(cause: DoubtCause, age: Duration) -> OpenQuestion {
    let first_sent_at = SystemTime::now() - age;
    OpenQuestion {
        cause,
        row: None,
        evidence: Evidence::None,
        hint: None,
        first_sent_at,
        quiet_since: first_sent_at,
        repeated: false,
    }
}

pub(super) fn rate_limited(retry_after: &'static str) -> CallError {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
    answered_with(429, headers)
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_tried_again_with_and_without_a_key() {
    for repeats in [KEYED, KEYLESS] {
        let ends = [ends_in(not_sent()), ends_in(not_sent()), Ok("done")];
        let (written, _) = Script::new(repeats, ends).run().await;
        assert_eq!(accepted(written), ("done", 3));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_never_sent_is_a_definite_no_after_the_last_attempt() {
    let ends = (0..4).map(|_| ends_in(not_sent()));
    let (written, took) = Script::new(KEYLESS, ends).run().await;
    assert_eq!(rejected(written), (RejectionReason::NotSent, 4));
    // Four seconds of attempts and at most 0.2 + 0.4 + 0.8 of back-off.
    assert!(took >= Duration::from_secs(4) && took <= Duration::from_millis(5_400));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_no_earlier_success_explains_is_a_definite_no_and_is_not_repeated() {
    for status in [401, 403, 404, 405, 413, 415] {
        let ends = [ends_in(answered(status))];
        let (written, _) = Script::new(KEYED, ends).run().await;
        assert_eq!(rejected(written), (RejectionReason::Refused, 1), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_nobody_documents_is_unknown() {
    for status in [400, 402, 410, 418, 422, 451] {
        let ends = [ends_in(answered(status))];
        let (written, _) = Script::new(FULL, ends).run().await;
        let (question, attempts) = unknown(written);
        assert_eq!(
            (question.cause, attempts),
            (DoubtCause::UnclearAnswer, 1),
            "{status}"
        );
        assert_eq!(question.row.unwrap().id, "any-undocumented-refusal");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refund_of_everything_is_asked_for_again_after_a_lost_answer_at_any_age() {
    let ends = [ends_in(unanswered()), Ok("done")];
    let (written, took) = Script::new(FULL, ends).run().await;
    assert_eq!(accepted(written), ("done", 2));
    assert_eq!(took, SETTLE + Duration::from_secs(2));
    let old = question(DoubtCause::Interrupted, Duration::from_secs(30 * 24 * 3600));
    let (written, _) = Script::new(FULL, [Ok("done")]).after(old).run().await;
    assert_eq!(accepted(written), ("done", 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_has_passed_before_its_first_attempt_sends_nothing() {
    let policy = policy().with_deadline(Duration::ZERO);
    let (written, _) = Script::new(KEYLESS, []).with_policy(policy).run().await;
    assert!(matches!(written, Written::NoTime));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_without_a_hint_is_waited_for_a_second_and_then_ever_longer() {
    for hint in ["-5", "1.5", "99999999999999999999999", "0"] {
        let ends = [
            ends_in(rate_limited(hint)),
            ends_in(rate_limited(hint)),
            ends_in(rate_limited(hint)),
            Ok("done"),
        ];
        let (written, took) = Script::new(KEYLESS, ends).run().await;
        assert_eq!(accepted(written), ("done", 4));
        // Four attempts of a second each, and waits of 1, 2 and 4 seconds.
        assert_eq!(took, Duration::from_secs(4 + 7), "{hint}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_error_is_unknown_and_never_repeated_even_with_a_key() {
    for repeats in [KEYED, KEYLESS] {
        for status in [500, 502, 503, 504] {
            let ends = [ends_in(answered(status))];
            let (written, _) = Script::new(repeats, ends).run().await;
            let (question, attempts) = unknown(written);
            assert_eq!(
                (question.cause, attempts),
                (DoubtCause::ServerError, 1),
                "{status}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_neither_confirm_nor_refuse_are_unknown() {
    for (status, cause) in [
        (200, DoubtCause::UnreadableSuccess),
        (202, DoubtCause::UnreadableSuccess),
        (302, DoubtCause::UnclearAnswer),
        (408, DoubtCause::UnclearAnswer),
        (409, DoubtCause::UnclearAnswer),
        (499, DoubtCause::UnclearAnswer),
    ] {
        let ends = [ends_in(answered(status))];
        let (written, _) = Script::new(KEYED, ends).run().await;
        assert_eq!(unknown(written).0.cause, cause, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_without_a_key_is_unknown_at_once() {
    let ends = [ends_in(unanswered())];
    let (written, _) = Script::new(KEYLESS, ends).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::Unanswered, 1));
    assert!(matches!(question.evidence, Evidence::Error(_)));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_with_a_key_is_asked_for_again_once_the_first_attempt_has_ended() {
    let ends = [ends_in(unanswered()), Ok("done")];
    let (written, took) = Script::new(KEYED, ends).run().await;
    assert_eq!(accepted(written), ("done", 2));
    assert_eq!(took, SETTLE + Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_unknown_if_the_deadline_leaves_no_time_for_the_first_attempt_to_end() {
    let ends = [ends_in(unanswered())];
    let policy = policy().with_deadline(SETTLE);
    let (written, took) = Script::new(KEYED, ends).with_policy(policy).run().await;
    assert_eq!(unknown(written).0.cause, DoubtCause::Unanswered);
    assert_eq!(took, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_is_a_hint_and_no_proof() {
    let ends = [ends_in(unanswered()), ends_in(answered(400))];
    let (written, _) = Script::new(KEYED, ends).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::Unanswered, 2));
    assert!(matches!(question.hint, Some(Hint::Refused(error)) if error.status().unwrap() == 400));
}

#[tokio::test(start_paused = true)]
async fn a_server_error_after_a_lost_answer_ends_the_attempts() {
    let ends = [ends_in(unanswered()), ends_in(answered(500))];
    let (written, _) = Script::new(KEYED, ends).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::ServerError, 2));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_after_a_lost_answer_leaves_it_unknown() {
    let mut ends = vec![ends_in(unanswered())];
    ends.extend((0..3).map(|_| ends_in(not_sent())));
    let (written, _) = Script::new(KEYED, ends).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::Unanswered, 4));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_for_as_long_as_the_provider_says() {
    let ends = [ends_in(rate_limited("30")), Ok("done")];
    let (written, took) = Script::new(KEYLESS, ends).run().await;
    assert_eq!(accepted(written), ("done", 2));
    assert_eq!(took, Duration::from_secs(32));
}

#[tokio::test(start_paused = true)]
async fn a_hint_shorter_than_the_back_off_does_not_shorten_it() {
    let slow = policy().with_backoff(Duration::from_secs(30), Duration::from_secs(30));
    let mut longest = Duration::ZERO;
    // The chance that twenty waits of up to 30 seconds all stay below 3 is 10⁻²⁰.
    for _ in 0..20 {
        let ends = [ends_in(rate_limited("1")), Ok("done")];
        let script = Script::new(KEYLESS, ends).with_policy(slow.clone());
        let (_, took) = script.run().await;
        assert!(took >= Duration::from_secs(3), "{took:?}");
        longest = longest.max(took);
    }
    assert!(longest > Duration::from_secs(5), "{longest:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_beyond_the_deadline_is_a_no_at_once_that_says_how_long() {
    let ends = [ends_in(rate_limited("3600"))];
    let (written, took) = Script::new(KEYLESS, ends).run().await;
    let retry_after = Some(Duration::from_secs(3600));
    let reason = RejectionReason::RateLimited { retry_after };
    assert_eq!(rejected(written), (reason, 1));
    assert_eq!(took, Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_an_attempt_off_and_leaves_it_unknown() {
    let policy = policy().with_deadline(Duration::from_millis(500));
    let script = Script::new(KEYED, []).with_policy(policy);
    let (written, took) = script.run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::DeadlinePassed, 1));
    assert_eq!(took, Duration::from_millis(500));
}

#[tokio::test(start_paused = true)]
async fn no_attempt_begins_that_the_deadline_would_cut_off() {
    let policy = policy()
        .with_deadline(Duration::from_secs(6))
        .with_least_attempt(Duration::from_secs(5));
    let ends = [ends_in(not_sent())];
    let (written, _) = Script::new(KEYED, ends).with_policy(policy).run().await;
    assert_eq!(rejected(written), (RejectionReason::NotSent, 1));
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_spent_ends_the_attempts_of_every_call() {
    let policy = policy().with_budget(RetryBudget::new(2, 0));
    let ends = (0..3).map(|_| ends_in(not_sent()));
    let script = Script::new(KEYLESS, ends).with_policy(policy.clone());
    assert_eq!(
        rejected(script.run().await.0),
        (RejectionReason::NotSent, 3)
    );
    let ends = [ends_in(not_sent())];
    let script = Script::new(KEYLESS, ends).with_policy(policy);
    assert_eq!(
        rejected(script.run().await.0),
        (RejectionReason::NotSent, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_no_retries_makes_one_attempt() {
    let ends = [ends_in(not_sent())];
    let script = Script::new(KEYLESS, ends).with_policy(RetryPolicy::never());
    assert_eq!(
        rejected(script.run().await.0),
        (RejectionReason::NotSent, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn an_earlier_question_stays_open_whatever_the_repetition_meets() {
    for (end, cause) in [
        (ends_in(answered(400)), DoubtCause::UnreadableSuccess),
        (ends_in(unanswered()), DoubtCause::UnreadableSuccess),
        (ends_in(answered(500)), DoubtCause::ServerError),
    ] {
        let earlier = question(DoubtCause::UnreadableSuccess, Duration::from_secs(120));
        let first_sent_at = earlier.first_sent_at;
        let (written, _) = Script::new(FULL, [end]).after(earlier).run().await;
        let (question, _) = unknown(written);
        assert_eq!(question.cause, cause);
        assert_eq!(question.first_sent_at, first_sent_at);
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_of_the_repetition_takes_nothing_away() {
    let ends = [ends_in(unanswered()), ends_in(answered(409))];
    let (written, _) = Script::new(KEYED, ends).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::Unanswered, 2));
    assert!(matches!(question.hint, Some(Hint::Conflict(error)) if error.status().unwrap() == 409));
}

#[test]
fn a_key_lasts_its_time_less_a_margin_for_clocks() {
    let first = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let minutes = |minutes: u64| first + Duration::from_secs(minutes * 60);
    let lasts = |at| crate::retry::key_lasts(Duration::from_secs(24 * 60 * 60), first, at);
    assert!(lasts(first) && lasts(minutes(24 * 60 - 11)));
    assert!(!lasts(minutes(24 * 60 - 10)) && !lasts(minutes(24 * 60)));
    // A clock that was set back a little, and one that was set back by more.
    assert!(lasts(first - Duration::from_secs(60)));
    assert!(!lasts(first - Duration::from_secs(3600)));
}

#[tokio::test(start_paused = true)]
async fn a_success_that_proves_nothing_is_unknown_with_its_answer() {
    let answer = ResponseValue::new(
        RawBody::from(bytes::Bytes::new()),
        StatusCode::OK,
        HeaderMap::new(),
    );
    let answer = Box::new(Answer::Own(OwnAnswer::new(answer)));
    let row = rows(ProviderName::Tazapay)
        .find(|row| row.id == "tazapay-2xx-payin")
        .unwrap();
    let kind = ObjectionKind::Differs;
    let end = Err(Setback::Unproven(Objection { row, kind }, answer));
    let (written, _) = Script::new(KEYED, [end]).run().await;
    let (question, attempts) = unknown(written);
    assert_eq!((question.cause, attempts), (DoubtCause::AnswerDiffers, 1));
    assert!(matches!(question.evidence, Evidence::Answer(_)));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_made_is_told_apart() {
    let error = CallError::invalid_request("a field is missing".to_owned());
    let (written, _) = Script::new(KEYED, [ends_in(error)]).run().await;
    assert!(matches!(written, Written::Invalid(_)));
}
