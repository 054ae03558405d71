use std::time::{Duration, Instant};

use refunds::{
    DoubtCause, Hint, NextStep, Refunds, RejectionReason, RetryBudget, RetryPolicy, TazapayRefund,
    tazapay,
};
use workspace_tests::server::{Reply, url_where_nothing_listens};

use crate::{
    support::{accepted, quick, reference, rejected, server, tazapay_at, unknown},
    tazapay::{error, partial, refund},
};

fn full() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1")
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_is_then_a_definite_no() {
    let url = url_where_nothing_listens().unwrap();
    let outcome = tazapay_at(&url).create(&reference(), partial()).await;
    let rejection = rejected(outcome);
    assert_eq!(rejection.reason(), RejectionReason::NotSent);
    assert_eq!(rejection.next_step(), NextStep::CallAgain);
    assert_eq!(rejection.attempts(), 4);
}

#[tokio::test]
async fn a_refund_of_everything_whose_answer_was_lost_is_asked_for_again_under_the_same_key() {
    for lost in [
        Reply::close(),
        // Longer than the client waits.
        Reply::json(202, refund(90000, "pending")).after(Duration::from_secs(6)),
    ] {
        let server = server([lost, Reply::json(202, refund(90000, "pending"))]);
        let begin = Instant::now();
        let outcome = tazapay_at(&server.url()).create(&reference(), full()).await;
        assert_eq!(accepted(outcome).attempts(), 2);
        assert!(
            begin.elapsed() >= Duration::from_millis(50),
            "before it settled"
        );
        let requests = server.requests();
        let keys: Vec<_> = requests
            .iter()
            .map(|request| request.header("idempotency-key"))
            .collect();
        assert_eq!(keys, [Some("refund-1"), Some("refund-1")]);
        assert_eq!(requests[0].body, requests[1].body);
    }
}

#[tokio::test]
async fn a_refund_of_a_part_is_asked_for_again_only_by_the_policy_that_is_named_for_its_risk() {
    let server = server([Reply::close(), Reply::json(202, refund(90000, "pending"))]);
    let risky = tazapay_at(&server.url()).with_policy(quick().with_risk_of_paying_twice());
    let outcome = risky.create(&reference(), partial()).await;
    assert_eq!(accepted(outcome).attempts(), 2);
    let requests = server.requests();
    assert_eq!(requests[1].header("idempotency-key"), Some("refund-1"));
    assert_eq!(requests[0].body, requests[1].body);
}

#[tokio::test]
async fn that_policy_repeats_nothing_of_which_anything_was_heard() {
    for heard in [
        Reply::raw("HTTP/1.1 500 Internal"),
        Reply::status(500),
        Reply::status(202),
        Reply::json(202, refund(90000, "On_Hold")),
    ] {
        let server = server([heard, Reply::json(202, refund(90000, "pending"))]);
        let risky = tazapay_at(&server.url()).with_policy(quick().with_risk_of_paying_twice());
        unknown(risky.create(&reference(), partial()).await);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn that_policy_repeats_nothing_where_the_http_client_does_not_say_whether_anything_was_heard()
{
    let server = server([Reply::close(), Reply::json(202, refund(90000, "pending"))]);
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(server.url()))
        .credentials(tazapay::Credentials::basic("API key", "API secret"))
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    let risky = Refunds::from(client).with_policy(quick().with_risk_of_paying_twice());
    let doubt = unknown(risky.create(&reference(), partial()).await);
    assert_eq!(doubt.cause(), DoubtCause::CutOff);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_server_error_is_unknown_and_is_not_repeated_even_with_the_key() {
    for reply in [
        Reply::json(500, error(101)),
        Reply::body(502, "text/html", "<html>Bad Gateway</html>"),
        Reply::status(503),
    ] {
        let server = server([reply]);
        let outcome = tazapay_at(&server.url())
            .create(&reference(), partial())
            .await;
        let doubt = unknown(outcome);
        assert_eq!(doubt.cause(), DoubtCause::ServerError);
        assert_eq!(doubt.next_step(), NextStep::AwaitEvent);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_as_already_refunded_after_a_lost_answer_is_a_hint_and_no_proof() {
    let server = server([Reply::close(), Reply::json(400, error(30010))]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), TazapayRefund::of_payin("chk_1"))
        .await;
    let doubt = unknown(outcome);
    assert_eq!(doubt.cause(), DoubtCause::Unanswered);
    assert!(matches!(doubt.hint(), Some(Hint::AlreadyRefunded(_))));
    assert!(
        doubt
            .to_string()
            .contains("a hint that it happened, but no proof"),
        "{doubt}"
    );
}

#[tokio::test]
async fn another_refusal_after_a_lost_answer_is_a_hint_of_the_other_kind() {
    let server = server([Reply::close(), Reply::json(400, error(30017))]);
    let outcome = tazapay_at(&server.url()).create(&reference(), full()).await;
    assert!(matches!(unknown(outcome).hint(), Some(Hint::Refused(_))));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unknown_and_not_repeated() {
    let broken = Reply::json(202, r#"{"data":{"id":"rfd_1""#).missing(100);
    let server = server([broken]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), partial())
        .await;
    let doubt = unknown(outcome);
    assert_eq!(doubt.cause(), DoubtCause::UnreadableSuccess);
    assert_eq!(doubt.status().unwrap(), 202);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_and_then_the_refund_accepted() {
    let limited = Reply::json(429, error(110)).with_header("Retry-After", "1");
    let server = server([limited, Reply::json(202, refund(90000, "pending"))]);
    let begin = Instant::now();
    let outcome = tazapay_at(&server.url())
        .create(&reference(), partial())
        .await;
    assert_eq!(accepted(outcome).attempts(), 2);
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_rate_limit_until_a_date_beyond_the_deadline_is_a_no_that_says_how_long() {
    let limited = Reply::json(429, error(110))
        .with_header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .with_header("Retry-After", "Sun, 06 Nov 1994 09:49:37 GMT");
    let server = server([limited]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), partial())
        .await;
    let rejection = rejected(outcome);
    let retry_after = Some(Duration::from_secs(3600));
    assert_eq!(
        rejection.reason(),
        RejectionReason::RateLimited { retry_after }
    );
    assert_eq!(rejection.next_step(), NextStep::CallAgainLater);
    assert_eq!(rejection.attempts(), 1);
}

#[tokio::test]
async fn the_policy_of_one_call_leaves_that_of_the_client_as_it_is() {
    let server = server([
        Reply::close(),
        Reply::close(),
        Reply::json(202, refund(90000, "pending")),
    ]);
    let refunds = tazapay_at(&server.url());
    let once = refunds.with_policy(RetryPolicy::never());
    let doubt = unknown(once.create(&reference(), full()).await);
    assert_eq!(doubt.attempts(), 1);
    let receipt = accepted(refunds.create(&reference(), full()).await);
    assert_eq!(receipt.attempts(), 2);
}

#[tokio::test]
async fn a_policy_derived_for_one_call_spends_the_budget_of_the_client() {
    let url = url_where_nothing_listens().unwrap();
    let refunds = tazapay_at(&url).with_policy(quick().with_budget(RetryBudget::new(2, 0)));
    let derived = refunds.policy().clone().with_max_attempts(3);
    let outcome = refunds
        .with_policy(derived)
        .create(&reference(), partial())
        .await;
    assert_eq!(rejected(outcome).attempts(), 3);
    // Both retries are spent.
    let outcome = refunds.create(&reference(), partial()).await;
    assert_eq!(rejected(outcome).attempts(), 1);
}

#[tokio::test]
async fn the_deadline_of_the_policy_ends_a_call_as_unknown() {
    let slow = Reply::json(202, refund(90000, "pending")).after(Duration::from_millis(300));
    let server = server([slow]);
    let refunds =
        tazapay_at(&server.url()).with_policy(quick().with_deadline(Duration::from_millis(100)));
    let doubt = unknown(refunds.create(&reference(), partial()).await);
    assert_eq!(doubt.cause(), DoubtCause::DeadlinePassed);
    assert!(doubt.reply().is_none());
}
