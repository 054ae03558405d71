//! Credentials stay with the hosts that they were given for.

use std::sync::{Arc, atomic::Ordering};

use provider_runtime::{
    Amount, ClientBuilder, Credentials, Environment, Error, NotSentCause, SettingsError,
};

use crate::{
    client::{Client, Elsewhere},
    server::{Act, Server},
    signing::Numbering,
    transport::{Double, json},
};

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn builder() -> ClientBuilder<Client<Elsewhere>> {
    Client::builder()
        .environment(Environment::Production)
        .credentials(Credentials::bearer("hunter2-token"))
}

fn double() -> Arc<Double> {
    Double::new(|request| match request.method().as_str() {
        "POST" => json(200, r#"{"reference":"R-1"}"#),
        _ => json(200, "details"),
    })
}

#[tokio::test]
async fn what_is_documented_on_another_host_is_not_sent_there_with_credentials() {
    let double = double();
    let client = builder().transport(Arc::clone(&double)).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert!(
        matches!(not_sent.cause(), NotSentCause::OtherHost { host } if host == "refunds.other.example")
    );
    let text = error.to_string();
    assert!(
        text.contains("credentials_also_at(\"refunds.other.example\")"),
        "{text}"
    );
    assert!(!error.may_have_happened());
    assert!(double.asked().is_empty());
}

#[tokio::test]
async fn a_host_that_the_user_names_gets_them_and_is_signed_for() {
    let (double, signer) = (double(), Numbering::default());
    let client = builder()
        .credentials_also_at("refunds.other.example")
        .request_signer(signer.clone())
        .transport(Arc::clone(&double))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let asked = double.asked();
    let (request, _) = &asked[0];
    assert_eq!(
        request.url().as_str(),
        "https://refunds.other.example/v2/orders/A-1/refund"
    );
    assert_eq!(request.headers()["authorization"], "Bearer hunter2-token");
    assert_eq!(signer.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn another_port_or_a_host_below_is_another_host() {
    for near in [
        "refunds.other.example:8443",
        "other.example",
        "a.refunds.other.example",
    ] {
        let client = builder()
            .credentials_also_at(near)
            .transport(double())
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(_)), "{near}: {error}");
    }
}

#[test]
fn what_is_no_host_is_refused_when_the_client_is_built() {
    for text in [
        "",
        "https://refunds.other.example",
        "other.example/v2",
        "user@other.example",
    ] {
        let refused = builder().credentials_also_at(text).build().unwrap_err();
        assert!(
            matches!(refused, SettingsError::InvalidUrl { .. }),
            "{text}: {refused}"
        );
    }
}

#[tokio::test]
async fn an_operation_without_credentials_carries_none_and_is_not_signed() {
    let server = Server::start(|_, _| Act::json("200 OK", "{}"));
    let signer = Numbering::default();
    let client = Client::<Elsewhere>::builder()
        .environment(Environment::BaseUrl(server.url()))
        .credentials(Credentials::bearer("hunter2-token"))
        .request_signer(signer.clone())
        .build()
        .unwrap();
    client.order_details("A-1").await.unwrap();
    assert_eq!(server.received()[0].header("authorization"), None);
    assert_eq!(signer.0.load(Ordering::SeqCst), 0);
    // A gateway gets all calls, and with them the credentials that were given for it.
    client.refund_order("A-1", amount()).await.unwrap_err();
    assert_eq!(
        server.received()[1].header("authorization"),
        Some("Bearer hunter2-token")
    );
    assert_eq!(signer.0.load(Ordering::SeqCst), 1);
}
