//! The spans of a call's sendings, by OpenTelemetry's conventions, and the header `traceparent`.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, Once},
};

use provider_runtime::{
    AccessToken, Amount, CallSettings, Credentials, Environment, GeneratedClient, Limits,
    TokenFuture, TokenSource, TraceParent, Transport, TransportFuture,
};
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

use crate::{
    client::{Bearer, Client, Elsewhere, bearer_at, oauth2_at},
    server::{Act, Server},
    transport::{Double, json},
};

/// Without one that lasts, another test's thread, which has no subscriber, decides for the whole process that nobody
/// is interested in a span.
pub(crate) fn lasting() {
    static LASTING: Once = Once::new();
    LASTING.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    });
}

type Fields = BTreeMap<String, String>;

/// The spans of sendings, in the order in which they began.
#[derive(Clone, Default)]
struct Sendings(Arc<Mutex<Vec<(u64, Fields)>>>);

struct Into<'a>(&'a mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}").trim_matches('"').to_owned();
        self.0.insert(field.name().to_owned(), text);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Sendings {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if attributes.metadata().name() == "http_request" {
            let mut fields = Fields::new();
            attributes.record(&mut Into(&mut fields));
            self.0.lock().unwrap().push((id.into_u64(), fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        // A number is used again once its span has ended.
        let mut latest = kept.iter_mut().rev();
        if let Some((_, fields)) = latest.find(|(known, _)| *known == id.into_u64()) {
            values.record(&mut Into(fields));
        }
    }
}

impl Sendings {
    fn watch(&self) -> tracing::subscriber::DefaultGuard {
        lasting();
        let subscriber = tracing_subscriber::registry().with(self.clone());
        tracing::subscriber::set_default(subscriber)
    }

    /// What is told of each sending under these names, `-` where nothing is.
    fn told<const N: usize>(&self, names: [&str; N]) -> Vec<[String; N]> {
        let kept = self.0.lock().unwrap();
        let of = |fields: &Fields| {
            names.map(|name| fields.get(name).cloned().unwrap_or_else(|| "-".to_owned()))
        };
        kept.iter().map(|(_, fields)| of(fields)).collect()
    }
}

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

#[tokio::test]
async fn each_sending_has_a_span_and_the_request_for_a_token_too() {
    let server = Server::start(|request, number| match number {
        _ if request.line.starts_with("POST /token") => Act::json(
            "200 OK",
            &format!(r#"{{"access_token":"hunter2-{number}"}}"#),
        ),
        1 => Act::json("401 Unauthorized", "{}"),
        _ => Act::json("200 OK", r#"{"reference":"R-1"}"#),
    });
    let sendings = Sendings::default();
    let guard = sendings.watch();
    let client = oauth2_at(&server.url()).build().unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    drop(guard);

    let url = |path: &str| format!("{}{path}", server.url());
    let (refund, token) = (url("/orders/REDACTED/refund"), url("/token"));
    let told = sendings.told([
        "otel.name",
        "url.full",
        "http.request.resend_count",
        "http.response.status_code",
        "error.type",
        "otel.status_code",
    ]);
    let line = "POST /orders/{orderReference}/refund";
    assert_eq!(
        told,
        [
            ["POST", &token, "-", "200", "-", "-"],
            [line, &refund, "-", "401", "401", "ERROR"],
            ["POST", &token, "-", "200", "-", "-"],
            [line, &refund, "1", "200", "-", "-"],
        ]
    );
    let (_, port) = server
        .url()
        .rsplit_once(':')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let same = ["POST", "client", "127.0.0.1", &port].map(str::to_owned);
    let told = sendings.told([
        "http.request.method",
        "otel.kind",
        "server.address",
        "server.port",
    ]);
    assert_eq!(told, vec![same; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_sending_that_is_dropped_is_told_as_such() {
    let sendings = Sendings::default();
    let guard = sendings.watch();
    let client = bearer_at("https://api.acme.example")
        .transport(Never)
        .build()
        .unwrap();
    let call = client.refund_order("A-1", amount());
    tokio::time::timeout(std::time::Duration::from_secs(1), call)
        .await
        .unwrap_err();
    drop(guard);
    assert_eq!(
        sendings.told(["error.type", "otel.status_code"]),
        [["dropped", "ERROR"]]
    );
}

/// A provider that does not answer.
#[derive(Debug)]
struct Never;

impl Transport for Never {
    fn send(&self, _: reqwest::Request, _: Limits) -> TransportFuture<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn an_operation_of_another_host_is_told_with_that_host() {
    let sendings = Sendings::default();
    let guard = sendings.watch();
    let client = Client::<Elsewhere>::builder()
        .environment(Environment::Production)
        .credentials(Credentials::bearer("hunter2-token"))
        .credentials_also_at("refunds.other.example")
        .transport(Double::new(|_| json(200, r#"{"reference":"R-1"}"#)))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    client.order_details("A-1").await.unwrap();
    drop(guard);
    assert_eq!(
        sendings.told(["server.address", "server.port", "url.full"]),
        [
            [
                "refunds.other.example",
                "443",
                "https://refunds.other.example/v2/orders/REDACTED/refund"
            ],
            [
                "api.acme.example",
                "443",
                "https://api.acme.example/orders/REDACTED"
            ],
        ]
    );
}

struct TwoTokens;

impl TokenSource for TwoTokens {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        let token = rejected.map_or("first", |_| "second");
        Box::pin(async move { Ok(AccessToken::bearer(token)?) })
    }
}

#[tokio::test]
async fn each_sending_carries_the_parent_of_its_own_moment_and_a_call_s_own_counts_before() {
    let server = Server::start(|_, number| match number {
        0 => Act::json("401 Unauthorized", "{}"),
        _ => Act::json("200 OK", r#"{"reference":"R-1"}"#),
    });
    let spans = Arc::new(Mutex::new(0));
    let client = Client::<Bearer>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .token_source(TwoTokens)
        .trace_context(move || {
            let mut span = spans.lock().unwrap();
            *span += 1;
            TraceParent::new(0xabc, *span, true)
        })
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let mut own = CallSettings::new();
    own.header("traceparent", "00-own");
    let traced = client.with_call(own);
    traced.refund_order("A-1", amount()).await.unwrap();
    let plain = bearer_at(&server.url()).build().unwrap();
    plain.refund_order("A-1", amount()).await.unwrap();

    let received = server.received();
    let parents: Vec<_> = received
        .iter()
        .map(|request| request.header("traceparent"))
        .collect();
    let of = |span: u64| format!("00-{:032x}-{span:016x}-01", 0xabc);
    assert_eq!(
        parents,
        [
            Some(of(1).as_str()),
            Some(of(2).as_str()),
            Some("00-own"),
            None
        ]
    );
}

#[tokio::test]
async fn it_is_asked_for_within_the_span_of_the_sending() {
    let server = Server::start(|_, _| Act::json("200 OK", r#"{"reference":"R-1"}"#));
    let sendings = Sendings::default();
    let guard = sendings.watch();
    let seen = Arc::new(Mutex::new(None));
    let asked = Arc::clone(&seen);
    let client = bearer_at(&server.url())
        .trace_context(move || {
            let current = tracing::Span::current();
            *asked.lock().unwrap() = current.metadata().map(tracing::Metadata::name);
            None
        })
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    drop(guard);
    assert_eq!(*seen.lock().unwrap(), Some("http_request"));
    assert_eq!(server.received()[0].header("traceparent"), None);
}
