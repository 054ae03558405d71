//! What is known of a refund whose connection ends, early or late.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
    time::Duration,
};

use provider_runtime::{Amount, Error, Heard, NotSentCause, UnansweredCause};

use crate::{
    client::bearer_at,
    server::{Act, Server},
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

/// Promises to keep the connection, and closes it after this time.
fn kept_for(time: Duration) -> Act {
    let length = REFUNDED.len();
    Act {
        linger: time,
        ..Act::raw(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{REFUNDED}"
        ))
    }
}

/// Times around those at which the next refund goes out.
fn hasty_server() -> Server {
    Server::start(|_, before| kept_for(Duration::from_micros(before as u64 % 8 * 400)))
}

#[tokio::test]
async fn refunds_do_not_meet_a_connection_that_the_server_is_closing() {
    let server = hasty_server();
    let client = bearer_at(&server.url()).build().unwrap();
    for number in 0..300 {
        let refund = client.refund_order("A-1", amount()).await;
        assert!(refund.is_ok(), "refund {number}: {:?}", refund.err());
    }
    assert_eq!(server.received().len(), 300);
}

#[tokio::test]
async fn nor_do_they_with_prepared_settings_of_the_http_client() {
    let server = hasty_server();
    let client = bearer_at(&server.url())
        .http_client_builder(reqwest::Client::builder().no_proxy())
        .build()
        .unwrap();
    for number in 0..300 {
        let refund = client.refund_order("A-1", amount()).await;
        assert!(refund.is_ok(), "refund {number}: {:?}", refund.err());
    }
    assert_eq!(server.received().len(), 300);
}

/// What is heard of a refund that the server treats like this, and whether the time was up.
async fn heard(act: impl Fn() -> Act + Send + Sync + 'static) -> (Heard, &'static str) {
    let server = Server::start(move |_, _| act());
    let client = bearer_at(&server.url())
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error}");
    };
    assert!(error.may_have_happened());
    let cause = match unanswered.cause() {
        UnansweredCause::CutOff(_) => "cut off",
        UnansweredCause::TimedOut { .. } => "timed out",
        UnansweredCause::Transport(_) => "broken",
        _ => "another",
    };
    (unanswered.heard(), cause)
}

#[tokio::test]
async fn part_of_an_answer_is_never_taken_for_none() {
    for part in ["H", "HTTP/1.1 500 Inter", "HTTP/1.1 500 A\r\nX-A: 1\r\n"] {
        let outcome = heard(move || Act::raw(part)).await;
        assert_eq!(outcome, (Heard::Something, "cut off"), "{part}");
        let slow = move || Act {
            linger: Duration::from_secs(1),
            ..Act::raw(part)
        };
        assert_eq!(heard(slow).await, (Heard::Something, "cut off"), "{part}");
    }
    let outcome = heard(|| Act::raw("SSH-2.0-OpenSSH_9.6\r\n\r\n")).await;
    assert_eq!(outcome, (Heard::Something, "cut off"));
}

#[tokio::test]
async fn no_byte_of_an_answer_is_told_for_certain() {
    let outcome = heard(|| Act::raw("")).await;
    assert_eq!(outcome, (Heard::Nothing, "broken"));
    let outcome = heard(|| Act::silence(Duration::from_secs(1))).await;
    assert_eq!(outcome, (Heard::Nothing, "timed out"));
}

/// Reads this many bytes, writes, and closes with the rest unread, which resets the connection.
fn resetting(read: usize, answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = vec![0; read];
        stream.read_exact(&mut bytes).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(20));
    });
    format!("http://{address}")
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_answer_before_a_reset_is_heard() {
    for (answer, heard) in [
        ("", Heard::Nothing),
        ("HTTP/1.1 500 Inter", Heard::Something),
    ] {
        for length in [10, 60_000] {
            let client = bearer_at(&resetting(10, answer)).build().unwrap();
            // The path makes the request longer than what the server's socket holds.
            let reference = "x".repeat(length);
            let error = client.refund_order(&reference, amount()).await.unwrap_err();
            let Error::Unanswered(unanswered) = &error else {
                panic!("{error}");
            };
            assert_eq!(unanswered.heard(), heard, "{error:#}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_closed_before_the_request_leaves_is_told_for_what_it_is() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
        }
    });
    let client = bearer_at(&url).build().unwrap();
    for _ in 0..50 {
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        match &error {
            Error::NotSent(not_sent) => {
                assert!(matches!(not_sent.cause(), NotSentCause::Connect(_)));
            }
            Error::Unanswered(unanswered) => assert_eq!(unanswered.heard(), Heard::Nothing),
            _ => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_host_name_is_looked_up_and_named_in_the_request() {
    let server = Server::start(|_, _| kept_for(Duration::ZERO));
    let url = server.url().replace("127.0.0.1", "localhost");
    let client = bearer_at(&url).user_agent("shop/1").build().unwrap();
    client.refund_order("ä?|", amount()).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.line, "POST /orders/%C3%A4%3F%7C/refund HTTP/1.1");
    assert_eq!(request.header("host"), url.strip_prefix("http://"));
    assert_eq!(request.header("user-agent"), Some("shop/1"));
    assert_eq!(request.header("accept"), Some("*/*"));
    assert_eq!(request.header("connection"), Some("close"));
    assert_eq!(request.header("content-length"), Some("16"));
    let sent_twice = request
        .headers
        .iter()
        .filter(|header| header.to_ascii_lowercase().starts_with("content-length"))
        .count();
    assert_eq!(sent_twice, 1);
}

#[tokio::test]
async fn a_host_that_nobody_has_is_not_sent() {
    let client = bearer_at("https://nowhere.invalid").build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error}");
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_not_sent() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let client = bearer_at(&url)
        .connect_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)), "{error}");
}
