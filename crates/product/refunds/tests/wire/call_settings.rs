//! Headers, timeouts and deadlines of single calls.

use std::time::{Duration, Instant};

use provider_runtime::{Intercepted, Interceptor, Outgoing};
use refunds::{CallError, Capabilities, Money, ProviderName, Reference, tazapay};
use refunds::{
    DoubtCause, Outcome, RefundError, Refunds, TazapayRefund,
    custom::{Created, Profile, Provider, RefundsAt, RequestOf},
    evidence::Asked,
};
use serde::{Deserialize, Serialize};
use workspace_tests::server::Reply;

use crate::{
    support::{reference, server, tazapay_at, unknown},
    tazapay::refund,
};

fn of_payin() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1")
}

#[tokio::test]
async fn a_header_of_one_call_is_in_each_of_its_attempts_and_in_no_other_call() {
    let server = server([
        Reply::json(429, "{}"),
        Reply::json(202, refund(90000, "pending")),
    ]);
    let refunds = tazapay_at(&server.url());
    let traced = refunds
        .with_header("X-Trace", "t-1")
        .with_header("X-Job", "nightly");
    let _ = traced.create(&reference(), of_payin()).await.unwrap();
    let _ = refunds.create(&reference(), of_payin()).await.unwrap();
    let requests = server.requests();
    let traces: Vec<_> = requests
        .iter()
        .map(|request| (request.header("x-trace"), request.header("x-job")))
        .collect();
    let both = (Some("t-1"), Some("nightly"));
    assert_eq!(traces, [both, both, (None, None)]);
}

#[tokio::test]
async fn the_key_of_a_refund_is_not_to_be_replaced_by_a_header() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    let other = refunds.with_header("idempotency-key", "another");
    let error = other.create(&reference(), of_payin()).await.unwrap_err();
    assert!(matches!(error, RefundError::InvalidRequest(_)), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_attempt_may_have_less_time_than_the_client_gives_it_and_the_call_too() {
    let server = server([Reply::status(200).after(Duration::from_secs(60))]);
    let refunds = tazapay_at(&server.url());
    let part = || of_payin().with_amount("1.00 USD".parse().unwrap());
    let (short, started) = (Duration::from_millis(200), Instant::now());
    let hasty = refunds.with_timeout(short);
    let doubt = unknown(hasty.create(&reference(), part()).await);
    assert_eq!(doubt.record().cause(), DoubtCause::Unanswered);
    let over = refunds.with_deadline(short);
    assert_eq!(over.policy().deadline(), short);
    let doubt = unknown(over.create(&reference(), part()).await);
    assert_eq!(doubt.record().cause(), DoubtCause::DeadlinePassed);
    assert!(started.elapsed() < Duration::from_secs(30));
}

/// Sets the key by which the provider would recognise a repetition.
struct Keyed;

impl Interceptor for Keyed {
    fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
        request.add_header("IDEMPOTENCY-KEY", "the same for all")
    }
}

#[tokio::test]
async fn no_interceptor_gives_a_refund_the_key_of_another_and_what_it_refuses_is_not_tried_again() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(server.url()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .interceptor(Keyed)
        .build()
        .unwrap();
    let body = tazapay::types::CreateRefundRequest::builder().payin("chk_1".to_owned());
    let error = client.create_refund().body(body).send().await.unwrap_err();
    assert!(matches!(error, tazapay::Error::NotSent(_)), "{error:#}");
    assert!(error.to_string().contains("key of a repetition"), "{error}");
    let outcome = Refunds::from(client).create(&reference(), of_payin()).await;
    let Ok(Outcome::Rejected(rejection)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(rejection.attempts(), 1);
    assert!(server.requests().is_empty());
}

const ACME: ProviderName = ProviderName::own("acme-of-calls").unwrap();

static PROFILE: Profile = Profile::new(Capabilities::cautious(ACME), "create");

/// A provider of one's own that takes nothing for one call.
#[derive(Clone, Debug)]
struct Plain;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Request(Money);

impl RequestOf for Request {
    fn payment(&self) -> &str {
        "pay_1"
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.0)
    }
}

impl Provider for Plain {
    type Request = Request;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, _: &'a Reference, _: &'a Request) -> Asked<'a> {
        Asked::default()
    }

    async fn create(&self, _: &Reference, _: &Request) -> Result<Created, CallError> {
        panic!("it was sent without its header")
    }
}

#[tokio::test]
async fn a_provider_of_one_s_own_that_takes_no_header_sends_nothing_without_it() {
    let shop = RefundsAt::new(Plain);
    let request = shop.request(&Request("1.00 EUR".parse().unwrap())).unwrap();
    let refunds = Refunds::from(shop).with_header("X-Trace", "t-1");
    let error = refunds.create(&reference(), request).await.unwrap_err();
    assert!(matches!(error, RefundError::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("with_call"), "{error}");
}
