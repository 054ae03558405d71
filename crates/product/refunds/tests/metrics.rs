//! Outcomes by provider and cause, as a recorder gets them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "../examples/metrics.rs"]
#[allow(dead_code, reason = "the example has a `main` of its own")]
mod example;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use refunds::{Reference, Refunds, RetryPolicy, TazapayRefund, tazapay};
use workspace_tests::server::{LoopbackServer, Reply, url_where_nothing_listens};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, u64>>>);

struct Counting(String, Kept);

impl CounterFn for Counting {
    fn increment(&self, value: u64) {
        let mut kept = self.1.0.lock().unwrap();
        *kept.entry(self.0.clone()).or_default() += value;
    }

    fn absolute(&self, _: u64) {}
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key.labels().map(|label| label.value().to_owned());
        let name = [key.name().to_owned()].into_iter().chain(labels);
        let name = name.collect::<Vec<_>>().join(" ");
        Counter::from_arc(Arc::new(Counting(name, self.clone())))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

async fn create(url: &str) {
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(url.to_owned()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .build()
        .unwrap();
    let refunds = Refunds::from(client).with_policy(RetryPolicy::never());
    let refund = TazapayRefund::of_payin("chk_1").with_amount("1.00 USD".parse().unwrap());
    let reference = Reference::new("refund-1").unwrap();
    let _ = refunds.create(&reference, refund).await.unwrap();
}

#[tokio::test]
async fn outcomes_are_counted_by_provider_and_by_what_decided() {
    let recorder = Kept::default();
    let guard = metrics::set_default_local_recorder(&recorder);
    let error = |code: u32| format!(r#"{{"errors":[{{"code":{code},"message":"no"}}]}}"#);
    for reply in [
        Reply::status(503),
        Reply::status(503),
        Reply::json(400, error(30002)),
        Reply::json(429, error(110)),
    ] {
        let server = LoopbackServer::start(move |_| reply.clone()).unwrap();
        create(&server.url()).await;
    }
    create(&url_where_nothing_listens().unwrap()).await;
    drop(guard);
    let counted = recorder.0.lock().unwrap().clone();
    let counted: Vec<_> = counted
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    // 503 is doubt, 30002 ("value must be > 0") a documented no, 110 ("too many requests") one for now.
    assert_eq!(
        counted,
        [
            "refunds.outcomes tazapay create_refund rejected not_sent 1",
            "refunds.outcomes tazapay create_refund rejected rate_limited 1",
            "refunds.outcomes tazapay create_refund rejected tazapay-refusal-request 1",
            "refunds.outcomes tazapay create_refund unknown any-5xx 2",
        ]
    );
}

#[tokio::test]
async fn the_example_shows_durations_of_requests_and_outcomes_by_cause() {
    let mut out = Vec::new();
    example::play(&mut out).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    let of = |name: &str| said.lines().filter(|line| line.starts_with(name)).count();
    assert_eq!(of("http.client.request.duration "), 2, "{said}");
    assert_eq!(
        of("refunds.outcomes refunds.provider=tazapay "),
        2,
        "{said}"
    );
    for ended in [
        "refunds.outcome=accepted refunds.cause=none",
        "refunds.outcome=unknown refunds.cause=tazapay-refusal-already",
    ] {
        assert_eq!(said.matches(ended).count(), 1, "{said}");
    }
}
