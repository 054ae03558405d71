//! Through a proxy, by names that own code resolves, and what settings of both kinds cannot be.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use provider_runtime::{Amount, ClientBuilder, ConnectFault, Error, SettingsError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{
    client::{Bearer, Client, bearer_at},
    proxy::{Manner, Proxy},
    server::{Act, Server},
    transport::Double,
};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn ok() -> Server {
    Server::start(|_, _| Act::json("200 OK", REFUNDED))
}

fn address_of(server: &Server) -> SocketAddr {
    server
        .url()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap()
}

/// A refund, on a connection of its own, and a read, on reqwest's.
async fn refund_and_read(client: &Client<Bearer>) {
    client.refund_order("A-1", amount()).await.unwrap();
    client.order_details("A-1").await.unwrap();
}

#[tokio::test]
async fn plain_requests_are_handed_to_the_proxy_with_its_password_and_no_name_is_resolved_here() {
    let server = ok();
    let proxy = Proxy::start(Manner::HandsTo(address_of(&server)));
    let client = bearer_at("http://shop.invalid:8080/v1")
        .allow_insecure_http()
        .proxy(proxy.url())
        .build()
        .unwrap();
    refund_and_read(&client).await;
    let heads = proxy.heads();
    let lines: Vec<_> = heads
        .iter()
        .map(|head| head.lines().next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "POST http://shop.invalid:8080/v1/orders/A-1/refund HTTP/1.1",
            "GET http://shop.invalid:8080/v1/orders/A-1 HTTP/1.1"
        ]
    );
    for head in &heads {
        let has = |wanted: &str| head.lines().any(|line| line.eq_ignore_ascii_case(wanted));
        assert!(has("host: shop.invalid:8080"), "{head}");
        // RFC 7617, section 2: `shop:hunter2+`, which was escaped in the URL.
        assert!(
            has("proxy-authorization: Basic c2hvcDpodW50ZXIyKw=="),
            "{head}"
        );
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn what_the_proxy_says_before_there_is_a_tunnel_is_not_sent() {
    for (said, told) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
            "it answered 407: give its user and password in its URL",
        ),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "it answered 502"),
        (
            "SSH-2.0-OpenSSH\r\n\r\n",
            "it answered with something else than HTTP",
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nwelcome",
            "it answered more than it may",
        ),
        ("", "unexpected end of file"),
    ] {
        let proxy = Proxy::start(Manner::Says(said));
        let client = bearer_at("https://shop.invalid")
            .proxy(proxy.url())
            .build()
            .unwrap();
        let refund = client.refund_order("A-1", amount()).await.unwrap_err();
        let Error::NotSent(not_sent) = &refund else {
            panic!("{said}: {refund:#}");
        };
        assert_eq!(
            not_sent.connect_fault(),
            Some(ConnectFault::Proxy),
            "{refund:#}"
        );
        assert!(
            refund
                .to_string()
                .ends_with("the proxy gave no way to the host")
        );
        let all = format!("{refund:#} {refund:?}");
        assert!(all.contains(told), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
        assert_eq!(
            proxy.heads()[0].lines().next(),
            Some("CONNECT shop.invalid:443 HTTP/1.1")
        );
    }
    // reqwest's own tunnels are known for what they are where the proxy refuses.
    let proxy = Proxy::start(Manner::Says("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    let client = bearer_at("https://shop.invalid")
        .proxy(proxy.url())
        .build()
        .unwrap();
    let read = client.order_details("A-1").await.unwrap_err();
    let Error::NotSent(not_sent) = &read else {
        panic!("{read:#}");
    };
    assert_eq!(
        not_sent.connect_fault(),
        Some(ConnectFault::Proxy),
        "{read:#}"
    );
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_not_taken_for_the_host() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = bearer_at("https://shop.invalid")
        .proxy(url)
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert_eq!(not_sent.connect_fault(), Some(ConnectFault::Proxy));
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("refused"),
        "{error:#}"
    );
}

/// Knows one name, and notes what it is asked.
#[derive(Clone)]
struct Book {
    known: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Resolve for Book {
    fn resolve(&self, name: Name) -> Resolving {
        self.asked.lock().unwrap().push(name.as_str().to_owned());
        let known = (name.as_str() == "shop.invalid").then_some(self.known);
        Box::pin(async move {
            let known = known.ok_or("it is in no book")?;
            Ok(Box::new([known].into_iter()) as Addrs)
        })
    }
}

#[tokio::test]
async fn own_code_resolves_the_names_of_hosts_for_both_kinds_of_connections() {
    let server = ok();
    let address = address_of(&server);
    let book = |port| Book {
        known: (address.ip(), port).into(),
        asked: Arc::default(),
    };
    // A port of the URL's counts before the resolver's.
    let (any, exact) = (book(9), book(address.port()));
    let with_port = format!("http://shop.invalid:{}", address.port());
    for (url, book) in [(with_port.as_str(), &any), ("http://shop.invalid", &exact)] {
        let client = bearer_at(url)
            .allow_insecure_http()
            .dns_resolver(book.clone())
            .build()
            .unwrap();
        refund_and_read(&client).await;
        assert_eq!(
            *book.asked.lock().unwrap(),
            ["shop.invalid", "shop.invalid"]
        );
    }
    let client = bearer_at("http://other.invalid")
        .allow_insecure_http()
        .dns_resolver(book(0))
        .build()
        .unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap_err();
    let read = client
        .order_details("A-1")
        .await
        .unwrap_err()
        .into_untyped();
    for error in [refund.into_untyped(), read] {
        let Error::NotSent(not_sent) = &error else {
            panic!("{error:#}");
        };
        assert_eq!(not_sent.connect_fault(), Some(ConnectFault::NameResolution));
        assert!(
            format!("{error:#}").contains("it is in no book"),
            "{error:#}"
        );
    }
}

#[test]
fn proxies_that_are_not_known_are_refused_without_their_password() {
    for url in [
        "",
        "proxy.example.com:3128",
        "https://shop:hunter2@proxy.example.com",
        "socks5://shop:hunter2@proxy.example.com",
        "http://shop:hunter2@proxy.example.com/path",
        "http://shop:hunter2@proxy.example.com/?query",
    ] {
        let error = bearer_at("http://localhost")
            .proxy(url)
            .build()
            .unwrap_err();
        assert!(
            matches!(
                &error,
                SettingsError::InvalidUrl {
                    setting: "proxy URL",
                    ..
                }
            ),
            "{url}: {error}"
        );
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(
            error.to_string().contains("http://proxy.example.com:3128"),
            "{error}"
        );
    }
}

#[test]
fn they_are_refused_beside_a_client_or_a_transport_of_the_user_s() {
    type Given = fn() -> ClientBuilder<Client<Bearer>>;

    let settings: [(&str, Given); 3] = [
        ("proxy", || {
            bearer_at("http://localhost").proxy("http://localhost:1")
        }),
        ("ca_file", || {
            bearer_at("http://localhost").ca_file("roots.pem")
        }),
        ("dns_resolver", || {
            bearer_at("http://localhost").dns_resolver(Book {
                known: ([127, 0, 0, 1], 1).into(),
                asked: Arc::default(),
            })
        }),
    ];
    for (name, builder) in settings {
        for refused in [
            builder().http_client(reqwest::Client::new()).build(),
            builder()
                .http_client_builder(reqwest::Client::builder())
                .build(),
        ] {
            assert!(
                matches!(refused, Err(SettingsError::OwnedByHttpClient { setting }) if setting == name),
                "{name}"
            );
        }
        let double = Double::new(|_| None);
        let refused = builder().transport(double).build();
        assert!(
            matches!(refused, Err(SettingsError::OwnedByTransport { setting }) if setting == name),
            "{name}"
        );
    }
}

#[test]
fn a_ca_file_that_holds_no_certificate_is_refused_when_the_client_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pem");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let broken = folder.path().join("broken.pem");
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&broken, pem).unwrap();
    for path in [missing, empty, broken] {
        let error = bearer_at("http://localhost")
            .ca_file(&path)
            .build()
            .unwrap_err();
        let SettingsError::InvalidCaFile { path: told, reason } = &error else {
            panic!("{}: {error}", path.display());
        };
        assert_eq!(*told, path);
        assert!(!reason.is_empty());
    }
}

/// Reqwest without TLS hands a proxy what is for hosts of https, credentials among it, and in plain text.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[tokio::test]
async fn without_tls_nothing_that_is_for_https_is_handed_to_a_proxy() {
    let proxy = Proxy::start(Manner::Says(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ));
    let client = bearer_at("https://shop.invalid")
        .proxy(proxy.url())
        .build()
        .unwrap();
    let refund = client.refund_order("A-1", amount()).await.unwrap_err();
    let read = client.order_details("A-1").await.unwrap_err();
    for error in [refund.into_untyped(), read.into_untyped()] {
        let Error::NotSent(not_sent) = &error else {
            panic!("{error:#}");
        };
        assert_eq!(not_sent.connect_fault(), Some(ConnectFault::Tls));
        let all = format!("{error:#}");
        assert!(all.contains("turn on the feature `rustls`"), "{all}");
    }
    assert_eq!(proxy.heads(), [""; 0]);
}
