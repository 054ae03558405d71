//! The double's client: as a generated one, on a transport that asks the script.

use provider_runtime::{
    Answers, Authentication, Call, ClientBuilder, ClientInfo, Credentials, Environment, Error,
    GeneratedClient, Given, Method, Operation, Provider, ResponseValue, Session, SettingsError,
};
use serde::{Deserialize, Serialize};

use super::script::Script;
use crate::{CallError, Reference, RefundRequest};

/// A refund as the double shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) status: String,
}

/// What is asked of the double.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) reference: Reference,
    pub(super) request: RefundRequest,
}

const PROVIDER: Provider = Provider {
    name: "double",
    title: "a double",
    sandbox: None,
    production: None,
    authentication: Authentication::Bearer,
    credential_variables: &[],
    message_pointers: &[],
    code_pointers: &[],
    log_id_pointers: &[],
    request_id_headers: &[],
    operations: &[
        Operation {
            id: "create",
            method: "POST",
            route: "/refunds",
            moves_money: true,
            idempotency_header: None,
        },
        Operation {
            id: "list",
            method: "GET",
            route: "/refunds",
            moves_money: false,
            idempotency_header: None,
        },
    ],
};

#[derive(Clone)]
pub(super) struct Client {
    base_url: String,
    http: reqwest::Client,
    session: Session,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl GeneratedClient for Client {
    const PROVIDER: &'static Provider = &PROVIDER;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn assemble(base_url: String, http: reqwest::Client, session: Session) -> Self {
        Self {
            base_url,
            http,
            session,
        }
    }
}

impl ClientInfo<Session> for Client {
    fn api_version() -> &'static str {
        ""
    }

    fn baseurl(&self) -> &str {
        &self.base_url
    }

    fn client(&self) -> &reqwest::Client {
        &self.http
    }

    fn inner(&self) -> &Session {
        &self.session
    }
}

impl Client {
    /// A client whose requests the script answers.
    pub(super) fn new(script: &Script) -> Result<Self, SettingsError> {
        ClientBuilder::new()
            .environment(Environment::BaseUrl("http://localhost".to_owned()))
            .credentials(Credentials::bearer("double"))
            .transport(script.clone())
            .build()
    }

    pub(super) async fn create(
        &self,
        reference: &Reference,
        request: &RefundRequest,
    ) -> Result<ResponseValue<Answer>, CallError> {
        let body = Body {
            reference: reference.clone(),
            request: request.clone(),
        };
        let call = Call::new(self, "create", Method::POST, "/refunds").json(Given::from(body));
        let sent = call.send(Answers::json(&[200..=299]), Answers::empty(&[]));
        sent.await.map_err(untyped)
    }

    pub(super) async fn list(
        &self,
        reference: &str,
    ) -> Result<ResponseValue<Vec<Answer>>, CallError> {
        let call = Call::new(self, "list", Method::GET, "/refunds");
        let call = call.query("reference", Given::from(reference.to_owned()));
        let sent = call.send(Answers::json(&[200..=299]), Answers::empty(&[]));
        sent.await.map_err(untyped)
    }
}

fn untyped(error: Error<()>) -> CallError {
    error.into_untyped()
}
