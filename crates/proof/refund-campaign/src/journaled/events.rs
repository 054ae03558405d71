//! What Tazapay tells by its signed events, put down in the journal while workers are at its refunds.

use std::net::Ipv4Addr;

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use refunds::{
    tazapay::webhooks::Verifier,
    webhooks::{Secrets, axum::VerifiedUpdate},
};
use refunds_journal::{JournalError, JournaledRefunds};
use refunds_sandbox::{Provider, Sandbox, WebhookTarget};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::CampaignError;

const SECRET: &str = "whsec_campaign";

/// Where the events arrive, until it is dropped.
pub(super) struct Events(JoinHandle<()>);

#[derive(Clone)]
struct App {
    verifier: Verifier,
    refunds: JournaledRefunds,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl Events {
    /// Puts down in the journal of these refunds what the sandbox tells from now on.
    pub(super) async fn of(
        sandbox: &Sandbox,
        refunds: JournaledRefunds,
    ) -> Result<Self, CampaignError> {
        let other = |error: &dyn std::error::Error| {
            CampaignError::Listener(std::io::Error::other(error.to_string()))
        };
        let secrets = Secrets::new(SECRET).map_err(|error| other(&error))?;
        let app = App {
            verifier: Verifier::new(secrets),
            refunds,
        };
        let routes = Router::new().route("/", post(take)).with_state(app);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(CampaignError::Listener)?;
        let address = listener.local_addr().map_err(CampaignError::Listener)?;
        let target = WebhookTarget::signed(format!("http://{address}/"), SECRET);
        sandbox.set_webhooks(Provider::Tazapay, Some(target))?;
        Ok(Self(tokio::spawn(async move {
            // Whatever ends it early shows as doubts that nobody settles.
            let _ = axum::serve(listener, routes).await;
        })))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What cannot be put down now is sent again by the provider.
async fn take(
    State(app): State<App>,
    VerifiedUpdate { update, .. }: VerifiedUpdate<Verifier>,
) -> StatusCode {
    match app.refunds.apply(&update).await {
        Ok(_) | Err(JournalError::NotKnown { .. }) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
