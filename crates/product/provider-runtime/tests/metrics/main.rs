//! The measure of every request, as a recorder gets it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "../calls/client.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod client;
#[path = "../calls/server.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod server;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use provider_runtime::Amount;

use client::{bearer_at, oauth2_at};
use server::{Act, Server};

type Described = (String, Option<Unit>);

/// Keeps what it is told: names with their labels, and values.
#[derive(Clone, Default)]
struct Kept {
    measured: Arc<Mutex<Vec<(String, f64)>>>,
    units: Arc<Mutex<Vec<Described>>>,
}

struct Measure {
    name: String,
    kept: Kept,
}

impl HistogramFn for Measure {
    fn record(&self, value: f64) {
        let line = (self.name.clone(), value);
        self.kept.measured.lock().unwrap().push(line);
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        let line = (name.as_str().to_owned(), unit);
        self.units.lock().unwrap().push(line);
    }

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let mut labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        labels.sort();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Histogram::from_arc(Arc::new(Measure {
            name,
            kept: self.clone(),
        }))
    }
}

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

#[tokio::test]
async fn every_request_is_measured_in_seconds_with_where_it_went_and_what_came() {
    let recorder = Kept::default();
    let guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start(|request, _| {
        let act = match request.line.starts_with("POST /token") {
            true => Act::json("200 OK", r#"{"access_token":"hunter2-token"}"#),
            false => Act::json("503 Service Unavailable", "{}"),
        };
        act.after(Duration::from_millis(20))
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    client.refund_order("hunter2", amount()).await.unwrap_err();
    let nowhere = bearer_at("https://nowhere.invalid").build().unwrap();
    nowhere.order_details("hunter2").await.unwrap_err();
    drop(guard);

    let name = "http.client.request.duration";
    let units = recorder.units.lock().unwrap().clone();
    assert!(units.contains(&(name.to_owned(), Some(Unit::Seconds))));
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let measured = recorder.measured.lock().unwrap().clone();
    let names: Vec<_> = measured.iter().map(|(name, _)| name.as_str()).collect();
    let post = "http.request.method=POST http.response.status_code=";
    let here = format!("server.address=127.0.0.1 server.port={port}");
    assert_eq!(
        names,
        [
            format!("{name} {post}200 {here}"),
            format!(
                "{name} error.type=503 {post}503 {here} url.template=/orders/{{orderReference}}/refund"
            ),
            format!(
                "{name} error.type=name_resolution http.request.method=GET server.address=nowhere.invalid \
                 server.port=443 url.template=/orders/{{orderReference}}"
            ),
        ]
    );
    for (name, seconds) in &measured[..2] {
        assert!((0.02..5.0).contains(seconds), "{name}: {seconds}");
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_is_measured_until_then() {
    let recorder = Kept::default();
    let guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start(|_, _| Act::json("200 OK", "{}").after(Duration::from_secs(5)));
    let client = bearer_at(&server.url()).build().unwrap();
    let call = client.refund_order("A-1", amount());
    tokio::time::timeout(Duration::from_millis(50), call)
        .await
        .unwrap_err();
    drop(guard);
    let measured = recorder.measured.lock().unwrap().clone();
    let [(name, seconds)] = measured.as_slice() else {
        panic!("{measured:?}");
    };
    assert!(name.contains("error.type=dropped"), "{name}");
    assert!((0.02..5.0).contains(seconds), "{seconds}");
}
