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
    crate::traces::lasting();
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
        "otel.status_code=\"ERROR\"",
        "/orders/REDACTED/refund",
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

/// `text` as servers write it when they show what they were sent.
fn forms(text: &str) -> Vec<String> {
    use base64::{Engine, engine::general_purpose};

    let escape = |each: &dyn Fn(char) -> String| text.chars().map(each).collect::<String>();
    let percent = |upper: bool| {
        let bytes = text.bytes().map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        });
        bytes.collect::<String>()
    };
    let mut forms = vec![
        text.to_owned(),
        format!("Bearer {text}"),
        percent(true),
        percent(false),
        percent(true).replace("%20", "+"),
        serde_json::to_string(text).unwrap(),
        serde_json::to_string(text).unwrap().replace('/', "\\/"),
        escape(&|character| format!("\\u{:04x}", u32::from(character))),
        escape(&|character| format!("\\u{:04X}", u32::from(character))),
        text.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
            .replace('<', "&lt;"),
        escape(&|character| format!("&#{};", u32::from(character))),
    ];
    for whole in [
        text.to_owned(),
        format!("shop:{text}"),
        format!("x{text}yz"),
        format!("{{\"k\":\"{text}\"}}"),
    ] {
        forms.extend([
            general_purpose::STANDARD.encode(&whole),
            general_purpose::STANDARD_NO_PAD.encode(&whole),
            general_purpose::URL_SAFE.encode(&whole),
            general_purpose::URL_SAFE_NO_PAD.encode(&whole),
        ]);
    }
    forms
}

/// The messages of a refund's errors, when a server says each of these, in an error and in a success.
async fn messages<S: crate::client::Scheme>(
    credentials: Credentials,
    said: Vec<String>,
) -> Vec<(String, String)> {
    let answers = said.clone();
    let number = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        if request.line.starts_with("POST /token") {
            return Act::json("200 OK", r#"{"access_token":"t/+ken~secret"}"#);
        }
        let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let said = &answers[number % answers.len()];
        let body = serde_json::json!({"message": said, "error_code": said, "logId": said});
        match number < answers.len() {
            true => Act::json("400 Bad Request", &body.to_string()),
            false => Act::json("200 OK", &body.to_string()),
        }
    });
    let builder = Client::<S>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .http_client_builder(reqwest::Client::builder().no_proxy());
    let client = match S::PROVIDER.authentication {
        provider_runtime::Authentication::OAuth2ClientCredentials { .. } => {
            builder.token_url(format!("{}/token", server.url()))
        }
        _ => builder,
    };
    let client = client.credentials(credentials).build().unwrap();
    let mut shown = Vec::new();
    for said in said.iter().chain(&said) {
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        let all = format!(
            "{error} {error:#} {error:?} {:?} {:?} {:?}",
            error.provider_message(),
            error.provider_code(),
            error.log_id()
        );
        shown.push((said.clone(), all));
    }
    shown
}

#[tokio::test]
async fn no_form_of_a_secret_is_shown_whatever_the_scheme() {
    use crate::client::{Bearer, KeyInHeader, KeyInQuery, OAuth2, TwoKeys};

    let secret = "s/3+cr=t~'\"&<9";
    let said = forms(secret);
    let keys = [
        ("X-Client-Id", "id-of-the-shop"),
        ("X-Client-Secret", secret),
    ];
    let mut shown = messages::<Bearer>(Credentials::bearer(secret), said.clone()).await;
    shown.extend(messages::<KeyInHeader>(Credentials::api_key(secret), said.clone()).await);
    shown.extend(messages::<KeyInQuery>(Credentials::api_key(secret), said.clone()).await);
    shown.extend(messages::<TwoKeys>(Credentials::api_keys(keys), said.clone()).await);
    shown.extend(messages::<OAuth2>(Credentials::oauth2("id", secret), said).await);
    // A password may have blanks and other letters, and the user is hidden, too.
    let password = "pä ss/wo+rd";
    for hidden in [password, "user&name", "user&name:pä ss/wo+rd"] {
        let credentials = Credentials::basic("user&name", password);
        shown.extend(messages::<Basic>(credentials, forms(hidden)).await);
    }
    let fetched = forms("t/+ken~secret");
    shown.extend(messages::<OAuth2>(Credentials::oauth2("id", secret), fetched).await);
    for (said, all) in shown {
        assert!(all.contains("[secret]"), "{said}: {all}");
        let core = said.trim_matches('"').trim_start_matches("Bearer ");
        assert!(!all.contains(core), "{said}: {all}");
    }
}

#[tokio::test]
async fn a_token_url_that_echoes_the_secret_is_not_quoted() {
    for said in forms("s/3+cr=t~'\"&<9") {
        let body = serde_json::json!({"error_description": said}).to_string();
        let server = Server::start(move |_, _| Act::json("400 Bad Request", &body));
        let client = Client::<crate::client::OAuth2>::builder()
            .environment(Environment::BaseUrl(server.url()))
            .credentials(Credentials::oauth2("id", "s/3+cr=t~'\"&<9"))
            .token_url(format!("{}/token", server.url()))
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        let all = format!("{error} {error:#} {error:?}");
        assert!(all.contains("[secret]"), "{said}: {all}");
    }
}

#[tokio::test]
async fn a_signer_that_quotes_a_secret_does_not_show_it() {
    use provider_runtime::{RequestSigner, SigningError};

    struct Careless;

    impl RequestSigner for Careless {
        fn sign(&self, request: &mut reqwest::Request) -> Result<(), SigningError> {
            let sent = request.headers()["authorization"].to_str().unwrap();
            Err(SigningError::new(format!("cannot sign {sent}")))
        }
    }

    let client = bearer_at("http://127.0.0.1:1")
        .request_signer(Careless)
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(
        error.to_string().ends_with("cannot sign Bearer [secret]"),
        "{error}"
    );
}
