//! Errors of every kind, from a server that echoes what it was sent.

use std::time::Duration;

use provider_runtime::{Credentials, Environment, Error};
use serde_json::json;
use workspace_tests::server::{LoopbackServer, Reply, Request, url_where_nothing_listens};

use crate::{SECRET, assert_debug_silent, assert_error_silent, assert_silent};

/// The credentials that came with a request, in every form in which they were given or sent.
fn credentials_of(request: &Request) -> String {
    let sent = request.header("authorization").unwrap_or_default();
    let given = match sent.starts_with("Basic ") {
        true => "hunter2-key hunter2-password",
        false => SECRET,
    };
    format!("{sent} {given}")
}

/// Everything that a careless server knows of a request, in every place where it can put it.
fn echo(status: u16, request: &Request) -> Reply {
    let all = credentials_of(request);
    let body = json!({
        "message": all, "title": all, "detail": all, "msg": all, "error": all, "logId": all,
        "code": all, "error_code": all, "errors": [{"message": all, "code": 7}], "statusCode": 7,
        "success": false,
    });
    Reply::json(status, body.to_string())
        .with_header("www-authenticate", &all)
        .with_header("x-echo", SECRET)
}

fn page(status: u16, request: &Request) -> Reply {
    let all = credentials_of(request);
    Reply::body(status, "text/html", format!("<html>{all}</html>")).with_header("x-echo", &all)
}

/// Every way to fail, each with a name for it.
fn failures() -> Vec<(&'static str, LoopbackServer)> {
    fn server(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> LoopbackServer {
        LoopbackServer::start(reply).unwrap()
    }
    let mut failures = Vec::new();
    for status in [400, 401, 404, 409, 422, 429, 500] {
        failures.push((
            "an echo in JSON",
            server(move |request| echo(status, request)),
        ));
    }
    failures.push((
        "an echo with an undocumented status",
        server(|request| echo(418, request)),
    ));
    failures.push(("a page", server(|request| page(502, request))));
    failures.push(("a page with 401", server(|request| page(401, request))));
    failures.push(("a page with 200", server(|request| page(200, request))));
    failures.push((
        "a success of another shape",
        server(|request| echo(200, request)),
    ));
    failures.push(("a value of another type", server(|_| Reply::json(200, r#"{"data":"hunter2","refundStatus":{"hunter2":1},"refunds":"hunter2","message":7}"#))));
    failures.push((
        "a redirect",
        server(|_| {
            Reply::status(307).with_header("location", "https://hunter2.example.com/?k=hunter2")
        }),
    ));
    failures.push((
        "a broken body",
        server(|request| echo(200, request).missing(5)),
    ));
    failures.push((
        "a body that is too large",
        server(|_| Reply::json(200, SECRET.repeat(400_000))),
    ));
    failures.push(("no answer", server(|_| Reply::close())));
    failures.push(("no HTTP", server(|_| Reply::raw("hunter2 hunter2\r\n"))));
    failures.push((
        "an answer too late",
        server(|_| Reply::json(200, "{}").after(Duration::from_secs(20))),
    ));
    failures
}

fn assert_call_error_silent<E: std::fmt::Debug>(what: &str, error: Error<E>) {
    assert_error_silent(what, &error);
    assert_silent(what, &error.provider_message().unwrap_or_default());
    assert_silent(what, &error.provider_code().unwrap_or_default());
    assert_silent(what, &error.log_id().unwrap_or_default());
    assert_silent(what, error.advice());
    assert_debug_silent(what, &error.reply());
    match &error {
        Error::InvalidRequest(inner) => assert_debug_silent(what, inner),
        Error::NotSent(inner) => assert_debug_silent(what, inner),
        Error::Unanswered(inner) => assert_debug_silent(what, inner),
        Error::ErrorResponse(inner) => assert_debug_silent(what, inner),
        Error::UnexpectedResponse(inner) => assert_debug_silent(what, inner),
        Error::Undecodable(inner) => assert_debug_silent(what, inner),
        Error::BodyUnread(inner) => assert_debug_silent(what, inner),
        _ => panic!("a new kind of error: add it here"),
    }
    assert_error_silent(what, &error.into_untyped());
}

fn builder<C: provider_runtime::GeneratedClient>(url: &str, credentials: Credentials) -> C {
    provider_runtime::ClientBuilder::new()
        .environment(Environment::BaseUrl(url.to_owned()))
        .credentials(credentials)
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap()
}

async fn assert_all_silent(what: &str, url: &str) {
    let bearer = || Credentials::bearer(SECRET);
    let client: kotanipay::Client = builder(url, bearer());
    // A raw success is one: what a server echoes in it is the caller's, and `Debug` shows its size.
    match client.retry_refund().reference_id("r").send().await {
        Ok(answer) => {
            assert_debug_silent(what, &answer);
            assert_debug_silent(what, &answer.into_inner());
        }
        Err(error) => assert_call_error_silent(what, error),
    }
    match client.offramp().reference_id("r").send().await {
        Ok(answer) => assert_debug_silent(what, &answer.into_inner()),
        Err(error) => assert_call_error_silent(what, error),
    }
    let client: mce::Client = builder(url, bearer());
    let body = mce::types::CryptoRefundRequest::builder()
        .original_transaction_id("t")
        .original_transaction_type(1);
    match client.create_crypto_refund().body(body).send().await {
        Ok(answer) => assert_debug_silent(what, &answer),
        Err(error) => assert_call_error_silent(what, error),
    }
    let client: optty::Client = builder(url, bearer());
    match client.order_details().merchant_reference("r").send().await {
        Ok(answer) => assert_debug_silent(what, &answer),
        Err(error) => assert_call_error_silent(what, error),
    }
    let client: tazapay::Client =
        builder(url, Credentials::basic("hunter2-key", "hunter2-password"));
    match client.refund().id("r").send().await {
        Ok(answer) => assert_debug_silent(what, &answer),
        Err(error) => assert_call_error_silent(what, error),
    }
}

#[tokio::test]
async fn no_kind_of_error_shows_what_a_server_echoes() {
    for (what, server) in failures() {
        assert_all_silent(what, &server.url()).await;
    }
    assert_all_silent("nothing listens", &url_where_nothing_listens().unwrap()).await;
}

#[tokio::test]
async fn a_masked_message_says_that_something_was_masked() {
    let server = LoopbackServer::start(|request| echo(400, request)).unwrap();
    let client: tazapay::Client = builder(
        &server.url(),
        Credentials::basic("hunter2-key", "hunter2-password"),
    );
    let error = client.refund().id("r").send().await.unwrap_err();
    assert!(error.to_string().contains("[secret]"), "{error}");
}

/// The token URL sees the client's secret, and so may what it answers.
#[tokio::test]
async fn a_token_url_that_echoes_the_secret_does_not_bring_it_into_the_error() {
    let answers: [fn() -> Reply; 7] = [
        || {
            Reply::json(
                401,
                r#"{"message":"hunter2-secret is wrong","error":"hunter2-secret"}"#,
            )
        },
        || Reply::json(400, r#"{"error_description":"hunter2-secret"}"#),
        || Reply::body(502, "text/html", "hunter2-secret"),
        || Reply::json(200, r#"{"access_token":7,"note":"hunter2-secret"}"#),
        || Reply::json(200, r#"{"access_token":"hunter2\n"}"#),
        || {
            Reply::json(
                200,
                r#"{"access_token":"hunter2-token","token_type":"hunter2"}"#,
            )
        },
        Reply::close,
    ];
    for answer in answers {
        let server = LoopbackServer::start(move |_| answer()).unwrap();
        let client: optty::Client = provider_runtime::ClientBuilder::new()
            .environment(Environment::BaseUrl(server.url()))
            .credentials(Credentials::oauth2("client", "hunter2-secret"))
            .token_url(format!("{}/token", server.url()))
            .build()
            .unwrap();
        let error = client
            .order_details()
            .merchant_reference("o")
            .send()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::NotSent(_)), "{error}");
        assert_call_error_silent("a token error", error);
    }
}

/// An answer to a call may echo the token that was fetched, which nobody gave to the builder.
#[tokio::test]
async fn a_fetched_token_is_masked_too() {
    let server = LoopbackServer::start(|request| match request.target.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"hunter2-fetched"}"#),
        _ => echo(401, request),
    })
    .unwrap();
    let client: optty::Client = provider_runtime::ClientBuilder::new()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::oauth2("client", SECRET))
        .token_url(format!("{}/token", server.url()))
        .build()
        .unwrap();
    let error = client
        .order_details()
        .merchant_reference("o")
        .send()
        .await
        .unwrap_err();
    assert_call_error_silent("an echoed token", error);
}

/// A request that cannot be made is not quoted: its values may be personal.
#[tokio::test]
async fn an_invalid_request_does_not_quote_its_values() {
    let url = url_where_nothing_listens().unwrap();
    let client: tazapay::Client = builder(&url, Credentials::basic("k", "s"));
    let body = || tazapay::types::CreateRefundRequest::builder().payin("p".to_owned());
    let key = format!("alice {}", "x".repeat(300));
    let error = client
        .create_refund()
        .idempotency_key(key)
        .body(body())
        .send()
        .await
        .unwrap_err();
    assert_call_error_silent("a key that is too long", error);
    let call = client.create_refund().idempotency_key("alice\r\n");
    assert_call_error_silent(
        "a key of two lines",
        call.body(body()).send().await.unwrap_err(),
    );
    let details = tazapay::types::RefundCustomerDetails::builder().phone(
        tazapay::types::Phone::try_from(
            tazapay::types::Phone::builder().number("alice".to_owned()),
        )
        .unwrap(),
    );
    let error = tazapay::types::RefundCustomerDetails::try_from(details).unwrap_err();
    assert_error_silent("a customer without e-mail", &error);
    let client: optty::Client = builder(&url, Credentials::bearer("t"));
    let body = optty::types::OrderRefundDto::builder().refund_description("alice");
    let call = client.refund_order().order_reference("alice").body(body);
    assert_call_error_silent("a refund without an amount", call.send().await.unwrap_err());
    let amount = optty::types::OrderRefundAmount::builder()
        .amount("alice")
        .currency("alice");
    let body = optty::types::OrderRefundDto::builder().refund_amount(amount);
    let call = client.refund_order().order_reference("alice").body(body);
    assert_call_error_silent("an amount that is none", call.send().await.unwrap_err());
}
