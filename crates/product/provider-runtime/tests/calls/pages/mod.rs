//! Answers that come page by page: each way to ask for the next one, how it ends, and what an answer cannot bring about.

mod counted;
mod links;

use std::{future::Future, pin::pin, sync::Arc, task::Context, time::Duration};

use futures_core::Stream;
use provider_runtime::{
    Answers, Call, CallSettings, Error, Given, Method, NextPage, PageError, Pages, Paging,
    UnansweredCause,
};
use reqwest::StatusCode;
use serde::Deserialize;

use crate::{
    client::{Client, Refusal, Scheme, bearer_at},
    server::{Act, Received, Server},
    transport::{Double, json},
};

#[derive(Debug, Deserialize)]
struct Listed {
    data: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: u32,
}

type Of<'a> = Pages<'a, Listed, Refusal>;

/// The pages of an order, which the caller begins with these parameters.
fn pages<'a, S: Scheme>(client: &'a Client<S>, paging: Paging, given: &[(&str, &str)]) -> Of<'a> {
    let path = "/orders/{orderReference}";
    let mut call = Call::new(client, "order_details", Method::GET, path)
        .path("orderReference", Given::<String>::value("A-1"));
    for (name, value) in given {
        call = call.query(name, Given::<String>::value(*value));
    }
    let mut settings = CallSettings::new();
    settings.header("X-Job", "nightly");
    call.accept("application/json")
        .with_settings(settings)
        .pages(
            Answers::json(&[200..=200]),
            Answers::json(&[400..=499]),
            paging,
        )
}

async fn ids(pages: Of<'_>) -> Result<Vec<u32>, PageError<Refusal>> {
    let mut items = pages.items(|page| page.data);
    let mut ids = Vec::new();
    while let Some(entry) = items.try_next().await? {
        ids.push(entry.id);
    }
    Ok(ids)
}

/// Answers the requests in order, and with an error the one after the last.
fn in_order(answers: &'static [&'static str]) -> Server {
    Server::start(move |_, before| match answers.get(before) {
        Some(body) => Act::json("200 OK", body),
        None => Act::json("404 Not Found", r#"{"message":"no such page"}"#),
    })
}

fn asked(server: &Server) -> Vec<String> {
    let target = |request: &Received| request.line.split(' ').nth(1).unwrap().to_owned();
    server.received().iter().map(target).collect()
}

const CURSOR: Paging = Paging::new(
    "/data",
    NextPage::Cursor {
        parameter: "after",
        at: "/paging/next",
    },
);
const OFFSET: Paging = Paging::new(
    "/data",
    NextPage::Offset {
        parameter: "offset",
    },
);
const NUMBER: Paging = Paging::new(
    "/data",
    NextPage::Number {
        parameter: "page",
        first: 1,
    },
);
const LAST: Paging = Paging::new(
    "/data",
    NextPage::LastItem {
        parameter: "starting_after",
        at: "/id",
    },
);
const LINK: Paging = Paging::new("/data", NextPage::Link("/links/next"));
const HEADER: Paging = Paging::new("/data", NextPage::LinkHeader);

/// What is asked for in each way, and the entries that come of it.
#[tokio::test]
async fn each_way_to_page_asks_for_every_page_once_and_gives_every_entry() {
    for (paging, given, answers, expected) in [
        (
            CURSOR,
            &[("limit", "2"), ("a b", "c&d")][..],
            &[
                r#"{"data":[{"id":1},{"id":2}],"paging":{"next":"é=/2"}}"#,
                r#"{"data":[],"paging":{"next":18446744073709551615}}"#,
                r#"{"data":[{"id":3}],"paging":{"next":null}}"#,
            ][..],
            &[
                "?limit=2&a%20b=c%26d",
                "?limit=2&a%20b=c%26d&after=%C3%A9%3D%2F2",
                "?limit=2&a%20b=c%26d&after=18446744073709551615",
            ][..],
        ),
        // Whoever has a cursor begins with it.
        (
            CURSOR,
            &[("after", "x")],
            &[
                r#"{"data":[{"id":1}],"paging":{"next":"y"}}"#,
                r#"{"data":[{"id":2},{"id":3}]}"#,
            ],
            &["?after=x", "?after=y"],
        ),
        (
            CURSOR.with_more("/more"),
            &[],
            &[
                r#"{"data":[{"id":1}],"paging":{"next":"y"},"more":true}"#,
                r#"{"data":[{"id":2},{"id":3}],"paging":{"next":"z"},"more":false}"#,
            ],
            &["", "?after=y"],
        ),
        (
            LAST.with_more("/has_more"),
            &[],
            &[
                r#"{"data":[{"id":1},{"id":2}],"has_more":true}"#,
                r#"{"data":[{"id":3}],"has_more":false}"#,
            ],
            &["", "?starting_after=2"],
        ),
        (
            LAST,
            &[],
            &[
                r#"{"data":[{"id":1},{"id":2}]}"#,
                r#"{"data":[{"id":3}]}"#,
                r#"{"data":[]}"#,
            ],
            &["", "?starting_after=2", "?starting_after=3"],
        ),
        (
            OFFSET,
            &[("limit", "2"), ("offset", "10")],
            &[
                r#"{"data":[{"id":1},{"id":2}]}"#,
                r#"{"data":[{"id":3}]}"#,
                r#"{"data":null}"#,
            ],
            &[
                "?limit=2&offset=10",
                "?limit=2&offset=12",
                "?limit=2&offset=13",
            ],
        ),
        (
            OFFSET.with_total("/total"),
            &[],
            &[
                r#"{"data":[{"id":1},{"id":2}],"total":3}"#,
                r#"{"data":[{"id":3}],"total":3}"#,
            ],
            &["", "?offset=2"],
        ),
        (
            NUMBER.with_total("/total"),
            &[],
            &[
                r#"{"data":[{"id":1}],"total":3}"#,
                r#"{"data":[{"id":2},{"id":3}],"total":3}"#,
            ],
            &["", "?page=2"],
        ),
        (
            NUMBER.with_more("/more"),
            &[("page", "7")],
            &[
                r#"{"data":[{"id":1},{"id":2}],"more":true}"#,
                r#"{"data":[],"more":true}"#,
                r#"{"data":[{"id":3}],"more":false}"#,
            ],
            &["?page=7", "?page=8", "?page=9"],
        ),
        (
            LINK,
            &[("limit", "2")],
            &[
                r#"{"data":[{"id":1}],"links":{"next":"?c=2&limit=2#top"}}"#,
                r#"{"data":[{"id":2}],"links":{"next":"/other/place?c=3"}}"#,
                r#"{"data":[{"id":3}],"links":{"next":""}}"#,
            ],
            &["?limit=2", "?c=2&limit=2", "/other/place?c=3"],
        ),
    ] {
        let server = in_order(answers);
        let client = bearer_at(&server.url()).build().unwrap();
        let found = ids(pages(&client, paging, given)).await.unwrap();
        assert_eq!(found, [1, 2, 3], "{paging:?}");
        let expected = expected
            .iter()
            .map(|target| match target.strip_prefix("/other") {
                Some(_) => (*target).to_owned(),
                None => format!("/orders/A-1{target}"),
            });
        assert_eq!(asked(&server), expected.collect::<Vec<_>>(), "{paging:?}");
        for request in server.received() {
            assert_eq!(
                request.header("authorization"),
                Some("Bearer hunter2-token")
            );
            assert_eq!(request.header("x-job"), Some("nightly"));
            assert_eq!(request.header("accept"), Some("application/json"));
        }
    }
}

#[tokio::test]
async fn a_link_in_a_header_is_followed_to_the_answer_without_one() {
    let server = Server::start(|_, before| {
        let link = match before {
            0 => "Link: </orders/A-1>; rel=\"prev\"\r\nLink: <?page=2>; rel=\"last next\"\r\n",
            _ => "Link: </orders/A-1>; rel=\"first\"\r\n",
        };
        Act::answer(
            "200 OK",
            link,
            &format!(r#"{{"data":[{{"id":{before}}}]}}"#),
        )
    });
    let client = bearer_at(&server.url()).build().unwrap();
    assert_eq!(ids(pages(&client, HEADER, &[])).await.unwrap(), [0, 1]);
    assert_eq!(asked(&server), ["/orders/A-1", "/orders/A-1?page=2"]);
}

/// The pages before it are handed out, the error comes once, and after it nothing.
async fn ends_badly(mut pages: Of<'_>, answered: u32) -> PageError<Refusal> {
    for _ in 0..answered {
        pages.try_next().await.unwrap().unwrap();
    }
    let error = pages.try_next().await.unwrap_err();
    assert!(pages.try_next().await.unwrap().is_none());
    error
}

#[tokio::test]
async fn a_page_that_leads_back_is_an_error_and_no_loop() {
    for (paging, answers) in [
        (
            CURSOR,
            [
                r#"{"paging":{"next":"a"}}"#,
                r#"{"paging":{"next":"b"}}"#,
                r#"{"paging":{"next":"a"}}"#,
            ],
        ),
        (
            LAST,
            [
                r#"{"data":[{"id":1}]}"#,
                r#"{"data":[{"id":2}]}"#,
                r#"{"data":[{"id":1}]}"#,
            ],
        ),
        (
            LINK,
            [
                r#"{"links":{"next":"?b"}}"#,
                r#"{"links":{"next":"?c"}}"#,
                r#"{"links":{"next":"/orders/A-1"}}"#,
            ],
        ),
    ] {
        let client = bearer_at("https://api.acme.example").transport(Double::new({
            let count = std::sync::atomic::AtomicUsize::new(0);
            move |_| {
                json(
                    200,
                    answers[count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 3],
                )
            }
        }));
        let client = client.build().unwrap();
        let error = ends_badly(pages(&client, paging, &[]), 3).await;
        assert!(
            matches!(
                error,
                PageError::Repeated {
                    operation: "order_details",
                    page: 3
                }
            ),
            "{error}"
        );
    }
    let server = in_order(&[
        r#"{"data":[{"id":1}],"more":true}"#,
        r#"{"data":[],"more":true}"#,
    ]);
    let client = bearer_at(&server.url()).build().unwrap();
    let error = ends_badly(pages(&client, OFFSET.with_more("/more"), &[]), 2).await;
    assert!(
        matches!(error, PageError::Repeated { page: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_said_of_the_next_page_and_cannot_be_read_is_no_end() {
    for (paging, body, what) in [
        (CURSOR, r#"{"paging":{"next":{"id":1}}}"#, "/paging/next"),
        (CURSOR, r#"{"paging":{"next":1e300}}"#, "/paging/next"),
        (
            CURSOR.with_more("/more"),
            r#"{"more":true}"#,
            "/paging/next",
        ),
        (
            CURSOR.with_more("/paging"),
            r#"{"paging":"yes"}"#,
            "/paging",
        ),
        (LAST, r#"{"data":[{"id":1,"x":{}}]}"#, "/x"),
        (LAST, r#"{"data":[{"id":1}]}"#, "/x"),
        (
            LAST.with_more("/more"),
            r#"{"data":[],"more":true}"#,
            "/data",
        ),
        (LINK, r#"{"links":{"next":7}}"#, "/links/next"),
        (
            OFFSET.with_total("/total"),
            r#"{"data":[{"id":1}],"total":"3"}"#,
            "/total",
        ),
    ] {
        let paging = match what {
            "/x" => Paging::new(
                "/data",
                NextPage::LastItem {
                    parameter: "after",
                    at: "/x",
                },
            ),
            _ => paging,
        };
        let client =
            bearer_at("https://api.acme.example").transport(Double::new(|_| json(200, body)));
        let client = client.build().unwrap();
        let error = ends_badly(pages(&client, paging, &[]), 1).await;
        assert!(
            matches!(error, PageError::Unreadable { what: told, .. } if told == what),
            "{body}: {error}"
        );
        assert!(error.to_string().contains(&format!("{what:?}")), "{error}");
    }
    let client = bearer_at("https://api.acme.example")
        .transport(Double::new(|_| json(200, r#"{"data":[{"id":1}]}"#)));
    let client = client.build().unwrap();
    let error = ends_badly(pages(&client, OFFSET, &[("offset", "many")]), 1).await;
    assert!(
        matches!(error, PageError::Unreadable { what: "offset", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn more_pages_than_the_limit_are_an_error_and_as_many_are_none() {
    let endless = |body: &'static str| {
        let count = std::sync::atomic::AtomicU32::new(0);
        let double = Double::new(move |_| {
            let count = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            json(200, &body.replace('N', &count.to_string()))
        });
        bearer_at("https://api.acme.example")
            .transport(double)
            .build()
            .unwrap()
    };
    let client = endless(r#"{"paging":{"next":"N"}}"#);
    let error = ends_badly(pages(&client, CURSOR, &[]).with_page_limit(3), 3).await;
    assert!(
        matches!(error, PageError::TooMany { limit: 3, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("with_page_limit"), "{error}");
    let error = ends_badly(pages(&client, CURSOR, &[]), provider_runtime::PAGE_LIMIT).await;
    assert!(matches!(error, PageError::TooMany { .. }), "{error}");
    let client = endless("{}");
    let mut one = pages(&client, CURSOR, &[]).with_page_limit(1);
    assert!(one.try_next().await.unwrap().is_some());
    assert!(one.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_answer_that_says_no_ends_the_pages_with_its_error() {
    let server = in_order(&[r#"{"paging":{"next":"b"}}"#]);
    let client = bearer_at(&server.url()).build().unwrap();
    let error = ends_badly(pages(&client, CURSOR, &[]), 1).await;
    let PageError::Call(Error::ErrorResponse(answer)) = &error else {
        panic!("{error}");
    };
    assert_eq!(
        (answer.status(), answer.message.as_str()),
        (StatusCode::NOT_FOUND, "no such page")
    );
    assert!(
        error.to_string().starts_with("acme order_details: 404"),
        "{error}"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_by_the_first_page() {
    let double = Double::new(|_| json(200, "{}"));
    let client = bearer_at("https://api.acme.example")
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    let call = Call::new(
        &client,
        "order_details",
        Method::GET,
        "/orders/{orderReference}",
    )
    .path("orderReference", Given::<String>::default());
    let mut pages: Of<'_> = call.pages(
        Answers::json(&[200..=200]),
        Answers::json(&[400..=499]),
        CURSOR,
    );
    let error = pages.try_next().await.unwrap_err();
    assert!(
        error.to_string().contains("acme order_details")
            && error.to_string().contains("orderReference"),
        "{error}"
    );
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(double.asked().is_empty());
}

#[tokio::test]
async fn whoever_stops_waiting_for_a_page_gets_it_later_and_it_is_asked_for_once() {
    let server = Server::start(|_, _| {
        Act::json("200 OK", r#"{"data":[{"id":1}]}"#).after(Duration::from_millis(300))
    });
    let client = bearer_at(&server.url()).build().unwrap();
    let mut pages = pages(&client, CURSOR, &[]);
    let early = tokio::time::timeout(Duration::from_millis(50), pages.try_next()).await;
    assert!(early.is_err());
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!(page.headers()["content-type"], "application/json");
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(server.received().len(), 1);
}

/// Each page has the whole of the time.
#[tokio::test]
async fn a_deadline_counts_for_each_page_by_itself() {
    let server = Server::start(|_, before| {
        let body = [
            r#"{"paging":{"next":"b"}}"#,
            r#"{"paging":{"next":"c"}}"#,
            "{}",
        ][before];
        Act::json("200 OK", body).after(Duration::from_millis([150, 150, 600][before]))
    });
    let mut settings = CallSettings::new();
    settings.deadline(Duration::from_millis(400));
    let client = bearer_at(&server.url()).build().unwrap();
    let call = Call::new(
        &client,
        "order_details",
        Method::GET,
        "/orders/{orderReference}",
    )
    .path("orderReference", Given::<String>::value("A-1"))
    .with_settings(settings);
    let pages: Of<'_> = call.pages(
        Answers::json(&[200..=200]),
        Answers::json(&[400..=499]),
        CURSOR,
    );
    let error = ends_badly(pages, 2).await;
    let PageError::Call(Error::Unanswered(unanswered)) = &error else {
        panic!("{error}");
    };
    assert!(matches!(
        unanswered.cause(),
        UnansweredCause::TimedOut { .. }
    ));
}

/// Nothing of what comes is shown, and it is sent from any thread.
#[tokio::test]
async fn it_is_a_stream_that_can_be_sent_and_is_not_polled_before_it_is_asked() {
    fn sendable<S: Stream + Send + Unpin>(stream: S) -> S {
        stream
    }
    let double = Double::new(|_| json(200, r#"{"data":[{"id":41},{"id":42}]}"#));
    let client = bearer_at("https://api.acme.example")
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    let items =
        sendable(pages(&client, CURSOR, &[("email", "ann@example.com")]).items(|page| page.data));
    let mut items = pin!(items);
    assert!(double.asked().is_empty());
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(items.as_mut().poll_next(&mut context).is_ready());
    let shown = format!("{items:?}");
    assert!(
        shown.contains("held: 1") && !shown.contains("ann@") && !shown.contains("42"),
        "{shown}"
    );
    let mut next = pin!(items.try_next());
    assert!(next.as_mut().poll(&mut context).is_ready());
}
