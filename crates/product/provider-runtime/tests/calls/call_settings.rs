//! What a call has beside what its document names: for one call, and for all of a client.

use std::time::{Duration, Instant};

use provider_runtime::{
    AccessToken, Amount, CallSettings, Error, GeneratedClient, NotSentCause, TokenFuture,
    TokenSource, UnansweredCause,
};

use crate::{
    client::{Bearer, Client, bearer_at},
    server::{Act, Server},
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn settings(change: impl FnOnce(&mut CallSettings)) -> CallSettings {
    let mut settings = CallSettings::new();
    change(&mut settings);
    settings
}

/// Gives a token at once or after a while, and each time another one.
struct Slow {
    first: Duration,
    newer: Duration,
}

impl TokenSource for Slow {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        let (token, wait) = match rejected {
            None => ("first", self.first),
            Some(_) => ("second", self.newer),
        };
        Box::pin(async move {
            tokio::time::sleep(wait).await;
            Ok(AccessToken::bearer(token)?)
        })
    }
}

fn slow(server: &Server, first: u64, newer: u64) -> Client<Bearer> {
    let builder = Client::<Bearer>::builder()
        .environment(provider_runtime::Environment::BaseUrl(server.url()))
        .token_source(Slow {
            first: Duration::from_millis(first),
            newer: Duration::from_millis(newer),
        });
    builder.build().unwrap()
}

fn within(client: &Client<Bearer>, milliseconds: u64) -> Client<Bearer> {
    client.with_call(settings(|call| {
        call.deadline(Duration::from_millis(milliseconds));
    }))
}

#[tokio::test]
async fn what_is_not_sent_by_its_deadline_is_not_sent() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = within(&slow(&server, 5_000, 0), 100);
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert!(matches!(not_sent.cause(), NotSentCause::DeadlinePassed));
    assert!(!error.may_have_happened());
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent: its deadline had passed before: give the call more time"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn an_attempt_has_what_the_deadline_leaves_of_its_timeout() {
    let server = Server::start(|_, _| Act::silence(Duration::from_secs(60)));
    let client = within(&slow(&server, 200, 0), 400);
    let started = Instant::now();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)), "{error:#}");
    assert!(error.may_have_happened());
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(390), "{took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
}

#[tokio::test]
async fn the_deadline_holds_for_both_sendings_and_the_refusal_stays_where_it_comes_between() {
    let server = Server::start(|_, number| match number {
        0 => Act::json("401 Unauthorized", r#"{"message":"expired"}"#),
        _ => Act::json("200 OK", REFUNDED),
    });
    let client = slow(&server, 0, 5_000);
    let error = within(&client, 300)
        .refund_order("A-1", amount())
        .await
        .unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    assert!(!error.may_have_happened());
    assert_eq!(server.received().len(), 1);

    let client = slow(&server, 0, 0);
    let client = within(&client, 5_000);
    client.refund_order("A-1", amount()).await.unwrap();
}

#[tokio::test]
async fn a_timeout_of_a_call_takes_the_place_of_the_client_s_shorter_or_longer() {
    let server = Server::start(|_, number| match number {
        0 => Act::silence(Duration::from_secs(60)),
        _ => Act::json("200 OK", REFUNDED).after(Duration::from_millis(600)),
    });
    let of_client = |timeout| bearer_at(&server.url()).timeout(Duration::from_millis(timeout));
    let of_call = |timeout| settings(|call| call.timeout(Duration::from_millis(timeout)));
    let patient = of_client(10_000).build().unwrap();
    let started = Instant::now();
    let hasty = patient.with_call(of_call(200));
    let error = hasty.refund_order("A-1", amount()).await.unwrap_err();
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error:#}");
    };
    let UnansweredCause::TimedOut { after } = unanswered.cause() else {
        panic!("{error:#}");
    };
    assert_eq!(*after, Duration::from_millis(200));
    assert!(started.elapsed() < Duration::from_secs(30));

    let hasty = of_client(200).build().unwrap();
    let patient = hasty.with_call(of_call(10_000));
    patient.refund_order("A-1", amount()).await.unwrap();
    hasty.refund_order("A-1", amount()).await.unwrap_err();

    let none = hasty.with_call(of_call(0));
    let error = none.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:#}");
    assert!(error.to_string().contains("the timeout is zero"));
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_deadline_of_nothing_is_refused_and_one_beyond_all_clocks_never_comes() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&server.url()).build().unwrap();
    let none = within(&client, 0);
    let error = none.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:#}");
    let text = error.to_string();
    assert!(text.contains("the deadline is zero"), "{text}");
    assert!(server.received().is_empty());
    let endless = client.with_call(settings(|call| call.deadline(Duration::MAX)));
    endless.refund_order("A-1", amount()).await.unwrap();
}

#[tokio::test]
async fn a_client_s_copy_sends_what_it_was_given_with_every_call_and_the_original_does_not() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&server.url()).build().unwrap();
    let first = client.with_call(settings(|call| {
        call.header("X-Job", "nightly");
        call.header("X-Kept", "yes");
    }));
    // The later one counts, by a name that has no case (RFC 9110, section 5.1).
    let second = first.with_call(settings(|call| call.header("x-job", "hourly")));
    for client in [&client, &first, &second] {
        client.refund_order("A-1", amount()).await.unwrap();
    }
    let received = server.received();
    let of = |name| received.iter().map(move |request| request.header(name));
    let jobs: Vec<_> = of("x-job").collect();
    assert_eq!(jobs, [None, Some("nightly"), Some("hourly")]);
    let kept: Vec<_> = of("x-kept").collect();
    assert_eq!(kept, [None, Some("yes"), Some("yes")]);
}

#[tokio::test]
async fn a_client_s_copy_cannot_change_what_the_client_sets() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&server.url()).build().unwrap();
    for name in ["Authorization", "Host", "Content-Type"] {
        let changed = client.with_call(settings(|call| call.header(name, "hunter2")));
        let error = changed.refund_order("A-1", amount()).await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:#}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert!(server.received().is_empty());
}
