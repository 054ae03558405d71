//! The trace of a call: OpenTelemetry's names, and nothing secret at any level.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use provider_runtime::{ClientBuilder, Credentials, Environment, GeneratedClient};
use workspace_tests::server::{LoopbackServer, Reply, url_where_nothing_listens};

use crate::capture::Captured;
use crate::{SECRET, assert_silent};

fn at<C: GeneratedClient>(url: &str, credentials: Credentials) -> ClientBuilder<C> {
    ClientBuilder::new()
        .environment(Environment::BaseUrl(url.to_owned()))
        .credentials(credentials)
        .timeout(Duration::from_millis(300))
}

/// One call of each provider, with secrets and personal data wherever there can be any.
async fn call_everything(url: &str) {
    let bearer = || Credentials::bearer(SECRET);
    let client: kotanipay::Client = at(url, bearer()).build().unwrap();
    let invoice = kotanipay::types::RefundInvoiceRequest::builder().invoice("lnbc-alice");
    let _ = client
        .submit_refund_invoice()
        .reference_id("alice")
        .body(invoice)
        .send()
        .await;
    let client: mce::Client = at(url, bearer()).build().unwrap();
    let body = mce::types::CryptoRefundRequest::builder()
        .original_transaction_id("alice")
        .original_transaction_type(1);
    let _ = client.create_crypto_refund().body(body).send().await;
    let client: optty::Client = at(url, Credentials::oauth2("hunter2-id", SECRET))
        .token_url(format!("{url}/token"))
        .build()
        .unwrap();
    let call = client
        .order_details()
        .merchant_reference("alice")
        .merchant_id("alice".to_owned());
    let _ = call.send().await;
    let credentials = Credentials::basic("hunter2-key", "hunter2-password");
    let client: tazapay::Client = at(url, credentials).build().unwrap();
    let body = tazapay::types::CreateRefundRequest::builder()
        .payin("alice".to_owned())
        .reason("alice".to_owned());
    let _ = client
        .create_refund()
        .idempotency_key("alice")
        .body(body)
        .send()
        .await;
}

async fn traced(url: &str) -> Captured {
    // Without one that lasts, tracing may cache, while another test's subscriber goes away, that nobody is
    // interested in a span.
    static LASTING: std::sync::Once = std::sync::Once::new();
    LASTING.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    });
    let captured = Captured::default();
    let guard = tracing::subscriber::set_default(captured.subscriber());
    call_everything(url).await;
    drop(guard);
    captured
}

#[tokio::test]
async fn the_spans_of_a_call_are_as_reviewed() {
    let tokens = AtomicUsize::new(0);
    let server = LoopbackServer::start(move |request| match request.target.as_str() {
        "/token" => {
            // Each another one, so that a call is sent again after the 401.
            let number = tokens.fetch_add(1, Ordering::SeqCst);
            Reply::json(200, format!(r#"{{"access_token":"hunter2-{number}"}}"#))
        }
        _ => Reply::json(401, r#"{"message":"no","statusCode":401}"#),
    })
    .unwrap();
    let captured = traced(&server.url()).await;
    let spans = captured.spans("provider_call");
    assert_eq!(spans.len(), 4, "one for each call");
    let sendings = captured.spans("http_request");
    assert_eq!(
        sendings.len(),
        7,
        "one more after a 401, and two for its tokens"
    );
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let told = [spans, sendings].concat().join("\n");
    insta::assert_snapshot!("spans", told.replace(&port, "<port>"));
}

#[tokio::test]
async fn the_span_tells_how_a_call_without_an_answer_ended() {
    let silent =
        LoopbackServer::start(|_| Reply::status(200).after(Duration::from_secs(20))).unwrap();
    let closing = LoopbackServer::start(|_| Reply::close()).unwrap();
    let nowhere = url_where_nothing_listens().unwrap();
    for (url, error) in [
        (silent.url(), "error.type = \"timeout\""),
        (closing.url(), "error.type = \"transport\""),
        (nowhere, "error.type = \"connection_refused\""),
    ] {
        let spans = traced(&url).await.spans("http_request");
        assert!(spans[0].contains(error), "{}", spans[0]);
        assert!(!spans[0].contains("response.status_code"), "{}", spans[0]);
    }
}

/// At TRACE, what hyper and reqwest say is in it, too.
#[tokio::test]
async fn nothing_secret_or_personal_is_traced_at_any_level() {
    for body in [
        r#"{"message":"hunter2 alice"}"#,
        r#"{"access_token":"hunter2-fetched","message":"alice"}"#,
        "<html>hunter2 alice</html>",
        "",
    ] {
        for status in [200, 400, 401, 500] {
            let server = LoopbackServer::start(move |_| {
                Reply::json(status, body).with_header("x-echo", SECRET)
            })
            .unwrap();
            let text = traced(&server.url()).await.everything();
            assert!(text.contains("provider_call"), "nothing was captured");
            assert_silent("the trace", &text);
        }
    }
    let text = traced(&url_where_nothing_listens().unwrap())
        .await
        .everything();
    assert_silent("the trace", &text);
}
