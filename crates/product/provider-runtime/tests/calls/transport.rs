//! A transport of one's own in place of HTTP.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use provider_runtime::{
    Amount, Arrived, BodyFault, Error, Heard, Limits, NoAnswer, NotSentCause, Progress,
    SettingsError, Transport, TransportFuture, UnansweredCause,
};
use reqwest::{Request, StatusCode, header::HeaderMap};

use crate::client::{bearer_at, oauth2_at};

const URL: &str = "https://api.acme.example/v3";

type Script = dyn Fn(&Request) -> Option<Result<Arrived, NoAnswer>> + Send + Sync;

/// Answers by script, and keeps what it was asked; `None` never answers.
pub(crate) struct Double {
    script: Box<Script>,
    asked: Mutex<Vec<(Request, Limits)>>,
}

impl Double {
    pub(crate) fn new(
        script: impl Fn(&Request) -> Option<Result<Arrived, NoAnswer>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            asked: Mutex::default(),
        })
    }

    pub(crate) fn asked(&self) -> Vec<(Request, Limits)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl std::fmt::Debug for Double {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Double")
    }
}

impl Transport for Double {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        let outcome = (self.script)(&request);
        self.asked.lock().unwrap().push((request, limits));
        Box::pin(async move {
            match outcome {
                Some(outcome) => outcome,
                None => std::future::pending().await,
            }
        })
    }
}

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

pub(crate) fn json(status: u16, body: &str) -> Option<Result<Arrived, NoAnswer>> {
    let status = StatusCode::from_u16(status).unwrap();
    Some(Ok(Arrived::new(status, HeaderMap::new(), body.to_owned())))
}

/// The error of a refund of which the transport says this.
async fn refund_error(
    outcome: impl Fn() -> Option<Result<Arrived, NoAnswer>> + Send + Sync + 'static,
) -> Error {
    let client = bearer_at(URL)
        .timeout(Duration::from_millis(50))
        .body_limit(10)
        .transport(Double::new(move |_| outcome()))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    error.into_untyped()
}

#[tokio::test]
async fn a_transport_gets_every_request_whole_with_what_is_at_stake() {
    let double = Double::new(|request| match request.method().as_str() {
        "POST" => json(200, r#"{"reference":"R-1"}"#),
        _ => json(200, "details"),
    });
    let client = bearer_at(URL)
        .body_limit(1000)
        .timeout(Duration::from_secs(5))
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(refund.reference, "R-1");
    let details = client.order_details("A-1").await.unwrap();
    assert_eq!(details.text().unwrap(), "details");

    let asked = double.asked();
    let (request, limits) = &asked[0];
    assert_eq!(
        request.url().as_str(),
        "https://api.acme.example/v3/orders/A-1/refund"
    );
    assert_eq!(request.headers()["authorization"], "Bearer hunter2-token");
    assert_eq!(request.headers()["user-agent"], "acme/1.2.3");
    assert_eq!(
        request.body().unwrap().as_bytes().unwrap(),
        br#"{"amount":24.98}"#
    );
    assert_eq!(*limits, Limits::new(Duration::from_secs(5), 1000, true));
    assert!(!asked[1].1.moves_money);
}

#[tokio::test]
async fn tokens_come_through_the_transport_too() {
    let double = Double::new(|request| match request.url().path() {
        "/v3/token" => json(200, r#"{"access_token":"t-1"}"#),
        _ => json(200, r#"{"reference":"R-1"}"#),
    });
    let client = oauth2_at(URL)
        .user_agent("shop/1")
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let asked = double.asked();
    let moving: Vec<_> = asked.iter().map(|(_, limits)| limits.moves_money).collect();
    assert_eq!(moving, [false, true]);
    assert_eq!(asked[0].0.headers()["user-agent"], "shop/1");
    assert_eq!(asked[1].0.headers()["authorization"], "Bearer t-1");
}

#[tokio::test]
async fn what_was_not_sent_is_told_from_what_is_unanswered() {
    let error = refund_error(|| Some(Err(NoAnswer::not_sent("no route")))).await;
    let Error::NotSent(not_sent) = &error else {
        panic!("{error}");
    };
    assert!(matches!(not_sent.cause(), NotSentCause::Connect(_)));
    assert_eq!(error.progress(), Progress::NotSent);
    assert!(!error.may_have_happened());
    assert!(format!("{error:#}").ends_with(": no route"), "{error:#}");

    for (heard, cut_off) in [
        (Heard::Nothing, false),
        (Heard::CannotTell, false),
        (Heard::Something, true),
    ] {
        let lost = move || Some(Err(NoAnswer::lost(io::Error::other("reset"), heard)));
        let late = move || {
            let after = Duration::from_millis(7);
            Some(Err(NoAnswer::TimedOut { after, heard }))
        };
        for error in [refund_error(lost).await, refund_error(late).await] {
            let Error::Unanswered(unanswered) = &error else {
                panic!("{error}");
            };
            let said = matches!(unanswered.cause(), UnansweredCause::CutOff(_));
            assert_eq!(said, cut_off, "{error}");
            assert_eq!(unanswered.heard(), heard);
            assert!(error.may_have_happened());
        }
    }
    let error = refund_error(|| Some(Err(NoAnswer::Redirected))).await;
    assert!(error.to_string().contains("redirect"), "{error}");
}

#[tokio::test]
async fn a_transport_that_never_answers_is_given_up_at_the_timeout() {
    let error = refund_error(|| None).await;
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error}");
    };
    assert!(matches!(
        unanswered.cause(),
        UnansweredCause::TimedOut { .. }
    ));
    assert_eq!(unanswered.heard(), Heard::CannotTell);
}

#[tokio::test]
async fn an_incomplete_or_oversized_answer_of_a_transport_keeps_what_came() {
    let broken = || {
        let arrived = Arrived::new(StatusCode::OK, HeaderMap::new(), "{\"ref");
        Some(Ok(arrived.with_fault(BodyFault::Broken("reset".into()))))
    };
    let error = refund_error(broken).await;
    assert!(matches!(error, Error::BodyUnread(_)), "{error}");
    assert_eq!(&error.raw_body().unwrap()[..], b"{\"ref");

    let error = refund_error(|| json(200, "0123456789abc")).await;
    let Error::BodyUnread(unread) = &error else {
        panic!("{error}");
    };
    assert!(matches!(unread.fault(), BodyFault::TooLarge { limit: 10 }));
    assert_eq!(&error.raw_body().unwrap()[..], b"0123456789");
}

#[test]
fn settings_of_an_http_client_are_refused_beside_a_transport() {
    let with = || bearer_at(URL).transport(Double::new(|_| None));
    assert!(with().build().is_ok());
    for (builder, name) in [
        (
            with().connect_timeout(Duration::from_secs(1)),
            "connect_timeout",
        ),
        (with().http_client(reqwest::Client::new()), "http_client"),
        (
            with().http_client_builder(reqwest::Client::builder()),
            "http_client_builder",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(
            matches!(error, SettingsError::OwnedByTransport { setting } if setting == name),
            "{error}"
        );
    }
}
