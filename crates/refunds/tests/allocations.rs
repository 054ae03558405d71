//! What the facade adds to a provider crate's call, in allocations, which are exact where times are not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use refunds::{Outcome, Reference, Refunds, TazapayRefund, tazapay};
use tokio::runtime::{Builder, Runtime};
use workspace_tests::{
    allocations::{CountingAllocator, measure},
    server::{LoopbackServer, Reply},
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MOST_ADDED: u64 = 15;

const ANSWER: &str = r#"{"status":"success","data":{"id":"rfd_1","payin":"chk_1","amount":90000,"currency":"USD","status":"pending"}}"#;

fn client(server: &LoopbackServer) -> tazapay::Client {
    tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(server.url()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .build()
        .unwrap()
}

/// The least of several runs: now and then a run also opens a connection or grows a buffer.
fn least(runtime: &Runtime, call: impl AsyncFn()) -> u64 {
    let runs = (0..20).map(|_| measure(|| runtime.block_on(call())).allocations);
    runs.min().unwrap()
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_call_of_the_provider_crate() {
    let server = LoopbackServer::start(|_| Reply::json(202, ANSWER)).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let client = client(&server);
    let refunds = Refunds::from(client.clone());
    let reference = Reference::new("refund-1").unwrap();

    let direct = least(&runtime, async || {
        let body = tazapay::types::CreateRefundRequest::builder()
            .payin(Some("chk_1".to_owned()))
            .amount(Some(90000))
            .currency(Some("USD".to_owned()))
            .reason(Some("Damaged".to_owned()));
        let call = client
            .create_refund()
            .idempotency_key("refund-1")
            .body(body);
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), 202);
    });
    let facade = least(&runtime, async || {
        let refund = TazapayRefund::of_payin("chk_1")
            .with_amount("900 USD".parse().unwrap())
            .with_reason("Damaged");
        let outcome = refunds.create(&reference, refund).await.unwrap();
        assert!(matches!(outcome, Outcome::Accepted(_)));
    });

    let added = facade.checked_sub(direct).unwrap();
    assert!(
        (1..=MOST_ADDED).contains(&added),
        "{added} allocations more: {facade} against {direct}"
    );
}
