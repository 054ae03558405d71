//! Clients of a loopback server, and what tests ask of outcomes.

use std::time::Duration;

use refunds::{
    Doubt, InDoubt, Outcome, Receipt, Reconciled, Reference, RefundError, Refunds, Rejection,
    RetryPolicy, StillUnknown, kotanipay, mce, optty, tazapay,
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

/// A server that answers reads with one reply, and each write with the next, the last one for ever.
pub(crate) fn reads_and_writes(
    read: Reply,
    writes: impl IntoIterator<Item = Reply>,
) -> LoopbackServer {
    let writes: Vec<_> = writes.into_iter().collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    LoopbackServer::start(move |request| {
        if request.method == "GET" {
            return read.clone();
        }
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        writes[index.min(writes.len() - 1)].clone()
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

/// The receipt of a refund that is under way or has succeeded.
pub(crate) fn accepted(outcome: Result<Outcome, RefundError>) -> Receipt {
    match outcome.unwrap() {
        Outcome::Pending(receipt) | Outcome::Succeeded(receipt) => receipt,
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

/// The receipt of a refund that a reconciliation found to be under way or to have succeeded.
pub(crate) async fn settled(refunds: &Refunds, record: &InDoubt) -> Receipt {
    match refunds.reconcile(record).await.unwrap() {
        Reconciled::Pending(receipt) | Reconciled::Succeeded(receipt) => receipt,
        other => panic!("not settled: {other:?}"),
    }
}

pub(crate) async fn still_unknown(refunds: &Refunds, record: &InDoubt) -> StillUnknown {
    match refunds.reconcile(record).await.unwrap() {
        Reconciled::StillUnknown(unknown) => *unknown,
        other => panic!("settled: {other:?}"),
    }
}

/// How many requests could have moved money.
pub(crate) fn writes(server: &LoopbackServer) -> usize {
    let requests = server.requests();
    let writes = requests.iter().filter(|request| request.method == "POST");
    writes
        .filter(|request| !request.target.ends_with("/details"))
        .count()
}

/// Method and target of each request.
pub(crate) fn lines(server: &LoopbackServer) -> Vec<String> {
    let line = |request: &Request| format!("{} {}", request.method, request.target);
    server.requests().iter().map(line).collect()
}
