use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use provider_runtime::{AccessToken, Amount, Credentials, Environment, TokenError};
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::{
    client::{Basic, Client, bearer_at, oauth2_at},
    server::{Act, Server},
};

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn assert_silent(shown: &str) {
    assert!(!shown.contains("hunter2"), "{shown}");
    // Base64 of `hunter2-key:hunter2-password` begins so.
    assert!(!shown.contains("aHVudGVyMi1"), "{shown}");
}

#[test]
fn what_holds_a_secret_does_not_show_it() {
    let credentials = [
        Credentials::bearer("hunter2"),
        Credentials::basic("hunter2-key", "hunter2-password"),
        Credentials::oauth2("client", "hunter2"),
    ];
    for credentials in credentials {
        assert_silent(&format!("{credentials:?} {credentials:#?}"));
    }
    let tokens = [
        AccessToken::bearer("hunter2").unwrap(),
        AccessToken::basic("hunter2-key", "hunter2-password").unwrap(),
    ];
    for token in tokens {
        assert_silent(&format!("{token:?} {:?}", Some(&token)));
    }
    let environment = Environment::BaseUrl("https://user:hunter2@example.com".to_owned());
    assert_silent(&format!("{environment:?}"));
    let builder = bearer_at("http://127.0.0.1:1");
    assert_silent(&format!("{builder:?}"));
    assert_silent(&format!("{:?}", builder.build().unwrap()));
    assert_silent(&format!("{:?}", oauth2_at("http://127.0.0.1:1").build()));
}

#[test]
fn settings_errors_do_not_show_the_secret_that_they_refuse() {
    for credentials in [
        Credentials::bearer("hunter2\n"),
        Credentials::basic("hunter2", "x"),
    ] {
        let error = bearer_at("http://127.0.0.1:1")
            .credentials(credentials)
            .build()
            .unwrap_err();
        assert_silent(&format!("{error} {error:?}"));
    }
    let error = bearer_at("https://user:hunter2@example.com")
        .build()
        .unwrap_err();
    assert_silent(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn errors_do_not_show_a_secret_that_the_provider_echoes() {
    const ECHO: &str =
        r#"{"message":"hunter2-key hunter2-password aHVudGVyMi1rZXk6aHVudGVyMi1wYXNzd29yZA=="}"#;
    for status in ["400 Bad Request", "500 Internal Server Error", "200 OK"] {
        let server = Server::start(move |_, _| Act::json(status, ECHO));
        let client: Client<Basic> = Client::builder()
            .environment(Environment::BaseUrl(server.url()))
            .credentials(Credentials::basic("hunter2-key", "hunter2-password"))
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        assert_silent(&format!("{error} {error:#} {error:?} {error:#?}"));
        assert_silent(&error.provider_message().unwrap());
        assert!(error.to_string().contains("[secret]"), "{error}");
        assert_silent(&format!("{:?}", error.reply()));
        assert_silent(&format!("{:?}", error.into_untyped()));
    }
}

#[test]
fn a_token_error_shows_its_message_alone() {
    let cause = io::Error::other("the socket is gone");
    let error = TokenError::with_source("the vault is away", cause);
    assert_eq!(error.to_string(), "the vault is away");
    assert!(std::error::Error::source(&error).is_some());
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn the_trace_names_the_call_and_its_outcome_and_no_secret() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(captured.clone())
        .with_ansi(false)
        .finish();
    // Without one that lasts, another test's thread, which has no subscriber, decides for the whole process that
    // nobody is interested in a span.
    tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    let guard = tracing::subscriber::set_default(subscriber);
    let tokens = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        if request.line.starts_with("POST /token") {
            let number = tokens.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let grant = format!(r#"{{"access_token":"hunter2-{number}"}}"#);
            return Act::json("200 OK", &grant);
        }
        match request.header("authorization") {
            Some("Bearer hunter2-0") => Act::json("401 Unauthorized", r#"{"message":"hunter2"}"#),
            _ => Act::json("400 Bad Request", r#"{"message":"hunter2"}"#),
        }
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    let _ = client.refund_order("hunter2", amount()).await.unwrap_err();
    let silent = Server::start(|_, _| Act::silence(Duration::from_secs(2)));
    let client = bearer_at(&silent.url())
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let _ = client.refund_order("hunter2", amount()).await.unwrap_err();
    drop(guard);

    let trace = captured.text();
    assert_silent(&trace);
    for field in [
        "otel.name=POST /orders/{orderReference}/refund",
        "otel.kind=\"client\"",
        "http.request.method=\"POST\"",
        "url.template=\"/orders/{orderReference}/refund\"",
        "server.address=\"127.0.0.1\"",
        "refunds.provider=\"acme\"",
        "refunds.operation=\"refund_order\"",
        "refunds.attempt=2",
        "refunds.duration_ms=",
        "http.request.resend_count=1",
        "http.response.status_code=400",
        "error.type=\"400\"",
        "refunds.attempt=1",
        "error.type=\"timeout\"",
    ] {
        assert!(trace.contains(field), "{field} is missing in {trace}");
    }
}
