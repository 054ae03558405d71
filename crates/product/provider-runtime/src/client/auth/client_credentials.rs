//! OAuth 2.0 client credentials (RFC 6749, section 4.4).

use std::{borrow::Cow, sync::Arc, time::Duration};

use reqwest::{
    StatusCode, Url,
    header::{ACCEPT, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tracing::Instrument as _;

use super::{
    AccessToken, TokenError,
    token_cache::{Fetched, TokenCache},
};
use crate::{
    NumberOrText,
    client::{
        ConnectFailure, ConnectFault,
        redactor::{Redactor, one_line},
        reply::Reply,
        trace,
        transport::{Arrived, Limits, NoAnswer, Transport},
    },
};

/// Far more than any token takes.
const BODY_LIMIT: usize = 64 * 1024;

/// Where RFC 6749 puts the reason of a refusal, after the provider's own places.
const MESSAGE_POINTERS: [&str; 2] = ["/error_description", "/error"];

/// The URL that gives tokens, and how it is called.
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
    /// Builds the request.
    pub(crate) http: reqwest::Client,
    /// Carries it.
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
    pub(crate) scope: Option<&'static str>,
    pub(crate) message_pointers: &'static [&'static str],
}

/// A client id and secret, and the token that they got.
pub(crate) struct ClientCredentials {
    endpoint: TokenEndpoint,
    client_id: String,
    client_secret: SecretString,
    cache: TokenCache,
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<NumberOrText>,
}

impl ClientCredentials {
    pub(crate) fn new(
        endpoint: TokenEndpoint,
        client_id: String,
        client_secret: SecretString,
    ) -> Self {
        Self {
            endpoint,
            client_id,
            client_secret,
            cache: TokenCache::default(),
        }
    }

    pub(crate) async fn token(
        &self,
        rejected: Option<&AccessToken>,
    ) -> Result<AccessToken, TokenError> {
        // A fetch is rare, and every call would make room for it.
        self.cache.get(rejected, || Box::pin(self.fetch())).await
    }

    async fn fetch(&self) -> Result<Fetched, TokenError> {
        let reply = self.ask().await?;
        if reply.status() != StatusCode::OK {
            return Err(self.refused(&reply));
        }
        let grant: Grant = serde_json::from_slice(reply.body())
            .map_err(|_| unusable(&reply, "but not with a token as RFC 6749 describes it"))?;
        let is_bearer = |kind: &String| kind.eq_ignore_ascii_case("bearer");
        if !grant.token_type.as_ref().is_none_or(is_bearer) {
            return Err(unusable(
                &reply,
                "but with a token that is not a bearer token",
            ));
        }
        let token = AccessToken::bearer(&grant.access_token)
            .map_err(|_| unusable(&reply, "but with a token that no header can carry"))?;
        let lifetime = grant
            .expires_in
            .and_then(|seconds| seconds.integer())
            .map(|seconds| Duration::from_secs(seconds.try_into().unwrap_or(0)));
        Ok(Fetched { token, lifetime })
    }

    async fn ask(&self) -> Result<Reply, TokenError> {
        let endpoint = &self.endpoint;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose_secret()),
        ];
        form.extend(endpoint.scope.map(|scope| ("scope", scope)));
        let request = endpoint
            .http
            .post(endpoint.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .form(&form)
            .build()
            .map_err(|error| {
                TokenError::with_source("the token request could not be built", error.without_url())
            })?;
        let limits = Limits {
            timeout: endpoint.timeout,
            body: BODY_LIMIT,
            moves_money: false,
        };
        let target = trace::Target::Token;
        let method = request.method().as_str();
        let sending = trace::Sending::begin(method, request.url(), target, 1);
        let sent = endpoint.transport.send(request, limits);
        let answer = sent.instrument(sending.span()).await;
        let (status, error) = told_of(&answer);
        sending.end(status, error.as_deref());
        let mut answer = answer.map_err(|fault| {
            let fault = match fault {
                NoAnswer::NotSent { source } => NoAnswer::not_sent(ConnectFailure::of(source)),
                other => other,
            };
            let message = format!("the token URL did not answer: {fault}; try again later");
            TokenError::with_source(message, fault)
        })?;
        if let Some(fault) = answer.fault.take() {
            let message = format!("the answer of the token URL was not read: {fault}");
            return Err(TokenError::with_source(message, fault));
        }
        let secrets = Arc::new([self.client_secret.clone()]);
        let redactor = Redactor::new(Some(secrets), None);
        Ok(Reply::new(
            None,
            answer.status,
            answer.headers,
            answer.body,
            redactor,
        ))
    }

    fn refused(&self, reply: &Reply) -> TokenError {
        let reason = reply
            .text_at(self.endpoint.message_pointers)
            .or_else(|| reply.text_at(&MESSAGE_POINTERS));
        let status = reply.status();
        let asks_to_wait =
            status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT;
        let what = if status.is_client_error() && !asks_to_wait {
            "check the client id, the secret and the environment"
        } else {
            "try again later"
        };
        let message = match reason {
            Some(reason) => format!(
                "the token URL answered {status}: {}; {what}",
                one_line(&reason)
            ),
            None => format!("the token URL answered {status}; {what}"),
        };
        TokenError::answered(status, reply.headers().clone(), message)
    }
}

/// Status and `error.type` of a request for a token.
fn told_of(answer: &Result<Arrived, NoAnswer>) -> (Option<u16>, Option<Cow<'static, str>>) {
    let arrived = match answer {
        Ok(arrived) => arrived,
        Err(NoAnswer::NotSent { source }) => {
            let failure = source.downcast_ref::<ConnectFailure>();
            let fault = failure.map_or(ConnectFault::Other, ConnectFailure::fault);
            return (None, Some(fault.as_str().into()));
        }
        Err(NoAnswer::TimedOut { .. }) => return (None, Some("timeout".into())),
        Err(NoAnswer::Lost { .. }) => return (None, Some("transport".into())),
        Err(NoAnswer::Redirected) => return (None, Some("redirected".into())),
    };
    let status = arrived.status.as_u16();
    let error = match arrived.fault {
        _ if status >= 400 => Some(status.to_string().into()),
        Some(_) => Some("body_unread".into()),
        None => None,
    };
    (Some(status), error)
}

fn unusable(reply: &Reply, how: &str) -> TokenError {
    let message = format!(
        "the token URL answered {}, {how}: check that it is the provider's",
        reply.status()
    );
    TokenError::answered(reply.status(), reply.headers().clone(), message)
}
