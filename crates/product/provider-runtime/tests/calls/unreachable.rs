//! Why there is no connection, in words and as data, over both kinds of connection.

use std::{
    io::{self, ErrorKind},
    net::TcpListener,
};

use provider_runtime::{Amount, ConnectFailure, ConnectFault, Error, NoAnswer};

use crate::{
    client::{Bearer, Client, bearer_at, oauth2_at},
    transport::Double,
};

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn fault<E>(error: &Error<E>) -> Option<ConnectFault> {
    match error {
        Error::NotSent(not_sent) => not_sent.connect_fault(),
        _ => panic!("{error:#}"),
    }
}

/// That of a refund, on a connection of its own, and of a read, by reqwest's, each with its words.
async fn faults(client: &Client<Bearer>) -> [(Option<ConnectFault>, String); 2] {
    let refund = client.refund_order("A-1", amount()).await.unwrap_err();
    let read = client.order_details("A-1").await.unwrap_err();
    assert!(!refund.may_have_happened());
    [
        (fault(&refund), refund.to_string()),
        (fault(&read), read.to_string()),
    ]
}

fn nowhere() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", free.local_addr().unwrap())
}

#[tokio::test]
async fn a_connection_that_is_refused_is_told_as_such() {
    let client = bearer_at(&nowhere()).build().unwrap();
    for (fault, text) in faults(&client).await {
        assert_eq!(fault, Some(ConnectFault::Refused), "{text}");
        let words = "could not connect: the host refused the connection";
        assert!(text.ends_with(words), "{text}");
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_name_that_nobody_has_is_told_as_such() {
    // RFC 6761, section 6.4: no name ends in it.
    let client = bearer_at("https://nowhere.invalid").build().unwrap();
    for (fault, text) in faults(&client).await {
        assert_eq!(fault, Some(ConnectFault::NameResolution), "{text}");
        assert!(text.ends_with("name could not be resolved"), "{text}");
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_handshake_that_does_not_come_to_an_end_took_too_long() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = bearer_at(&format!("https://{}", silent.local_addr().unwrap()))
        .connect_timeout(std::time::Duration::from_millis(100))
        .build()
        .unwrap();
    for (fault, text) in faults(&client).await {
        assert_eq!(fault, Some(ConnectFault::TimedOut), "{text}");
        assert!(text.ends_with("the host took too long"), "{text}");
    }
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_host_that_speaks_no_tls_is_told_as_such() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let _ = io::Write::write_all(&mut stream.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let client = bearer_at(&url).build().unwrap();
    for (fault, text) in faults(&client).await {
        assert_eq!(fault, Some(ConnectFault::Tls), "{text}");
        assert!(text.ends_with("the TLS handshake failed"), "{text}");
    }
}

#[tokio::test]
async fn a_token_url_that_cannot_be_reached_says_why() {
    let client = oauth2_at(&nowhere()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(fault(&error), Some(ConnectFault::Refused));
    assert_eq!(
        error.to_string(),
        "acme refund_order: not sent: no access token: the token URL did not answer: could not connect: the host \
         refused the connection; try again later"
    );
}

#[tokio::test]
async fn what_a_transport_of_one_s_own_says_counts() {
    let said = |source: fn() -> Box<dyn std::error::Error + Send + Sync>| {
        let double = Double::new(move |_| Some(Err(NoAnswer::not_sent(source()))));
        bearer_at("http://localhost")
            .transport(double)
            .build()
            .unwrap()
    };
    let system = said(|| io::Error::from(ErrorKind::HostUnreachable).into());
    let own = said(|| ConnectFailure::new(ConnectFault::Proxy, "it said 502").into());
    let other = said(|| "no line".into());
    for (client, expected) in [
        (system, ConnectFault::Unreachable),
        (own, ConnectFault::Proxy),
        (other, ConnectFault::Other),
    ] {
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        assert_eq!(fault(&error), Some(expected), "{error:#}");
    }
}
