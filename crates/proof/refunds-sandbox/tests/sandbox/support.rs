//! A sandbox on a clock that stands still, and a plain client for it.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use refunds_sandbox::{
    Clock, Credentials, Fault, Provider, Sandbox, SandboxBuilder, ScriptedFault,
};
use reqwest::{
    Method,
    blocking::{Client, RequestBuilder},
    header::HeaderMap,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::conformance;

/// 2026-01-02 03:04:05 UTC, a Friday.
pub(crate) fn start_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_323_045, 0).unwrap()
}

pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().clock(Clock::frozen(start_time()))
}

pub(crate) fn sandbox() -> Sandbox {
    builder().start().unwrap()
}

pub(crate) fn faulty(provider: Provider, fault: Fault) -> Sandbox {
    let entry = ScriptedFault::at(provider, fault);
    builder().fault(entry).start().unwrap()
}

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// No connection is used twice, so that what happens to one says nothing of
/// another.
pub(crate) fn http() -> Client {
    Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap()
}

/// Calls one provider with the right credentials.
pub(crate) struct Caller<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) provider: Provider,
    pub(crate) token: Option<String>,
    http: Client,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or(Value::Null)
    }
}

impl<'a> Caller<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox, provider: Provider) -> Self {
        let token = match sandbox.credentials(provider) {
            Credentials::Bearer { token } => Some(token),
            Credentials::Basic { .. } => None,
            Credentials::ClientCredentials { .. } => Some(token(sandbox)),
        };
        Self {
            sandbox,
            provider,
            token,
            http: http(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base_url(self.provider));
        let request = self.http.request(method, url);
        match (self.sandbox.credentials(self.provider), &self.token) {
            (Credentials::Basic { key, secret }, _) => request.basic_auth(key, Some(secret)),
            (_, Some(token)) => request.bearer_auth(token),
            _ => request,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.checked(self.request(Method::GET, path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.checked(self.request(Method::POST, path).json(body))
    }

    pub(crate) fn post_empty(&self, path: &str) -> Reply {
        self.checked(self.request(Method::POST, path))
    }

    /// Sends, and holds the answer against the document.
    pub(crate) fn checked(&self, request: RequestBuilder) -> Reply {
        let reply = send(request).unwrap();
        let record = self.sandbox.requests().pop().unwrap();
        if let Some(operation) = record.operation {
            conformance::check(self.provider, &operation, reply.status, &reply.text);
        }
        reply
    }
}

pub(crate) fn send(request: RequestBuilder) -> reqwest::Result<Reply> {
    let response = request.send()?;
    Ok(Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text()?,
    })
}

pub(crate) fn token_request(sandbox: &Sandbox) -> Reply {
    let Credentials::ClientCredentials {
        client_id,
        client_secret,
        scope,
    } = sandbox.credentials(Provider::Optty)
    else {
        panic!("other credentials");
    };
    let form = [
        ("client_id", client_id.as_str()),
        ("client_secret", &client_secret),
        ("grant_type", "client_credentials"),
        ("scope", &scope),
    ];
    send(http().post(sandbox.token_url()).form(&form)).unwrap()
}

fn token(sandbox: &Sandbox) -> String {
    let reply = token_request(sandbox);
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.at("/access_token").as_str().unwrap().to_owned()
}

/// Holds when clients kept to the documents.
pub(crate) fn assert_no_violations(sandbox: &Sandbox) {
    assert_eq!(sandbox.violations(), []);
}

/// Waits, and fails with these words when it takes too long.
pub(crate) fn wait_for(otherwise: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !holds() {
        assert!(Instant::now() < deadline, "{otherwise}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
