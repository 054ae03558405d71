//! Calls without an executor of the caller's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "calls/client.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod client;
#[path = "calls/server.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod server;

use std::{
    thread,
    time::{Duration, Instant},
};

use provider_runtime::{
    Amount, Answers, Call, Error, Given, Method, NextPage, NoExecutor, NotSentCause, Pages, Paging,
    block_on, send_blocking,
};

use client::{bearer_at, oauth2_at};
use server::{Act, Server};

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn ok() -> Server {
    Server::start(|request, _| match request.line.starts_with("POST /token") {
        true => Act::json("200 OK", r#"{"access_token":"hunter2-token"}"#),
        false => Act::json("200 OK", r#"{"reference":"R-1"}"#),
    })
}

#[test]
fn refunds_and_reads_need_no_executor_and_share_a_client_between_threads() {
    let server = ok();
    let client = oauth2_at(&server.url()).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let refund = send_blocking(client.refund_order("A-1", amount()));
                    assert_eq!(refund.unwrap().reference, "R-1");
                    send_blocking(client.order_details("A-1")).unwrap();
                }
            });
        }
    });
    let received = server.received();
    let tokens = received
        .iter()
        .filter(|request| request.line.starts_with("POST /token"));
    assert_eq!(tokens.count(), 1);
    assert_eq!(received.len(), 41);
}

#[test]
fn a_timeout_ends_a_blocking_call_as_it_ends_another() {
    let server = Server::start(|_, _| Act::silence(Duration::from_secs(60)));
    let client = bearer_at(&server.url())
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = send_blocking(client.refund_order("A-1", amount())).unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)), "{error:#}");
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn within_an_executor_it_is_an_error_and_nothing_is_sent() {
    let server = ok();
    let client = bearer_at(&server.url()).build().unwrap();
    let error = send_blocking(client.refund_order("A-1", amount())).unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert!(matches!(
        not_sent.cause(),
        NotSentCause::NoExecutor(NoExecutor::WithinOne)
    ));
    assert!(!error.may_have_happened());
    assert!(
        error.to_string().contains("await the asynchronous one"),
        "{error}"
    );
    assert!(server.received().is_empty());
    // The same client goes on as before.
    client.refund_order("A-1", amount()).await.unwrap();
    let elsewhere = thread::spawn(|| block_on(async { 42 }));
    assert_eq!(elsewhere.join().unwrap().unwrap(), 42);
}

#[derive(serde::Deserialize)]
struct Listed {
    data: Vec<u32>,
}

fn listed(client: &client::Client<client::Bearer>) -> Pages<'_, Listed> {
    let path = "/orders/{orderReference}";
    let call = Call::new(client, "order_details", Method::GET, path)
        .path("orderReference", Given::<String>::value("A-1"));
    let offset = NextPage::Offset {
        parameter: "offset",
    };
    let (successes, errors) = (Answers::json(&[200..=200]), Answers::empty(&[404..=404]));
    call.pages(successes, errors, Paging::new("/data", offset))
}

#[test]
fn pages_are_read_without_an_executor_one_by_one() {
    let server = Server::start(|_, before| {
        Act::json("200 OK", [r#"{"data":[1,2]}"#, r#"{"data":[]}"#][before])
    });
    let client = bearer_at(&server.url()).build().unwrap();
    let mut items = listed(&client).items(|page| Some(page.data));
    let mut found = Vec::new();
    while let Some(item) = items.try_next_blocking().unwrap() {
        found.push(item);
    }
    assert_eq!((found, server.received().len()), (vec![1, 2], 2));
}

#[tokio::test]
async fn within_an_executor_no_page_is_asked_for_and_none_is_lost() {
    let server = Server::start(|_, _| Act::json("200 OK", r#"{"data":[]}"#));
    let client = bearer_at(&server.url()).build().unwrap();
    let mut pages = listed(&client);
    let error = pages.try_next_blocking().unwrap_err();
    assert!(
        error.to_string().contains("await the asynchronous one"),
        "{error}"
    );
    assert!(server.received().is_empty());
    assert!(pages.try_next().await.unwrap().is_some());
}
