//! The routes that providers call.

use std::sync::Arc;

use axum::{Router, extract::FromRef, extract::State, http::StatusCode, routing::post};
use refunds::{
    kotanipay, mce, optty, tazapay,
    webhooks::{
        EmptySecret, Secrets,
        axum::{HintedUpdate, VerifiedUpdate},
    },
};

use super::known::Known;
use crate::Sabotage;

#[derive(Clone)]
struct App {
    kotanipay: kotanipay::webhooks::Verifier,
    tazapay: tazapay::webhooks::Verifier,
    known: Arc<Known>,
}

impl FromRef<App> for kotanipay::webhooks::Verifier {
    fn from_ref(app: &App) -> Self {
        app.kotanipay.clone()
    }
}

impl FromRef<App> for tazapay::webhooks::Verifier {
    fn from_ref(app: &App) -> Self {
        app.tazapay.clone()
    }
}

impl FromRef<App> for kotanipay::webhooks::Reader {
    fn from_ref(_: &App) -> Self {
        Self::new()
    }
}

impl FromRef<App> for optty::webhooks::Reader {
    fn from_ref(_: &App) -> Self {
        Self::new()
    }
}

impl FromRef<App> for mce::webhooks::Reader {
    fn from_ref(_: &App) -> Self {
        Self::new()
    }
}

/// A route for each provider, named like it.
pub(super) fn routes(
    secret: &str,
    known: Arc<Known>,
    sabotage: Option<Sabotage>,
) -> Result<Router, EmptySecret> {
    let app = App {
        kotanipay: kotanipay::webhooks::Verifier::new(Secrets::new(secret)?),
        tazapay: tazapay::webhooks::Verifier::new(Secrets::new(secret)?),
        known,
    };
    let kotanipay = if sabotage == Some(Sabotage::BelieveAnybody) {
        post(believed::<kotanipay::webhooks::Reader>)
    } else {
        post(proven::<kotanipay::webhooks::Verifier>)
    };
    Ok(Router::new()
        .route("/kotanipay", kotanipay)
        .route("/tazapay", post(proven::<tazapay::webhooks::Verifier>))
        .route("/optty", post(hinted::<optty::webhooks::Reader>))
        .route("/mce", post(hinted::<mce::webhooks::Reader>))
        .with_state(app))
}

async fn proven<V>(
    State(app): State<App>,
    VerifiedUpdate { update, .. }: VerifiedUpdate<V>,
) -> StatusCode {
    app.known.take(&update);
    StatusCode::NO_CONTENT
}

async fn hinted<R>(
    State(app): State<App>,
    HintedUpdate { update, .. }: HintedUpdate<R>,
) -> StatusCode {
    app.known.hint(&update);
    StatusCode::NO_CONTENT
}

async fn believed<R>(
    State(app): State<App>,
    HintedUpdate { update, .. }: HintedUpdate<R>,
) -> StatusCode {
    app.known.take(&update.trust_without_proof());
    StatusCode::NO_CONTENT
}
