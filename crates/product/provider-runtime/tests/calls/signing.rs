use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use provider_runtime::{
    AccessToken, Amount, Error, NotSentCause, Progress, RequestSigner, SigningError, TokenFuture,
    TokenSource,
};
use reqwest::{Request, header::HeaderValue};

use crate::{
    client::{Bearer, Client, bearer_at},
    server::{Act, Server},
};

/// Numbers the attempts, in a header that also shows what was there to be signed.
#[derive(Clone, Default)]
pub(crate) struct Numbering(pub(crate) Arc<AtomicUsize>);

impl RequestSigner for Numbering {
    fn sign(&self, request: &mut Request) -> Result<(), SigningError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let body = request.body().and_then(|body| body.as_bytes()).unwrap();
        let is_authorized = request.headers().contains_key("authorization");
        let text = format!("{number} {} {is_authorized}", String::from_utf8_lossy(body));
        let value = HeaderValue::from_str(&text).unwrap();
        request.headers_mut().insert("x-signed", value);
        Ok(())
    }
}

struct Refusing;

impl RequestSigner for Refusing {
    fn sign(&self, _: &mut Request) -> Result<(), SigningError> {
        let cause = std::io::Error::other("no key in the vault");
        Err(SigningError::with_source(
            "there is no key to sign with",
            cause,
        ))
    }
}

struct TwoTokens;

impl TokenSource for TwoTokens {
    fn token<'a>(&'a self, rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        let token = if rejected.is_some() {
            "second"
        } else {
            "first"
        };
        Box::pin(async move { Ok(AccessToken::bearer(token)?) })
    }
}

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

#[tokio::test]
async fn every_attempt_is_signed_anew_with_its_body_and_authorization_in_place() {
    let server = Server::start(|_, number| match number {
        0 => Act::json("401 Unauthorized", "{}"),
        _ => Act::json("200 OK", r#"{"reference":"R-1"}"#),
    });
    let client = provider_runtime::ClientBuilder::<Client<Bearer>>::new()
        .environment(provider_runtime::Environment::BaseUrl(server.url()))
        .token_source(TwoTokens)
        .request_signer(Numbering::default())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();

    let signed: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.header("x-signed").unwrap().to_owned())
        .collect();
    assert_eq!(
        signed,
        [r#"0 {"amount":24.98} true"#, r#"1 {"amount":24.98} true"#]
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_signed_is_not_sent() {
    let server = Server::start(|_, _| Act::json("200 OK", r#"{"reference":"R-1"}"#));
    let client = bearer_at(&server.url())
        .request_signer(Refusing)
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();

    assert_eq!(error.progress(), Progress::NotSent);
    assert!(!error.may_have_happened());
    assert!(
        matches!(&error, Error::NotSent(not_sent) if matches!(not_sent.cause(), NotSentCause::Signing(_)))
    );
    assert_eq!(
        format!("{error:#}"),
        "acme refund_order: not sent: could not sign the request: there is no key to sign with: no \
         key in the vault"
    );
    assert!(server.received().is_empty());
}
