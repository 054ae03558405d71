//! An operation gets what the documents ask for there, and nothing that they do not.

use std::sync::{Arc, atomic::Ordering};

use provider_runtime::{
    AccessToken, Amount, Answers, Call, CallSettings, ClientBuilder, Credentials, Environment,
    Error, Given, Method, NotSentCause, SettingsError, TokenError, TokenFuture, TokenSource,
};
use reqwest::Request;

use crate::{
    client::{Client, REFUND, Several},
    signing::Numbering,
    transport::{Double, json},
};

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn double() -> Arc<Double> {
    Double::new(|request| match request.method().as_str() {
        "POST" => json(200, r#"{"reference":"R-1"}"#),
        _ => json(200, "details"),
    })
}

fn builder(double: &Arc<Double>) -> ClientBuilder<Client<Several>> {
    Client::builder()
        .environment(Environment::BaseUrl("https://api.acme.example".to_owned()))
        .credentials(Credentials::bearer("hunter2-token"))
        .transport(Arc::clone(double))
}

/// `Authorization` and the device's key of a request.
fn shown(request: &Request) -> (Option<&str>, Option<&str>) {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    (header("authorization"), header("x-device"))
}

// RFC 7617: Base64 of `ann:correct-horse`.
const LOGIN: &str = "Basic YW5uOmNvcnJlY3QtaG9yc2U=";

fn login() -> Credentials {
    Credentials::basic("ann", "correct-horse")
}

#[tokio::test]
async fn an_operation_of_another_scheme_is_not_sent_with_the_clients_credentials() {
    let double = double();
    let client = builder(&double).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert!(matches!(
        not_sent.cause(),
        NotSentCause::OtherScheme {
            scheme: "deviceKey"
        }
    ));
    let text = error.to_string();
    assert!(text.contains("credentials_for(\"deviceKey\""), "{text}");
    assert!(double.asked().is_empty());
}

#[tokio::test]
async fn what_is_required_together_is_sent_together() {
    let double = double();
    let client = builder(&double)
        .credentials_for("deviceKey", Credentials::api_key("device-7-secret"))
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let asked = double.asked();
    assert_eq!(
        shown(&asked[0].0),
        (Some("Bearer hunter2-token"), Some("device-7-secret"))
    );
}

#[tokio::test]
async fn of_alternatives_the_one_that_was_given_is_sent_alone() {
    let double = double();
    let client = builder(&double)
        .credentials_for("login", login())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    client.order_details("A-1").await.unwrap();
    let asked = double.asked();
    assert_eq!(shown(&asked[0].0), (Some(LOGIN), None));
    assert_eq!(shown(&asked[1].0), (Some(LOGIN), None));
}

#[tokio::test]
async fn what_may_be_called_without_credentials_gets_none_where_those_asked_for_were_not_given() {
    let (double, signer) = (double(), Numbering::default());
    let client = builder(&double)
        .request_signer(signer.clone())
        .build()
        .unwrap();
    client.order_details("A-1").await.unwrap();
    assert_eq!(shown(&double.asked()[0].0), (None, None));
    assert_eq!(signer.0.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_signer_stands_for_what_was_not_given() {
    let (double, signer) = (double(), Numbering::default());
    let client = builder(&double)
        .request_signer(signer.clone())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    assert_eq!(
        shown(&double.asked()[0].0),
        (Some("Bearer hunter2-token"), None)
    );
    assert_eq!(signer.0.load(Ordering::SeqCst), 1);
}

/// Gives a token, and a newer one after it was rejected.
struct Devices;

impl TokenSource for Devices {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        Box::pin(async move {
            let key = match rejected {
                None => "first-key",
                Some(_) => "second-key",
            };
            Ok(AccessToken::api_key(key)?)
        })
    }
}

#[tokio::test]
async fn a_rejected_token_of_another_scheme_is_renewed_once() {
    let double = Double::new(
        |request| match request.headers()["x-device"].to_str().unwrap() {
            "second-key" => json(200, r#"{"reference":"R-1"}"#),
            _ => json(401, r#"{"message":"first-key has ended"}"#),
        },
    );
    let client = builder(&double)
        .token_source_for("deviceKey", Devices)
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    let asked = double.asked();
    let keys: Vec<_> = asked.iter().map(|(request, _)| shown(request).1).collect();
    assert_eq!(keys, [Some("first-key"), Some("second-key")]);
}

/// Has no token once one was rejected.
struct Gone;

impl TokenSource for Gone {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        Box::pin(async move {
            match rejected {
                None => Ok(AccessToken::bearer("first-token")?),
                Some(_) => Err(TokenError::new("the vault is away")),
            }
        })
    }
}

#[tokio::test]
async fn of_two_rejected_tokens_one_that_is_renewed_is_enough_to_ask_once_more() {
    let renewed = |tokens: ClientBuilder<Client<Several>>, double: Arc<Double>| async move {
        let client = tokens.transport(Arc::clone(&double)).build().unwrap();
        let status = client
            .refund_order("A-1", amount())
            .await
            .unwrap_err()
            .status();
        assert_eq!(status.unwrap().as_u16(), 401);
        let asked = double.asked();
        let shown = asked.iter().map(|(request, _)| {
            let (token, key) = shown(request);
            format!("{} {}", token.unwrap(), key.unwrap())
        });
        shown.collect::<Vec<_>>()
    };
    let double = || Double::new(|_| json(401, "{}"));
    let builder = || {
        Client::builder()
            .environment(Environment::BaseUrl("https://api.acme.example".to_owned()))
            .token_source(Gone)
    };
    assert_eq!(
        renewed(builder().token_source_for("deviceKey", Devices), double()).await,
        [
            "Bearer first-token first-key",
            "Bearer first-token second-key"
        ]
    );
    let device = Credentials::api_key("device-7-secret");
    assert_eq!(
        renewed(builder().credentials_for("deviceKey", device), double()).await,
        ["Bearer first-token device-7-secret"]
    );
}

#[tokio::test]
async fn a_key_of_another_scheme_is_set_by_nobody_else_where_it_is_sent() {
    let double = double();
    let client = builder(&double)
        .credentials_for("deviceKey", Credentials::api_key("device-7-secret"))
        .build()
        .unwrap();
    let call = |operation, method, path: &'static str| {
        let mut settings = CallSettings::default();
        settings.header("x-device", "mine");
        let call = Call::new(&client, operation, method, path);
        let call = call.path("orderReference", Given::<String>::value("A-1"));
        let call = call.with_settings(settings);
        call.send::<(), ()>(Answers::empty(&[200..=200]), Answers::empty(&[]))
    };
    let refused = call(REFUND, Method::POST, "/orders/{orderReference}/refund").await;
    let error = refused.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    assert!(double.asked().is_empty());
    // Details ask for no such key.
    call("order_details", Method::GET, "/orders/{orderReference}")
        .await
        .unwrap();
    assert_eq!(shown(&double.asked()[0].0).1, Some("mine"));
}

#[tokio::test]
async fn a_secret_of_another_scheme_is_masked_where_it_comes_back() {
    let double = Double::new(|_| json(403, r#"{"message":"device-7-secret is locked"}"#));
    let client = builder(&double)
        .credentials_for("deviceKey", Credentials::api_key("device-7-secret"))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let text = format!("{error:#} {error:?}");
    assert!(
        !text.contains("device-7-secret") && text.contains("is locked"),
        "{text}"
    );
}

#[test]
fn credentials_for_a_scheme_that_is_not_there_or_of_another_kind_are_refused() {
    let double = double();
    let unknown = builder(&double)
        .credentials_for("devicekey", Credentials::api_key("device-7-secret"))
        .build()
        .unwrap_err();
    assert!(matches!(unknown, SettingsError::UnknownScheme { .. }));
    let text = unknown.to_string();
    assert!(
        text.contains("\"devicekey\"") && text.contains("deviceKey, login"),
        "{text}"
    );
    let wrong = builder(&double)
        .credentials_for("login", Credentials::bearer("hunter3-token"))
        .build()
        .unwrap_err();
    assert!(
        matches!(wrong, SettingsError::WrongCredentials { .. }),
        "{wrong}"
    );
    let twice = builder(&double)
        .credentials_for("deviceKey", Credentials::api_key("device-7-secret"))
        .token_source_for("deviceKey", Devices)
        .build()
        .unwrap_err();
    assert!(matches!(twice, SettingsError::TwoCredentials), "{twice}");
}
