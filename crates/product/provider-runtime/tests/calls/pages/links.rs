//! Where a link in an answer may lead.

use std::sync::Arc;

use provider_runtime::{
    Credentials, Environment, Error, NotSentCause, OwnHost, PageError, Provider,
};
use reqwest::{StatusCode, header::HeaderMap};

use super::{LINK, ends_badly, ids, pages};
use crate::{
    client::{Bearer, Client, Elsewhere, Scheme, bearer_at},
    server::{Act, Server},
    transport::{Double, json},
};

#[tokio::test]
async fn a_link_to_another_host_gets_nothing_unless_the_user_has_named_it() {
    let other = Server::start(|_, _| Act::json("200 OK", r#"{"data":[{"id":2}]}"#));
    let host = other.url().replace("http://", "");
    let link = format!(
        r#"{{"data":[{{"id":1}}],"links":{{"next":"{}/orders/A-1?c=2"}}}}"#,
        other.url()
    );
    let server = Server::start(move |_, _| Act::json("200 OK", &link));
    let client = bearer_at(&server.url()).build().unwrap();
    let error = ends_badly(pages(&client, LINK, &[]), 1).await;
    let PageError::Call(Error::NotSent(not_sent)) = &error else {
        panic!("{error}");
    };
    assert!(
        matches!(not_sent.cause(), NotSentCause::LinkToOtherHost { host: told } if *told == host)
    );
    assert!(
        error
            .to_string()
            .contains(&format!("credentials_also_at({host:?})")),
        "{error}"
    );
    // Not the documents: nobody is talked into it.
    assert!(
        error
            .to_string()
            .contains("only if the provider's documents name that host"),
        "{error}"
    );
    assert!(other.received().is_empty());

    let named = bearer_at(&server.url())
        .credentials_also_at(host)
        .build()
        .unwrap();
    assert_eq!(ids(pages(&named, LINK, &[])).await.unwrap(), [1, 2]);
    assert_eq!(
        other.received()[0].header("authorization"),
        Some("Bearer hunter2-token")
    );
}

/// Where no credentials are asked for, headers and answers are kept from other hosts all the same.
#[tokio::test]
async fn a_link_to_another_host_is_not_followed_without_credentials_either() {
    let other = Server::start(|_, _| Act::json("200 OK", "{}"));
    let link = format!(r#"{{"links":{{"next":"{}"}}}}"#, other.url());
    let server = Server::start(move |_, _| Act::json("200 OK", &link));
    let client = Client::<Elsewhere>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::bearer("hunter2-token"))
        .build()
        .unwrap();
    let error = ends_badly(pages(&client, LINK, &[]), 1).await;
    assert!(
        matches!(error, PageError::Call(Error::NotSent(_))),
        "{error}"
    );
    assert!(other.received().is_empty());
}

fn linked(link: &str) -> Arc<Double> {
    let body = format!(r#"{{"links":{{"next":"{link}"}}}}"#);
    Double::new(move |_| json(200, &body))
}

#[tokio::test]
async fn a_link_cannot_leave_tls_or_bring_credentials_of_its_own() {
    for link in [
        "http://api.acme.example/orders",
        "http://api.acme.example:443/orders",
        "https://ann:secret@api.acme.example/orders",
        "ftp://api.acme.example/orders",
        "https://",
        "data:text/plain,x",
    ] {
        let client = bearer_at("https://api.acme.example")
            .transport(linked(link))
            .build()
            .unwrap();
        let error = ends_badly(pages(&client, LINK, &[]), 1).await;
        assert!(
            matches!(
                error,
                PageError::Unreadable {
                    what: "/links/next",
                    page: 1,
                    ..
                }
            ),
            "{link}: {error}"
        );
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

/// Its own host is where its links may lead, and what is relative is so to the URL that was called.
#[tokio::test]
async fn a_relative_link_of_an_operation_elsewhere_stays_there() {
    let double = Double::new(|request| match request.url().query() {
        None => json(200, r#"{"links":{"next":"?c=2"}}"#),
        Some(_) => Some(Ok(provider_runtime::Arrived::new(
            StatusCode::OK,
            HeaderMap::new(),
            "{}".to_owned(),
        ))),
    });
    let client = Client::<ListElsewhere>::builder()
        .environment(Environment::Production)
        .credentials(Credentials::bearer("hunter2-token"))
        .credentials_also_at("lists.other.example")
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    assert!(ids(pages(&client, LINK, &[])).await.unwrap().is_empty());
    let asked: Vec<_> = double
        .asked()
        .iter()
        .map(|(request, _)| request.url().to_string())
        .collect();
    let first = "https://lists.other.example/v2/orders/A-1";
    assert_eq!(asked, [first.to_owned(), format!("{first}?c=2")]);
}

#[derive(Debug)]
struct ListElsewhere;

impl Scheme for ListElsewhere {
    const PROVIDER: &'static Provider = Bearer::PROVIDER;
    const OWN_HOSTS: &'static [OwnHost] = &[OwnHost {
        operation: "order_details",
        sandbox: None,
        production: Some("https://lists.other.example/v2"),
    }];
}
