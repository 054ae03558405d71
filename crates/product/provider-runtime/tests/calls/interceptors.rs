//! What an interceptor sees and may do, and what it cannot.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use provider_runtime::{
    AccessToken, Amount, Credentials, Ended, Environment, Error, Intercepted, Interceptor,
    NotSentCause, Outgoing, Sending, TokenFuture, TokenSource,
};

use crate::{
    client::{Bearer, Client, KeyInQuery, bearer_at},
    server::{Act, Server},
    signing::Numbering,
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn ok() -> Server {
    Server::start(|_, _| Act::json("200 OK", REFUNDED))
}

/// Writes down what it sees, and adds what it is told to.
#[derive(Clone, Default)]
struct Witness {
    seen: Arc<Mutex<Vec<String>>>,
    adds: Vec<(&'static str, &'static str)>,
}

impl Witness {
    fn adding(name: &'static str, value: &'static str) -> Self {
        Self {
            adds: vec![(name, value)],
            ..Self::default()
        }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Interceptor for Witness {
    fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
        for (name, value) in &self.adds {
            request.add_header(name, value)?;
        }
        let mut names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        self.seen.lock().unwrap().push(format!(
            "{} {} {} {} {names:?} {}",
            request.number(),
            request.method(),
            request.url().path(),
            request.url().query().unwrap_or("-"),
            String::from_utf8_lossy(request.body().unwrap_or_default()),
        ));
        Ok(())
    }

    fn after(&self, sending: &Sending<'_>, ended: Ended<'_>) {
        let text = match ended {
            Ended::Answered(reply) => reply.status().to_string(),
            Ended::Failed(error) => error.to_string(),
            Ended::Dropped => "dropped".to_owned(),
            _ => "something new".to_owned(),
        };
        assert!(sending.elapsed() < Duration::from_secs(60));
        let line = format!("{} {}: {text}", sending.number(), sending.operation());
        self.seen.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn it_sees_the_request_without_credentials_and_the_outcome_and_what_it_adds_is_signed() {
    let (server, witness) = (ok(), Witness::adding("X-Source", "back office"));
    let signer = Numbering::default();
    let client = bearer_at(&server.url())
        .interceptor(witness.clone())
        .request_signer(signer)
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(
        witness.seen(),
        [
            r#"1 POST /orders/A-1/refund - ["content-type", "x-source"] {"amount":24.98}"#,
            "1 refund_order: 200 OK"
        ]
    );
    let received = server.received();
    assert_eq!(received[0].header("x-source"), Some("back office"));
    assert_eq!(
        received[0].header("x-signed"),
        Some(r#"0 {"amount":24.98} true"#)
    );
    assert_eq!(received.len(), 1);
}

#[tokio::test]
async fn a_key_that_goes_into_the_query_is_not_shown_to_it() {
    let (server, witness) = (ok(), Witness::default());
    let client = Client::<KeyInQuery>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::api_key("hunter2-key"))
        .interceptor(witness.clone())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    assert!(server.received()[0].line.contains("hunter2-key"));
    let seen = witness.seen().join("\n");
    assert!(!seen.contains("hunter2"), "{seen}");
}

#[tokio::test]
async fn it_cannot_set_what_is_the_client_s_and_then_nothing_is_sent() {
    let server = ok();
    for (name, value) in [
        ("Authorization", "Bearer other"),
        ("host", "other.example"),
        ("proxy-authorization", "Basic eA=="),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Content-Length", "77"),
        ("content-type", "text/plain"),
        ("IDEMPOTENCY-KEY", "of another"),
        ("X Source", "hunter2"),
        ("X-Source", "a\nb"),
    ] {
        let witness = Witness::adding(name, value);
        let client = bearer_at(&server.url())
            .interceptor(witness.clone())
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        let Error::NotSent(not_sent) = &error else {
            panic!("{name}: {error:#}");
        };
        assert!(matches!(not_sent.cause(), NotSentCause::Intercepted(_)));
        assert!(!error.may_have_happened());
        let text = error.to_string();
        assert!(!text.contains(value), "{text}");
        assert_eq!(
            witness.seen(),
            [""; 0],
            "one that refuses is not told the end"
        );
    }
    assert!(server.received().is_empty());
}

struct Closed;

impl Interceptor for Closed {
    fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
        match request.moves_money() {
            true => Err(Intercepted::new("refunds are stopped for today")),
            false => Ok(()),
        }
    }
}

#[tokio::test]
async fn it_may_refuse_and_those_before_it_are_told() {
    let (server, witness) = (ok(), Witness::default());
    let client = bearer_at(&server.url())
        .interceptor(witness.clone())
        .interceptor(Closed)
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent: an interceptor refused it: refunds are stopped for today"
    );
    assert!(server.received().is_empty());
    let seen = witness.seen();
    assert!(
        seen[1].ends_with("refunds are stopped for today"),
        "{seen:?}"
    );
    client.order_details("A-1").await.unwrap();
    assert_eq!(server.received().len(), 1);
}

struct TwoTokens;

impl TokenSource for TwoTokens {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        let token = rejected.map_or("first", |_| "second");
        Box::pin(async move { Ok(AccessToken::bearer(token)?) })
    }
}

#[tokio::test]
async fn each_sending_is_shown_to_it_and_it_causes_none() {
    let server = Server::start(|_, number| match number {
        0 => Act::json("401 Unauthorized", "{}"),
        _ => Act::json("503 Service Unavailable", "{}"),
    });
    let witness = Witness::adding("X-Source", "a");
    let client = Client::<Bearer>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .token_source(TwoTokens)
        .interceptor(witness.clone())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap_err();
    let ends: Vec<_> = witness.seen().into_iter().skip(1).step_by(2).collect();
    assert_eq!(
        ends,
        [
            "1 refund_order: 401 Unauthorized",
            "2 refund_order: 503 Service Unavailable"
        ]
    );
    let sources: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.header("x-source").map(str::to_owned))
        .collect();
    assert_eq!(sources, [Some("a".to_owned()), Some("a".to_owned())]);
}

#[tokio::test]
async fn a_call_that_is_dropped_or_not_answered_is_told_as_well() {
    let server = Server::start(|_, _| Act::silence(Duration::from_secs(2)));
    let witness = Witness::default();
    let client = bearer_at(&server.url())
        .timeout(Duration::from_secs(1))
        .interceptor(witness.clone())
        .build()
        .unwrap();
    let call = client.refund_order("A-1", amount());
    let cut = tokio::time::timeout(Duration::from_millis(100), call).await;
    assert!(cut.is_err());
    assert_eq!(witness.seen()[1], "1 refund_order: dropped");
    client.refund_order("A-1", amount()).await.unwrap_err();
    let seen = witness.seen();
    assert!(seen[3].contains("sent, but not answered"), "{seen:?}");
}
