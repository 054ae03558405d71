use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use provider_runtime::{
    AccessToken, Amount, ClientBuilder, Credentials, Environment, Error, NotSentCause, TokenError,
    TokenFuture, TokenSource,
};

use crate::{
    client::{Basic, Bearer, Client, KeyInHeader, KeyInQuery, TwoKeys, bearer_at, oauth2_at},
    server::{Act, Received, Server},
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn is_token_request(request: &Received) -> bool {
    request.line == "POST /token HTTP/1.1"
}

fn grant(number: usize) -> Act {
    Act::json(
        "200 OK",
        &format!(
            r#"{{"access_token":"hunter2-{number}","expires_in":86400,"token_type":"Bearer"}}"#
        ),
    )
}

#[tokio::test]
async fn a_bearer_token_goes_with_every_call_and_nothing_that_was_not_asked_for() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&server.url()).build().unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(refund.reference, "R-1");

    let request = &server.received()[0];
    assert_eq!(request.line, "POST /orders/A-1/refund HTTP/1.1");
    assert_eq!(
        request.header("authorization"),
        Some("Bearer hunter2-token")
    );
    assert_eq!(request.header("user-agent"), Some("acme/1.2.3"));
    assert_eq!(request.body, r#"{"amount":24.98}"#);
    let mut names: Vec<_> = request
        .headers
        .iter()
        .map(|header| header.split(':').next().unwrap().to_lowercase())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "accept",
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "host",
            "user-agent"
        ]
    );
}

#[tokio::test]
async fn basic_credentials_go_as_rfc_7617_says() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client: Client<Basic> = Client::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::basic("Aladdin", "open sesame"))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(
        server.received()[0].header("authorization"),
        Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    );
}

#[tokio::test]
async fn twenty_callers_fetch_one_token_with_the_documented_form() {
    let server = Server::start(|request, _| {
        if is_token_request(request) {
            grant(1).after(Duration::from_millis(50))
        } else {
            Act::json("200 OK", REFUNDED)
        }
    });
    let client = std::sync::Arc::new(oauth2_at(&server.url()).build().unwrap());
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let client = std::sync::Arc::clone(&client);
            tokio::spawn(async move { client.refund_order("A-1", amount()).await.is_ok() })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.unwrap());
    }

    let (tokens, calls): (Vec<_>, Vec<_>) =
        server.received().into_iter().partition(is_token_request);
    assert_eq!((tokens.len(), calls.len()), (1, 20));
    assert_eq!(
        tokens[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        tokens[0].body,
        "grant_type=client_credentials&client_id=the-client&client_secret=hunter2-secret\
         &scope=api-user"
    );
    assert_eq!(tokens[0].header("authorization"), None);
    for call in calls {
        assert_eq!(call.header("authorization"), Some("Bearer hunter2-1"));
    }
}

#[tokio::test]
async fn after_a_401_the_token_is_fetched_again_and_the_call_sent_once_more() {
    let tokens = AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        if is_token_request(request) {
            return grant(tokens.fetch_add(1, Ordering::SeqCst) + 1);
        }
        match request.header("authorization") {
            Some("Bearer hunter2-2") => Act::json("200 OK", REFUNDED),
            _ => Act::json("401 Unauthorized", r#"{"message":"expired"}"#),
        }
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(refund.reference, "R-1");

    let received = server.received();
    let lines: Vec<_> = received.iter().map(|request| &*request.line).collect();
    let (token, call) = ("POST /token HTTP/1.1", "POST /orders/A-1/refund HTTP/1.1");
    assert_eq!(lines, [token, call, token, call]);
    assert_eq!(received[1].body, received[3].body);
}

#[tokio::test]
async fn a_401_with_a_fresh_token_is_returned() {
    let tokens = AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        if is_token_request(request) {
            return grant(tokens.fetch_add(1, Ordering::SeqCst) + 1);
        }
        Act::json("401 Unauthorized", r#"{"message":"not your order"}"#)
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::ErrorResponse(_)));
    assert_eq!(
        error.to_string(),
        "acme refund_order: 401 Unauthorized: not your order"
    );
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn a_call_is_not_sent_again_with_the_token_that_was_rejected() {
    let server = Server::start(|request, _| {
        if is_token_request(request) {
            return grant(1);
        }
        Act::json("401 Unauthorized", r#"{"message":"no"}"#)
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    let calls = server
        .received()
        .into_iter()
        .filter(|r| !is_token_request(r));
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn a_static_token_is_not_tried_twice() {
    let server =
        Server::start(|_, _| Act::json("401 Unauthorized", r#"{"message":"wrong token"}"#));
    let client = bearer_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_reason_is_told_without_the_secret() {
    let server = Server::start(|_, _| {
        Act::json(
            "401 Unauthorized",
            r#"{"error":"invalid_client","error_description":"hunter2-secret is wrong"}"#,
        )
    });
    let client = oauth2_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error}");
    };
    let NotSentCause::Token(token_error) = not_sent.cause() else {
        panic!("{error}");
    };
    assert_eq!(token_error.status().unwrap(), 401);
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent: no access token: the token URL answered 401 Unauthorized: \
         [secret] is wrong; check the client id, the secret and the environment"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_token_url_that_asks_for_fewer_calls_is_heard_and_not_taken_for_a_wrong_secret() {
    let server = Server::start(|_, _| Act::json("429 Too Many Requests\r\nRetry-After: 7", "{}"));
    let client = oauth2_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error}");
    };
    let NotSentCause::Token(token_error) = not_sent.cause() else {
        panic!("{error}");
    };
    let headers = token_error.headers().unwrap();
    assert_eq!(headers.get("retry-after").unwrap(), "7");
    assert_eq!(
        token_error.to_string(),
        "the token URL answered 429 Too Many Requests; try again later"
    );
}

#[tokio::test]
async fn answers_of_the_token_url_that_hold_no_bearer_token_are_refused() {
    for (status, body) in [
        ("200 OK", "<html>"),
        ("200 OK", r#"{"token":"x"}"#),
        ("200 OK", r#"{"access_token":"x","token_type":"mac"}"#),
        ("200 OK", r#"{"access_token":"a\nb"}"#),
        ("204 No Content", ""),
        ("302 Found", ""),
    ] {
        let server = Server::start(move |_, _| Act::json(status, body));
        let client = oauth2_at(&server.url()).build().unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(_)), "{body}: {error}");
        assert_eq!(server.received().len(), 1, "{body}");
    }
}

struct Vault {
    asked: AtomicUsize,
    scheme: &'static str,
}

impl Vault {
    fn new(scheme: &'static str) -> Self {
        Self {
            asked: AtomicUsize::new(0),
            scheme,
        }
    }
}

impl TokenSource for Vault {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        Box::pin(async move {
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            assert_eq!(rejected.is_some(), number == 2);
            match self.scheme {
                "bearer" => Ok(AccessToken::bearer(&format!("vault-{number}"))?),
                "basic" => Ok(AccessToken::basic("user", "password")?),
                "locked" => Err(TokenError::new("the vault is locked: unlock it")),
                _ => std::future::pending().await,
            }
        })
    }
}

#[tokio::test]
async fn a_token_source_is_asked_again_after_a_401() {
    let server = Server::start(|request, _| match request.header("authorization") {
        Some("Bearer vault-2") => Act::json("200 OK", REFUNDED),
        _ => Act::json("401 Unauthorized", r#"{"message":"expired"}"#),
    });
    let client: Client<Bearer> = Client::builder()
        .environment(Environment::BaseUrl(server.url()))
        .token_source(Vault::new("bearer"))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_token_source_without_a_fitting_token_sends_nothing() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    for (scheme, told) in [
        ("basic", "return `AccessToken::bearer`"),
        ("locked", "the vault is locked"),
        ("hanging", "none within 50ms"),
    ] {
        let client: Client<Bearer> = Client::builder()
            .environment(Environment::BaseUrl(server.url()))
            .token_source(Vault::new(scheme))
            .timeout(Duration::from_millis(50))
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(_)), "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn an_api_key_goes_in_its_header_and_nothing_in_the_one_for_tokens() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client: Client<KeyInHeader> = Client::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::api_key("hunter2-key"))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("x-api-key"), Some("hunter2-key"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn an_api_key_in_the_query_is_sent_and_not_shown() {
    let server = Server::start(|_, _| {
        Act::json("400 Bad Request", r#"{"message":"hunter2-key is unknown"}"#)
    });
    let client: Client<KeyInQuery> = Client::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::api_key("hunter2-key"))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    assert_eq!(
        server.received()[0].line,
        "POST /orders/A-1/refund?api_key=hunter2-key HTTP/1.1"
    );
}

#[tokio::test]
async fn keys_that_are_required_together_are_sent_together() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let builder = || -> ClientBuilder<Client<TwoKeys>> {
        Client::builder().environment(Environment::BaseUrl(server.url()))
    };
    let keys = [("X-Client-Id", "id-1"), ("x-client-secret", "hunter2")];
    let client = builder()
        .credentials(Credentials::api_keys(keys))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("x-client-id"), Some("id-1"));
    assert_eq!(request.header("x-client-secret"), Some("hunter2"));

    let one_alone = [
        Credentials::api_key("id-1"),
        Credentials::api_keys([("X-Client-Id", "id-1")]),
    ];
    for credentials in one_alone {
        let refused = builder().credentials(credentials).build().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "acme does not take these credentials: use `Credentials::api_keys` with X-Client-Id and X-Client-Secret"
        );
    }
}

#[tokio::test]
async fn an_escaped_api_key_that_comes_back_is_not_shown() {
    let server = Server::start(|request, _| {
        let query = request.line.split(['?', ' ']).nth(2).unwrap();
        let lower = query.replace("%2F", "%2f").replace("%3D", "%3d");
        let body = format!(r#"{{"message":"{query} and {lower} are unknown"}}"#);
        Act::json("400 Bad Request", &body)
    });
    let client: Client<KeyInQuery> = Client::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::api_key("hunter2/key="))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(
        server.received()[0].line,
        "POST /orders/A-1/refund?api_key=hunter2%2Fkey%3D HTTP/1.1"
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    assert!(error.to_string().contains("api_key=[secret]"), "{error}");
}

#[tokio::test]
async fn credentials_of_another_kind_than_an_api_key_are_refused() {
    let refused = Client::<KeyInHeader>::builder()
        .environment(Environment::BaseUrl("http://localhost:1".to_owned()))
        .credentials(Credentials::bearer("hunter2-token"))
        .build()
        .unwrap_err();
    assert!(
        refused.to_string().contains("`Credentials::api_key`"),
        "{refused}"
    );
}
