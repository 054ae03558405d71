//! What the facade adds to a provider crate's call, in allocations, which are exact where times are not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use refunds::{
    Lookup, MceRefund, OpttyRefund, Outcome, Reference, RefundProvider, RefundRequest, Refunds,
    TazapayRefund, kotanipay, mce, optty, tazapay,
};
use tokio::runtime::{Builder, Runtime};
use workspace_tests::{
    allocations::{CountingAllocator, measure},
    server::{LoopbackServer, Reply},
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MOST_ADDED: u64 = 15;

const TAZAPAY: &str = r#"{"status":"success","data":{"id":"rfd_1","payin":"chk_1","amount":90000,"currency":"USD","status":"pending"}}"#;
const OPTTY: &str = r#"{"refundReference":"refund-1-00","refundedAmount":5,"refundStatus":"SUCCESSFUL","refundDate":"Fri, 08 Oct 2021 06:22:20 GMT","description":{},"bnplRefundId":"8ba78198","bnplProvider":"KLARNA_AU"}"#;
const MCE: &str = r#"{"code":"200","data":{"cryptoRefundId":"cr-1","clientReference":"refund-1","originalTransactionId":"t-1","status":1,"currency":"USDT","amount":"38.5"}}"#;

/// The least of several runs: now and then a run also opens a connection or grows a buffer.
fn least(runtime: &Runtime, call: impl AsyncFn()) -> u64 {
    let runs = (0..20).map(|_| measure(|| runtime.block_on(call())).allocations);
    runs.min().unwrap()
}

/// Compares a call of the provider crate with the same call of the facade.
fn check(name: &str, direct: impl AsyncFn(), facade: impl AsyncFn()) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let direct = least(&runtime, direct);
    let facade = least(&runtime, facade);
    let added = facade.checked_sub(direct).unwrap();
    assert!(
        (1..=MOST_ADDED).contains(&added),
        "{name}: {added} allocations more: {facade} against {direct}"
    );
}

fn server(status: u16, answer: &'static str) -> LoopbackServer {
    LoopbackServer::start(move |_| Reply::json(status, answer)).unwrap()
}

fn reference() -> Reference {
    Reference::new("refund-1").unwrap()
}

macro_rules! client {
    ($provider:ident, $server:expr, $credentials:expr) => {
        $provider::Client::builder()
            .environment($provider::Environment::BaseUrl($server.url()))
            .credentials($credentials)
            .build()
            .unwrap()
    };
}

fn tazapay_at(server: &LoopbackServer) -> tazapay::Client {
    client!(
        tazapay,
        server,
        tazapay::Credentials::basic("key", "secret")
    )
}

/// By which the facade's refund names its reference.
fn metadata() -> tazapay::types::MetadataInput {
    let metadata = serde_json::json!({"refund_reference": "refund-1"});
    tazapay::types::MetadataInput(metadata.to_string())
}

async fn create_at_tazapay(client: &tazapay::Client) {
    let body = tazapay::types::CreateRefundRequest::builder()
        .payin("chk_1")
        .amount(90000)
        .currency("USD")
        .metadata(metadata())
        .reason("Damaged");
    let call = client
        .create_refund()
        .idempotency_key("refund-1")
        .body(body);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 202);
}

fn tazapay_refund() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1")
        .with_amount("900 USD".parse().unwrap())
        .with_reason("Damaged")
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_creation_at_tazapay() {
    let server = server(202, TAZAPAY);
    let client = tazapay_at(&server);
    let refunds = Refunds::from(client.clone());
    let reference = reference();
    check(
        "tazapay",
        async || create_at_tazapay(&client).await,
        async || {
            let outcome = refunds.create(&reference, tazapay_refund()).await.unwrap();
            assert!(matches!(outcome, Outcome::Pending(_)));
        },
    );
}

#[test]
fn a_trait_object_adds_no_more_than_that() {
    let server = server(202, TAZAPAY);
    let client = tazapay_at(&server);
    let provider: Box<dyn RefundProvider> = Box::new(Refunds::from(client.clone()));
    let reference = reference();
    check(
        "trait object",
        async || create_at_tazapay(&client).await,
        async || {
            let request = RefundRequest::from(tazapay_refund());
            let outcome = provider.create(&reference, request).await.unwrap();
            assert!(matches!(outcome, Outcome::Pending(_)));
        },
    );
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_read() {
    let server = server(200, TAZAPAY);
    let client = tazapay_at(&server);
    let refunds = Refunds::from(client.clone());
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    check(
        "read",
        async || {
            let answer = client.refund().id("rfd_1").send().await.unwrap();
            assert_eq!(answer.status(), 200);
        },
        async || {
            let fetched = refunds.fetch(&lookup).await.unwrap();
            assert!(fetched.single().is_some());
        },
    );
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_creation_at_optty() {
    let server = server(200, OPTTY);
    let client = client!(optty, server, optty::Credentials::bearer("hunter2"));
    let refunds = Refunds::from(client.clone());
    let reference = reference();
    check(
        "optty",
        async || {
            let amount = optty::Amount::try_from("5".parse::<refunds::Decimal>().unwrap());
            let amount = optty::types::OrderRefundAmount::builder()
                .amount(amount.unwrap())
                .currency("AUD");
            let body = optty::types::OrderRefundDto::builder()
                .refund_amount(amount)
                .refund_description("Damaged")
                .refund_reference("refund-1");
            let call = client.refund_order().order_reference("order-1").body(body);
            assert_eq!(call.send().await.unwrap().status(), 200);
        },
        async || {
            let refund = OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged");
            let outcome = refunds.create(&reference, refund).await.unwrap();
            assert!(matches!(outcome, Outcome::Succeeded(_)));
        },
    );
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_creation_at_mce() {
    let server = server(200, MCE);
    let client = client!(mce, server, mce::Credentials::bearer("hunter2"));
    let refunds = Refunds::from(client.clone());
    let reference = reference();
    check(
        "mce",
        async || {
            let body = mce::types::CryptoRefundRequest::builder()
                .client_reference("refund-1")
                .original_transaction_id("t-1")
                .original_transaction_type(1);
            let call = client.create_crypto_refund().body(body);
            assert_eq!(call.send().await.unwrap().status(), 200);
        },
        async || {
            let outcome = refunds.create(&reference, MceRefund::new(1, "t-1")).await;
            assert!(matches!(outcome.unwrap(), Outcome::Pending(_)));
        },
    );
}

#[test]
fn the_facade_adds_at_most_fifteen_allocations_to_a_retry_at_kotani_pay() {
    let server = server(200, "{}");
    let client = client!(kotanipay, server, kotanipay::Credentials::bearer("hunter2"));
    let refunds = Refunds::from(client.clone());
    let reference = reference();
    check(
        "kotanipay",
        async || {
            // The facade reads the refund before it is tried.
            let call = client.refund_status().reference_id("refund-1");
            assert_eq!(call.send().await.unwrap().status(), 200);
            let call = client.retry_refund().reference_id("refund-1");
            assert_eq!(call.send().await.unwrap().status(), 200);
        },
        async || {
            let outcome = refunds.retry(&reference).await.unwrap();
            assert!(matches!(outcome, Outcome::Pending(_)));
        },
    );
}
