use std::{net::TcpListener, time::Duration};

use provider_runtime::{Amount, BodyFault, ByStatus, Error, Heard, Progress, UnansweredCause};

use crate::{
    client::{Problem, bearer_at},
    server::{Act, Server},
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;
const READ_BACK: &str = "it may have happened: do not send it again before reading its state back";

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

/// The error of a refund that the server treats like this.
async fn refund_error(act: impl Fn() -> Act + Send + Sync + 'static) -> Error<ByStatus<Problem>> {
    let server = Server::start(move |_, _| act());
    let client = bearer_at(&server.url())
        .timeout(Duration::from_millis(200))
        .body_limit(1000)
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(server.received().len(), 1, "sent more than once: {error}");
    error
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = bearer_at(&url).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)));
    assert_eq!(error.progress(), Progress::NotSent);
    assert!(!error.may_have_happened());
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent: could not connect: the host refused the connection"
    );
    assert!(
        format!("{error:#}").contains("onnection refused"),
        "{error:#}"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_the_outcome_open() {
    let error = refund_error(|| Act::silence(Duration::from_secs(2))).await;
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error}");
    };
    assert!(matches!(
        unanswered.cause(),
        UnansweredCause::TimedOut { .. }
    ));
    assert_eq!(error.progress(), Progress::Unanswered);
    assert!(error.may_have_happened());
    assert_eq!(
        error.to_string(),
        format!("acme refund_order: sent, but not answered: no answer within 200ms; {READ_BACK}")
    );
}

#[tokio::test]
async fn a_connection_that_ends_before_an_answer_leaves_the_outcome_open() {
    for raw in ["", "HTTP/1.1 20", "SSH-2.0-OpenSSH_9.6\r\n\r\n"] {
        let error = refund_error(move || Act::raw(raw)).await;
        assert!(matches!(error, Error::Unanswered(_)), "{raw}: {error}");
        assert!(error.may_have_happened());
    }
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_told_from_none() {
    let error = refund_error(|| Act::raw("SSH-2.0-OpenSSH_9.6\r\n\r\n")).await;
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error}");
    };
    assert!(matches!(unanswered.cause(), UnansweredCause::CutOff(_)));
    assert_eq!(unanswered.heard(), Heard::Something);
    assert_eq!(
        error.to_string(),
        format!(
            "acme refund_order: sent, but not answered: bytes of an answer arrived, but none that \
             can be read; {READ_BACK}"
        )
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_kept_as_far_as_it_came() {
    let error = refund_error(|| {
        Act::raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-Id: 7\r\n\r\n{\"reference\":")
    })
    .await;
    let Error::BodyUnread(unread) = &error else {
        panic!("{error}");
    };
    assert!(matches!(unread.fault(), BodyFault::Broken(_)));
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.headers().unwrap()["x-id"], "7");
    assert_eq!(&error.raw_body().unwrap()[..], b"{\"reference\":");
    assert!(error.may_have_happened());
}

#[tokio::test]
async fn a_body_that_stalls_is_kept_as_far_as_it_came() {
    let error = refund_error(|| Act {
        linger: Duration::from_secs(2),
        ..Act::raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ref")
    })
    .await;
    assert_eq!(&error.raw_body().unwrap()[..], b"{\"ref");
    assert_eq!(
        error.to_string(),
        format!("acme refund_order: 200 OK; its body did not arrive within 200ms; {READ_BACK}")
    );
}

#[tokio::test]
async fn a_body_above_the_limit_is_kept_up_to_it() {
    for status in ["200 OK", "502 Bad Gateway"] {
        let error = refund_error(move || Act::json(status, &"x".repeat(3_000_000))).await;
        let Error::BodyUnread(unread) = &error else {
            panic!("{error}");
        };
        assert!(matches!(
            unread.fault(),
            BodyFault::TooLarge { limit: 1000 }
        ));
        assert_eq!(error.raw_body().unwrap().len(), 1000);
        assert!(error.may_have_happened());
    }
}

#[tokio::test]
async fn a_body_at_the_limit_is_read_also_in_pieces() {
    let body = format!(r#"{{"reference":"{}"}}"#, "x".repeat(1000 - 16));
    let pieces = body.clone();
    let server = Server::start(move |_, _| {
        let (head, rest) = pieces.split_at(300);
        let (middle, tail) = rest.split_at(300);
        let mut act = Act::raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        act.pieces
            .extend([head, middle, tail].map(|piece| piece.as_bytes().to_vec()));
        act
    });
    let client = bearer_at(&server.url()).body_limit(1000).build().unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(refund.reference.len(), 984);
    assert_eq!(refund.raw_body(), body.as_bytes());
    assert_eq!(refund.content_length(), Some(1000));
}

#[tokio::test]
async fn a_success_that_cannot_be_read_keeps_everything_and_is_no_failure() {
    let error = refund_error(|| {
        Act::answer(
            "200 OK",
            "X-Id: 7\r\n",
            r#"{"reference":5,"message":"hunter2","logId":"L-9"}"#,
        )
    })
    .await;
    assert!(matches!(error, Error::Undecodable(_)));
    assert_eq!(error.progress(), Progress::Answered);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.headers().unwrap()["x-id"], "7");
    assert!(error.raw_body().unwrap().starts_with(b"{\"reference\":5"));
    assert_eq!(error.log_id().unwrap(), "L-9");
    assert!(error.may_have_happened());
    assert_eq!(
        error.to_string(),
        format!(
            "acme refund_order: 200 OK: hunter2 [log id L-9]; its body cannot be read: found \
             integer where a string was expected (line 1, column 14); {READ_BACK}"
        )
    );
}

#[tokio::test]
async fn an_empty_success_is_no_failure_either() {
    let error = refund_error(|| Act::json("200 OK", "")).await;
    assert!(error.to_string().contains("it is empty"), "{error}");
    assert!(error.may_have_happened());
}

#[tokio::test]
async fn documented_errors_are_typed_by_their_status() {
    let message = "You can only refund amount up to AUD 24.98";
    let body = format!(r#"{{"statusCode":400,"message":"{message}"}}"#);
    let error = refund_error(move || Act::json("400 Bad Request", &body)).await;
    assert_eq!(
        error.to_string(),
        format!("acme refund_order: 400 Bad Request: {message}")
    );
    assert_eq!(error.provider_message().unwrap(), message);
    assert_eq!(error.provider_code().unwrap(), "400");
    assert_eq!(error.provider().unwrap().name, "acme");
    assert_eq!(error.operation().unwrap(), "refund_order");
    assert!(!error.may_have_happened());
    let Error::ErrorResponse(response) = error else {
        panic!("{error}");
    };
    assert!(matches!(&***response, Problem::Status400Or401(refusal) if refusal.message == message));

    let error = refund_error(|| Act::json("429 Too Many Requests", r#"{"retryAfter":30}"#)).await;
    let Error::ErrorResponse(response) = &error else {
        panic!("{error}");
    };
    assert!(matches!(&****response, Problem::Status429(limit) if limit.retry_after == 30));
    let untyped = error.into_untyped();
    assert_eq!(untyped.status().unwrap(), 429);
    assert_eq!(&untyped.raw_body().unwrap()[..], br#"{"retryAfter":30}"#);
}

#[tokio::test]
async fn an_undocumented_status_keeps_its_answer() {
    let error =
        refund_error(|| Act::answer("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>"))
            .await;
    assert!(matches!(error, Error::UnexpectedResponse(_)));
    assert_eq!(&error.raw_body().unwrap()[..], b"<html>");
    assert_eq!(error.provider_message(), None);
    assert_eq!(
        error.to_string(),
        format!(
            "acme refund_order: 502 Bad Gateway (a status that is not documented); {READ_BACK}"
        )
    );
}

#[tokio::test]
async fn messages_of_the_provider_are_made_safe_to_show() {
    let body = format!(
        r#"{{"message":"line\r\nbreak hunter2-token {}"}}"#,
        "x".repeat(400)
    );
    let error = refund_error(move || Act::json("400 Bad Request", &body)).await;
    let shown = error.to_string();
    assert!(
        shown.contains(r"line\u{d}\u{a}break [secret] xxx"),
        "{shown}"
    );
    assert!(shown.ends_with("x…"), "{shown}");
    assert!(shown.chars().count() < 400);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let error = refund_error(move || Act::answer(status, "Location: /elsewhere\r\n", "")).await;
        assert!(matches!(error, Error::UnexpectedResponse(_)), "{error}");
        assert_eq!(error.headers().unwrap()["location"], "/elsewhere");
        assert!(error.may_have_happened());
    }
}

#[tokio::test]
async fn prepared_settings_of_the_http_client_lose_their_redirects() {
    let server =
        Server::start(|_, _| Act::answer("307 Temporary Redirect", "Location: /x\r\n", ""));
    let client = bearer_at(&server.url())
        .http_client_builder(reqwest::Client::builder().no_proxy())
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedResponse(_)), "{error}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_http_client_that_follows_a_redirect_leaves_the_outcome_open() {
    let server = Server::start(|_, before| match before {
        0 => Act::answer("303 See Other", "Location: /done\r\n", ""),
        _ => Act::json("200 OK", REFUNDED),
    });
    let client = bearer_at(&server.url())
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)), "{error}");
    assert!(error.to_string().contains("turn redirects off"), "{error}");
}

#[tokio::test]
async fn an_http_client_that_cannot_connect_after_a_redirect_is_not_taken_for_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("Location: http://{}/done\r\n", free.local_addr().unwrap());
    drop(free);
    let server = Server::start(move |_, _| Act::answer("303 See Other", &gone, ""));
    let client = bearer_at(&server.url())
        .http_client(reqwest::Client::builder().no_proxy().build().unwrap())
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::Unanswered(_)), "{error}");
}

#[tokio::test]
async fn a_path_parameter_that_leaves_its_segment_is_not_sent() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&format!("{}/v3/", server.url())).build().unwrap();
    for reference in ["", ".", ".."] {
        let error = client.refund_order(reference, amount()).await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        assert_eq!(error.progress(), Progress::NotSent);
    }
    assert_eq!(server.received().len(), 0);

    client.refund_order("../a\\b?c#d", amount()).await.unwrap();
    assert_eq!(
        server.received()[0].line,
        "POST /v3/orders/..%2Fa%5Cb%3Fc%23d/refund HTTP/1.1"
    );
}

#[tokio::test]
async fn an_amount_that_would_change_is_not_sent() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let client = bearer_at(&server.url()).build().unwrap();
    let inexact: Amount = serde_json::from_str("9007199254740993").unwrap();
    let error = client.refund_order("A-1", inexact).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)));
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent, because the request is invalid: the amount 9007199254740993 \
         would change in a JSON number, where 15 significant digits are safe: round it to the \
         currency's minor unit before sending"
    );
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn an_operation_that_moves_no_money_may_be_sent_again() {
    let server = Server::start(|_, before| match before {
        0 => Act::json("503 Service Unavailable", ""),
        1 => Act::json("404 Not Found", "gone"),
        _ => Act::answer("204 No Content", "", ""),
    });
    let client = bearer_at(&server.url()).build().unwrap();
    let error = client.order_details("A-1").await.unwrap_err();
    assert!(!error.may_have_happened());
    assert!(error.advice().contains("safe to send it again"));
    let error = client.order_details("A-1").await.unwrap_err();
    assert!(matches!(error, Error::ErrorResponse(_)));
    assert_eq!(&error.raw_body().unwrap()[..], b"gone");
    let details = client.order_details("A-1").await.unwrap();
    assert_eq!(details.status(), 204);
    assert_eq!(details.as_bytes(), b"");
}

#[test]
fn errors_are_small_enough_to_be_returned_by_value() {
    assert!(size_of::<Error<ByStatus<Problem>>>() <= 16);
}

#[tokio::test]
async fn an_http_client_that_follows_no_redirect_serves_as_any_other() {
    let server = Server::start(|_, _| Act::json("200 OK", REFUNDED));
    let own = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = bearer_at(&server.url()).http_client(own).build().unwrap();
    for reference in ["A-1", "a/b\\c?d#e%f", "ä'|^`{}"] {
        let refund = client.refund_order(reference, amount()).await.unwrap();
        assert_eq!(refund.reference, "R-1");
    }
}

#[test]
fn the_future_of_a_call_is_small_enough_to_be_moved() {
    let client = bearer_at("http://127.0.0.1:1").build().unwrap();
    let refund = size_of_val(&client.refund_order("A-1", amount()));
    let details = size_of_val(&client.order_details("A-1"));
    assert!(refund <= 2048, "{refund}");
    assert!(details <= 1152, "{details}");
}

#[tokio::test]
async fn an_error_begins_with_the_id_by_which_the_provider_finds_the_request() {
    for (headers, id) in [
        ("X-Request-Id: req-7\r\n", Some("req-7")),
        // The first of those that the provider documents, and none that it does not.
        ("X-Trace: t-1\r\nx-request-id: req-7\r\n", Some("req-7")),
        ("X-Request-Id: \r\nX-Trace: t-1\r\n", Some("t-1")),
        ("X-Trace: hunter2-token\r\n", Some("[secret]")),
        ("Request-Id: req-7\r\n", None),
    ] {
        let answer = || Act::answer("400 Bad Request", headers, r#"{"message":"no"}"#);
        let error = refund_error(answer).await;
        assert_eq!(error.request_id().as_deref(), id, "{headers}");
        let begins = id.map_or_else(String::new, |id| format!("request {id}: "));
        let text = format!("{begins}acme refund_order: 400 Bad Request: no");
        assert!(error.to_string().starts_with(&text), "{error}");
    }
}
