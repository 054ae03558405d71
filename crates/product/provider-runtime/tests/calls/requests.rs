use provider_runtime::{Answers, Call, CommaSeparated, Error, FlatObject, Given, Method};

use crate::{
    client::{Bearer, Client, REFUND, bearer_at},
    server::{Act, Server},
};

/// What a call sends and gives, by a server that answers 200.
async fn outcome(
    call: impl for<'a> Fn(&'a Client<Bearer>) -> Call<'a>,
) -> (Server, Result<(), Error<()>>) {
    let server = Server::start(|_, _| Act::json("200 OK", "{}"));
    let client = bearer_at(&server.url()).build().unwrap();
    let sent = call(&client);
    let outcome = sent
        .send(Answers::empty(&[200..=200]), Answers::empty(&[]))
        .await;
    (server, outcome.map(|_| ()))
}

fn refund(client: &Client<Bearer>) -> Call<'_> {
    Call::new(
        client,
        REFUND,
        Method::POST,
        "/orders/{orderReference}/refund",
    )
}

#[tokio::test]
async fn parts_arrive_as_they_were_given() {
    let (server, outcome) = outcome(|client| {
        refund(client)
            .path("orderReference", Given::<String>::value("a/{b}"))
            .query("tag", Given::from(vec!["x", "y"]))
            .query("note", Given::<String>::default())
            .accept("application/json")
            .json(Given::from([1, 2]))
            .header("Idempotency-Key", Given::<String>::value("key-1"))
    })
    .await;
    outcome.unwrap();
    let received = &server.received()[0];
    assert_eq!(
        received.line,
        "POST /orders/a%2F%7Bb%7D/refund?tag=x&tag=y HTTP/1.1"
    );
    assert_eq!(received.header("accept"), Some("application/json"));
    assert_eq!(received.header("idempotency-key"), Some("key-1"));
    assert_eq!(received.body, "[1,2]");
}

/// RFC 6570, 3.2.1: what is reserved in a value is escaped, and the comma between two values is not.
#[tokio::test]
async fn joined_texts_keep_their_commas_apart_from_those_between_them() {
    let (server, outcome) = outcome(|client| {
        let range = serde_json::json!({"from": "a&b", "to": 5});
        refund(client)
            .path_joined(
                "orderReference",
                Given::<CommaSeparated<_>>::value(["a,b", "c/d"]),
            )
            .query_joined("ids", Given::<CommaSeparated<_>>::value(["1,2", "3"]))
            .query("note", Given::<String>::value("x"))
            .query_joined("range", Given::<FlatObject<_>>::value(range))
            .query_joined("none", Given::<CommaSeparated<String>>::value([]))
            .query_joined("absent", Given::<CommaSeparated<String>>::default())
    })
    .await;
    outcome.unwrap();
    assert_eq!(
        server.received()[0].line,
        "POST /orders/a%2Cb,c%2Fd/refund?note=x&ids=1%2C2,3&range=from,a%26b,to,5 HTTP/1.1"
    );
}

#[tokio::test]
async fn what_is_required_and_not_given_is_named_and_nothing_is_sent() {
    for (name, call) in [
        (
            "orderReference",
            (|client| refund(client).path("orderReference", Given::<String>::default()))
                as fn(&Client<Bearer>) -> Call<'_>,
        ),
        ("orderReference", refund),
        ("Key", |client| {
            refund(client)
                .path("orderReference", Given::<String>::value("a"))
                .header("Key", Given::<String>::default().required())
        }),
    ] {
        let (server, outcome) = outcome(call).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        assert!(error.to_string().contains(&format!("{name}: ")), "{error}");
        assert!(
            error.to_string().starts_with("acme refund_order: "),
            "{error}"
        );
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_parameter_that_comes_after_the_path_is_complete_is_refused() {
    let (server, outcome) = outcome(|client| {
        refund(client)
            .path("orderReference", Given::<String>::value("a"))
            .accept("text/csv")
            .path("other", Given::<String>::value("b"))
    })
    .await;
    let error = outcome.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("other: the path has no place for it"),
        "{error}"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_header_that_cannot_be_one_is_refused_without_its_value() {
    let (server, outcome) = outcome(|client| {
        refund(client)
            .path("orderReference", Given::<String>::value("a"))
            .header("Key", Given::<String>::value("secret\nvalue"))
    })
    .await;
    let error = format!("{:#}", outcome.unwrap_err());
    assert!(
        error.contains("no header may have") && !error.contains("secret"),
        "{error}"
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_body_in_a_dialect_brings_its_media_type_and_none_brings_no_header() {
    let dialect = "application/merge-patch+json";
    for (body, media_type, text) in [
        (Given::from([1]), Some(dialect), "[1]"),
        (Given::default(), None, ""),
    ] {
        let (server, outcome) = outcome(move |client| {
            refund(client)
                .path("orderReference", Given::<String>::value("a"))
                .json_as(dialect, body.clone())
        })
        .await;
        outcome.unwrap();
        let received = &server.received()[0];
        assert_eq!(received.header("content-type"), media_type);
        assert_eq!(received.body, text);
    }
}

#[tokio::test]
async fn a_call_shows_neither_its_path_nor_its_headers() {
    let server = Server::start(|_, _| Act::json("200 OK", "{}"));
    let client = bearer_at(&server.url()).build().unwrap();
    let call = refund(&client)
        .path("orderReference", Given::<String>::value("ann@example.com"))
        .header("Pin", Given::<String>::value("1234"));
    let shown = format!("{call:?}");
    assert!(shown.contains(REFUND), "{shown}");
    assert!(!shown.contains("ann") && !shown.contains("1234"), "{shown}");
}
