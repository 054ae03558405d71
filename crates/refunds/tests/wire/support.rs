//! Clients of a loopback server, and what tests ask of outcomes.

use std::time::Duration;

use refunds::{
    Doubt, Outcome, Receipt, Reference, RefundError, Refunds, Rejection, RetryPolicy, kotanipay,
    mce, optty, tazapay,
};
use workspace_tests::server::{LoopbackServer, Reply, Request};

/// Attempts follow each other at once, and a lost answer is asked for after a moment.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(1))
        .with_settle_after(Duration::from_millis(50))
        .with_deadline(Duration::from_secs(30))
}

pub(crate) fn reference() -> Reference {
    Reference::new("refund-1").unwrap()
}

/// A server that answers each request with the next reply, and the last one for ever.
pub(crate) fn server(replies: impl IntoIterator<Item = Reply>) -> LoopbackServer {
    let replies: Vec<_> = replies.into_iter().collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    LoopbackServer::start(move |_| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        replies[index.min(replies.len() - 1)].clone()
    })
    .unwrap()
}

macro_rules! client {
    ($provider:ident, $url:expr, $credentials:expr) => {
        $provider::Client::builder()
            .environment($provider::Environment::BaseUrl($url.to_owned()))
            .credentials($credentials)
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap()
    };
}

pub(crate) fn tazapay_at(url: &str) -> Refunds {
    let credentials = tazapay::Credentials::basic("ak_test_1", "sk_test_hunter2");
    Refunds::from(client!(tazapay, url, credentials)).with_policy(quick())
}

pub(crate) fn optty_at(url: &str) -> Refunds {
    let credentials = optty::Credentials::bearer("hunter2");
    Refunds::from(client!(optty, url, credentials)).with_policy(quick())
}

pub(crate) fn mce_at(url: &str) -> Refunds {
    let credentials = mce::Credentials::bearer("hunter2");
    Refunds::from(client!(mce, url, credentials)).with_policy(quick())
}

pub(crate) fn kotanipay_at(url: &str) -> Refunds {
    let credentials = kotanipay::Credentials::bearer("hunter2");
    Refunds::from(client!(kotanipay, url, credentials)).with_policy(quick())
}

pub(crate) fn accepted(outcome: Result<Outcome, RefundError>) -> Receipt {
    match outcome.unwrap() {
        Outcome::Accepted(receipt) => receipt,
        other => panic!("not accepted: {other:?}"),
    }
}

pub(crate) fn rejected(outcome: Result<Outcome, RefundError>) -> Rejection {
    match outcome.unwrap() {
        Outcome::Rejected(rejection) => rejection,
        other => panic!("not rejected: {other:?}"),
    }
}

pub(crate) fn unknown(outcome: Result<Outcome, RefundError>) -> Doubt {
    match outcome.unwrap() {
        Outcome::Unknown(doubt) => *doubt,
        other => panic!("not unknown: {other:?}"),
    }
}

/// Method and target of each request.
pub(crate) fn lines(server: &LoopbackServer) -> Vec<String> {
    let line = |request: &Request| format!("{} {}", request.method, request.target);
    server.requests().iter().map(line).collect()
}
