//! What a token URL that asks for fewer calls does to a call.

use std::time::{Duration, Instant};

use refunds::{
    Lookup, NextStep, OpttyRefund, RefundError, Refunds, RejectionReason, RetryPolicy, optty,
};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::support::{accepted, quick, reference, rejected};

const GRANT: &str = r#"{"access_token":"hunter2","expires_in":86400,"token_type":"Bearer"}"#;
const REFUNDED: &str = r#"{"refundReference":"refund-1-00","refundedAmount":5,"refundStatus":"SUCCESSFUL","refundDate":"Fri, 08 Oct 2021 06:22:20 GMT","description":{},"bnplRefundId":"8ba78198","bnplProvider":"KLARNA_AU"}"#;

/// A server whose token URL refuses as many requests as it says, and whose API works.
fn server(refusal: Reply, refused: usize) -> LoopbackServer {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    LoopbackServer::start(move |request| match request.target.as_str() {
        "/token" => match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            number if number < refused => refusal.clone(),
            _ => Reply::json(200, GRANT),
        },
        "/orders/order-1/details" => Reply::json(200, r#"{"merchantReference":"order-1"}"#),
        _ => Reply::json(200, REFUNDED),
    })
    .unwrap()
}

fn refunds(server: &LoopbackServer, policy: RetryPolicy) -> Refunds {
    let client = optty::Client::builder()
        .environment(optty::Environment::BaseUrl(server.url()))
        .token_url(format!("{}/token", server.url()))
        .credentials(optty::Credentials::oauth2("id", "hunter2"))
        .build()
        .unwrap();
    Refunds::from(client).with_policy(policy)
}

fn refund() -> OpttyRefund {
    OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged")
}

fn limited(seconds: &str) -> Reply {
    Reply::json(429, "{}").with_header("Retry-After", seconds)
}

#[tokio::test]
async fn the_hint_of_the_token_url_is_waited_for_before_a_write() {
    for refusal in [
        limited("1"),
        Reply::json(503, "{}").with_header("Retry-After", "1"),
    ] {
        let server = server(refusal, 1);
        let begin = Instant::now();
        let refunds = refunds(&server, quick());
        let receipt = accepted(refunds.create(&reference(), refund()).await);
        assert_eq!(receipt.attempts(), 2);
        assert!(begin.elapsed() >= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn the_hint_of_the_token_url_is_waited_for_before_a_read() {
    let server = server(limited("1"), 1);
    let begin = Instant::now();
    let refunds = refunds(&server, quick());
    let lookup = Lookup::OpttyOrder("order-1".to_owned());
    assert!(refunds.fetch(&lookup).await.unwrap().refunds().is_empty());
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_token_url_that_asks_for_fewer_calls_beyond_the_deadline_is_a_no_that_says_how_long() {
    let server = server(limited("3600"), usize::MAX);
    let refunds = refunds(&server, quick());
    let rejection = rejected(refunds.create(&reference(), refund()).await);
    let retry_after = Some(Duration::from_secs(3600));
    assert_eq!(
        rejection.reason(),
        RejectionReason::RateLimited { retry_after }
    );
    assert_eq!(rejection.next_step(), NextStep::CallAgainLater);
    assert_eq!(rejection.attempts(), 1);
    assert_eq!(server.requests().len(), 1, "and only a token was asked for");
}

#[tokio::test]
async fn a_read_ends_at_once_if_the_token_url_asks_to_wait_beyond_the_deadline() {
    let server = server(limited("3600"), usize::MAX);
    let refunds = refunds(&server, quick());
    let lookup = Lookup::OpttyOrder("order-1".to_owned());
    let error = refunds.fetch(&lookup).await.unwrap_err();
    assert!(
        matches!(error, RefundError::Read { attempts: 1, .. }),
        "{error}"
    );
}
