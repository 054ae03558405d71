use std::time::{Duration, Instant};

use provider_runtime::{Answers, Call, CallSettings, Error, Given, MediaBody, Method, Style};

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
async fn parameters_are_in_their_styles_and_what_is_empty_is_left_out() {
    let (server, outcome) = outcome(|client| {
        let range = serde_json::json!({"from": "a&b", "to": 5});
        refund(client)
            .path_styled(
                "orderReference",
                Style::MATRIX.exploded(),
                Given::from(["a,b", "c/d"]),
            )
            .query_styled("ids", Style::FORM, Given::from(["1,2", "3"]))
            .query("note", Given::from("x y"))
            .query_styled("range", Style::FORM, Given::from(range.clone()))
            .query_styled("none", Style::FORM, Given::from(Vec::<String>::new()))
            .query_styled("absent", Style::FORM, Given::<String>::default())
            .header_styled("X-Range", Style::SIMPLE.exploded(), Given::from(range))
            .header_styled("X-None", Style::SIMPLE, Given::<Option<u8>>::value(None))
            .cookie("session", Style::FORM, Given::from("a;b"))
            .cookie("other", Style::FORM, Given::from(1))
    })
    .await;
    outcome.unwrap();
    let received = &server.received()[0];
    assert_eq!(
        received.line,
        "POST /orders/;orderReference=a%2Cb;orderReference=c%2Fd/refund?ids=1%2C2,3&note=x%20y&range=from,a%26b,to,5 HTTP/1.1"
    );
    assert_eq!(received.header("x-range"), Some("from=a&b,to=5"));
    assert_eq!(received.header("x-none"), None);
    assert_eq!(received.header("cookie"), Some("session=a%3Bb; other=1"));
}

#[tokio::test]
async fn a_value_that_has_no_form_in_its_style_is_told_with_its_name() {
    for (call, expected) in [
        (
            (|client| {
                let nothing = Given::from(Vec::<String>::new());
                refund(client).path_styled("orderReference", Style::MATRIX, nothing)
            }) as fn(&Client<Bearer>) -> Call<'_>,
            "orderReference: nothing is in it",
        ),
        (
            |client| {
                let nested = Given::from([[1]]);
                refund(client)
                    .path("orderReference", Given::<String>::value("a"))
                    .header_styled("X-List", Style::SIMPLE, nested)
            },
            "X-List: it holds a list",
        ),
    ] {
        let (server, outcome) = outcome(call).await;
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(server.received().is_empty());
    }
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
async fn another_body_is_sent_in_place_of_the_usual_one_and_never_beside_it() {
    for (usual, other, sent) in [
        (None, None, Some("")),
        (Some(1), None, Some("1")),
        (None, Some("a;b"), Some("a;b")),
        (Some(1), Some("a;b"), None),
    ] {
        let (server, outcome) = outcome(move |client| {
            let usual = Given::<u8>::from(usual);
            let other = Given::from(other.map(|text| MediaBody::new("text/csv", text)));
            refund(client)
                .path("orderReference", Given::<String>::value("a"))
                .other_body(other, &usual)
                .json(usual)
        })
        .await;
        match sent {
            Some(body) => {
                outcome.unwrap();
                assert_eq!(server.received()[0].body, body);
            }
            None => {
                let error = outcome.unwrap_err().to_string();
                assert!(error.contains("both are given"), "{error}");
                assert!(server.received().is_empty());
            }
        }
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

fn settings(change: impl FnOnce(&mut CallSettings)) -> CallSettings {
    let mut settings = CallSettings::default();
    change(&mut settings);
    settings
}

#[tokio::test]
async fn a_header_of_one_call_is_sent_and_one_that_the_client_sets_is_refused_without_its_value() {
    let (server, outcome) = outcome(|client| {
        refund(client)
            .path("orderReference", Given::from("A-1"))
            .with_settings(settings(|settings| settings.header("X-Trace", "t-1")))
    })
    .await;
    outcome.unwrap();
    assert_eq!(server.received()[0].header("x-trace"), Some("t-1"));

    for (name, value) in [
        ("Authorization", "Bearer s3cret"),
        ("Idempotency-Key", "s3cret"),
        ("content-length", "7"),
        ("X Y", "s3cret"),
        ("X-Y", "s3cret\n"),
    ] {
        let server = Server::start(|_, _| Act::json("200 OK", "{}"));
        let client = bearer_at(&server.url()).build().unwrap();
        let call = refund(&client)
            .path("orderReference", Given::from("A-1"))
            .header("Idempotency-Key", Given::from("key-1"))
            .with_settings(settings(|settings| settings.header(name, value)));
        let sent = call.send::<(), ()>(Answers::empty(&[200..=200]), Answers::empty(&[]));
        let error = sent.await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        assert_eq!(server.received().len(), 0, "{name}");
    }
}

#[tokio::test]
async fn one_call_may_take_less_time_than_the_others_and_is_then_in_doubt() {
    let server = Server::start(|_, _| Act::json("200 OK", "{}").after(Duration::from_secs(60)));
    let client = bearer_at(&server.url()).build().unwrap();
    let call = refund(&client)
        .path("orderReference", Given::from("A-1"))
        .with_settings(settings(|settings| {
            settings.timeout(Duration::from_millis(200));
        }));
    let began = Instant::now();
    let sent = call.send::<(), ()>(Answers::empty(&[200..=200]), Answers::empty(&[]));
    let error = sent.await.unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)), "{error}");
    assert!(error.may_have_happened(), "{error}");
    assert!(began.elapsed() < Duration::from_secs(30));
}
