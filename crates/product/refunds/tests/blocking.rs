//! The facade, and an operation of a provider's crate, without an executor of the caller's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "../examples/blocking.rs"]
#[allow(dead_code, reason = "the example has a `main` of its own")]
mod example;

use std::time::Duration;

use refunds::{
    Lookup, Outcome, Reference, RefundError, Refunds, RetryPolicy, TazapayRefund, tazapay,
};
use workspace_tests::server::{LoopbackServer, Reply};

const PENDING: &str = r#"{"status":"success","message":"","data":{"id":"rfd_1","object":"refund","payin":"chk_1","amount":90000,"currency":"USD","status":"pending","metadata":{"refund_reference":"refund-1"}}}"#;

fn client(server: &LoopbackServer) -> tazapay::Client {
    tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(server.url()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .build()
        .unwrap()
}

fn refund() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1").with_amount("900.00 USD".parse().unwrap())
}

#[test]
fn a_refund_is_created_and_read_without_an_executor() {
    let server = LoopbackServer::start(|request| match request.method.as_str() {
        "POST" if request.header("x-last").is_none() => Reply::json(429, "{}"),
        _ => Reply::json(200, PENDING),
    })
    .unwrap();
    let policy = RetryPolicy::never().with_deadline(Duration::from_secs(10));
    let refunds = Refunds::from(client(&server)).with_policy(policy);
    let reference = Reference::new("refund-1").unwrap();
    let outcome = refunds.blocking().create(&reference, refund()).unwrap();
    assert!(matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
    let last = refunds.with_header("X-Last", "yes");
    let outcome = last.blocking().create(&reference, refund()).unwrap();
    assert!(matches!(outcome, Outcome::Pending(_)), "{outcome:?}");
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    let fetched = refunds.blocking().fetch(&lookup).unwrap();
    assert_eq!(fetched.refunds().len(), 1);
}

#[tokio::test]
async fn within_an_executor_nothing_is_sent_by_the_facade_or_by_a_client() {
    let server = LoopbackServer::start(|_| Reply::json(200, PENDING)).unwrap();
    let client = client(&server);
    let error = client.refund().id("rfd_1").send_blocking().unwrap_err();
    assert!(matches!(error, tazapay::Error::NotSent(_)), "{error:#}");
    let refunds = Refunds::from(client);
    let reference = Reference::new("refund-1").unwrap();
    let error = refunds.blocking().create(&reference, refund()).unwrap_err();
    assert!(matches!(error, RefundError::NoExecutor(_)), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn an_operation_of_a_client_waits_on_the_calling_thread() {
    let server = LoopbackServer::start(|_| Reply::json(200, PENDING)).unwrap();
    let client = client(&server);
    let answer = client.refund().id("rfd_1").send_blocking().unwrap();
    assert_eq!(answer.data.as_ref().unwrap().id.as_deref(), Some("rfd_1"));
}

#[test]
fn the_example_refunds_without_an_executor_and_reads_back() {
    let mut out = Vec::new();
    example::play(&mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "taken on and read back: true\nthe same by the provider's crate: true\n"
    );
}
