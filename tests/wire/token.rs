//! Optty's access token: fetched once, shared, renewed once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use optty::{Client, Credentials, Error};
use workspace_tests::operations;
use workspace_tests::server::{LoopbackServer, Reply, Request};
use workspace_tests::version_of;

const ORDER: &str = r#"{"refunds":[]}"#;
const WRONG_MERCHANT: &str = r#"{"statusCode":401,"message":"You are not authorized to view this transaction...!","error":"Unauthorized"}"#;

/// Gives `token-0`, `token-1`, … and answers orders by `answer`.
fn server(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> LoopbackServer {
    let given = AtomicUsize::new(0);
    LoopbackServer::start(move |request| {
        if request.target != "/token" {
            return answer(request);
        }
        let number = given.fetch_add(1, Ordering::SeqCst);
        let grant = format!(
            r#"{{"access_token":"token-{number}","expires_in":86400,"token_type":"Bearer","scope":"api-user"}}"#
        );
        Reply::json(200, grant).after(Duration::from_millis(30))
    })
    .unwrap()
}

fn client(server: &LoopbackServer) -> Client {
    operations::builder(&server.url())
        .credentials(Credentials::oauth2("client & id", "sécret"))
        .token_url(format!("{}/token", server.url()))
        .build()
        .unwrap()
}

fn targets(server: &LoopbackServer) -> Vec<String> {
    server
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect()
}

#[tokio::test]
async fn the_token_request_is_as_reviewed() {
    let server = server(|_| Reply::json(200, ORDER));
    client(&server)
        .order_details()
        .merchant_reference("o")
        .send()
        .await
        .unwrap();
    let text = server.requests()[0].transcript();
    let version = format!("optty/{}", version_of("optty"));
    insta::assert_snapshot!("optty_token", text.replace(&version, "optty/<version>"));
}

#[tokio::test]
async fn many_calls_at_once_fetch_one_token() {
    let server = server(|_| Reply::json(200, ORDER));
    let client = client(&server);
    let calls: Vec<_> = (0..20)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                client
                    .order_details()
                    .merchant_reference(format!("o-{number}"))
                    .send()
                    .await
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let requests = server.requests();
    let (tokens, orders): (Vec<_>, Vec<_>) = requests
        .iter()
        .partition(|request| request.target == "/token");
    assert_eq!((tokens.len(), orders.len()), (1, 20));
    assert!(
        orders
            .iter()
            .all(|order| order.header("authorization") == Some("Bearer token-0"))
    );
}

#[tokio::test]
async fn a_later_call_reuses_the_token() {
    let server = server(|_| Reply::json(200, ORDER));
    let client = client(&server);
    for _ in 0..3 {
        client
            .order_details()
            .merchant_reference("o")
            .send()
            .await
            .unwrap();
    }
    assert_eq!(
        targets(&server)
            .iter()
            .filter(|target| *target == "/token")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_401_renews_the_token_and_sends_the_call_once_more() {
    let server = server(|request| match request.header("authorization") {
        Some("Bearer token-0") => {
            Reply::json(401, r#"{"statusCode":401,"message":"Unauthorized"}"#)
        }
        _ => Reply::json(200, ORDER),
    });
    client(&server)
        .order_details()
        .merchant_reference("o")
        .send()
        .await
        .unwrap();
    assert_eq!(
        targets(&server),
        ["/token", "/orders/o/details", "/token", "/orders/o/details"]
    );
    let requests = server.requests();
    assert_eq!(requests[3].header("authorization"), Some("Bearer token-1"));
    assert_eq!(requests[1].body, requests[3].body);
}

#[tokio::test]
async fn a_401_that_a_new_token_does_not_cure_is_given_to_the_caller() {
    let server = server(|_| Reply::json(401, WRONG_MERCHANT));
    let error = client(&server)
        .order_details()
        .merchant_reference("o")
        .send()
        .await
        .unwrap_err();
    let Error::ErrorResponse(response) = &error else {
        panic!("{error}");
    };
    assert_eq!(response.status_code, 401);
    assert_eq!(
        error.provider_message().as_deref(),
        Some("You are not authorized to view this transaction...!")
    );
    assert_eq!(targets(&server).len(), 4, "two tokens, two calls, no loop");
}

#[tokio::test]
async fn a_refund_is_not_sent_without_a_token() {
    let server = LoopbackServer::start(|request| match request.target.as_str() {
        "/token" => Reply::json(401, r#"{"message":"bad client"}"#),
        _ => Reply::json(200, ORDER),
    })
    .unwrap();
    let refund = optty::types::OrderRefundDto::builder()
        .refund_reference("r")
        .refund_description("d")
        .refund_amount(
            optty::types::OrderRefundAmount::builder()
                .amount(100)
                .currency("AUD"),
        );
    let error = client(&server)
        .refund_order()
        .order_reference("o")
        .body(refund)
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error}");
    assert!(!error.may_have_happened(), "{error}");
    assert!(error.to_string().contains("bad client"), "{error}");
    assert_eq!(targets(&server), ["/token"]);
}

/// A refund that is answered 401 was refused, so that sending it again with a new token is no
/// second refund; any other answer is final.
#[tokio::test]
async fn only_a_401_is_sent_again() {
    for status in [400, 403, 404, 408, 429, 500, 502, 503] {
        let server = server(move |_| Reply::json(status, "{}"));
        let _ = client(&server)
            .order_details()
            .merchant_reference("o")
            .send()
            .await;
        assert_eq!(
            targets(&server),
            ["/token", "/orders/o/details"],
            "{status}"
        );
    }
}
