//! Clients of a loopback server, and what tests ask of outcomes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

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

/// A server whose replies change from case to case, since making a client takes longer than calling one.
pub(crate) struct Stage {
    server: LoopbackServer,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    read: Option<Reply>,
    replies: Vec<Reply>,
    next: usize,
    /// How many requests there were before.
    before: usize,
}

impl Script {
    fn reply(&mut self, request: &Request) -> Reply {
        if let Some(read) = self.read.clone().filter(|_| request.method == "GET") {
            return read;
        }
        let index = self.next.min(self.replies.len() - 1);
        self.next += 1;
        self.replies[index].clone()
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let played = Arc::clone(&script);
        let server = LoopbackServer::start(move |request| played.lock().unwrap().reply(request));
        Self {
            server: server.unwrap(),
            script,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// From now on each request is answered with the next reply, and the last one for ever.
    pub(crate) fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        self.change(None, replies);
    }

    /// The same for writes, while reads are answered with one reply.
    pub(crate) fn reads_and_writes(&self, read: Reply, writes: impl IntoIterator<Item = Reply>) {
        self.change(Some(read), writes);
    }

    fn change(&self, read: Option<Reply>, replies: impl IntoIterator<Item = Reply>) {
        *self.script.lock().unwrap() = Script {
            read,
            replies: replies.into_iter().collect(),
            next: 0,
            before: self.server.requests().len(),
        };
    }

    /// The requests since the last change.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let before = self.script.lock().unwrap().before;
        self.server.requests().split_off(before)
    }

    /// Their methods and targets.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(line).collect()
    }

    /// How many of them could have moved money.
    pub(crate) fn writes(&self) -> usize {
        self.requests()
            .iter()
            .filter(|request| moves_money(request))
            .count()
    }
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
    requests
        .iter()
        .filter(|request| moves_money(request))
        .count()
}

fn moves_money(request: &Request) -> bool {
    request.method == "POST" && !request.target.ends_with("/details")
}

/// Method and target of each request.
pub(crate) fn lines(server: &LoopbackServer) -> Vec<String> {
    server.requests().iter().map(line).collect()
}

fn line(request: &Request) -> String {
    format!("{} {}", request.method, request.target)
}
