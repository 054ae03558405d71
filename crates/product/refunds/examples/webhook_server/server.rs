//! The routes that providers call.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use refunds::{
    kotanipay, mce, optty, tazapay,
    webhooks::{
        EmptySecret, Secrets,
        axum::{HintedUpdate, VerifiedUpdate},
    },
};

use super::book::Book;

/// What the handlers share.
#[derive(Clone)]
struct App {
    kotanipay: kotanipay::webhooks::Verifier,
    tazapay: tazapay::webhooks::Verifier,
    optty: optty::webhooks::Reader,
    mce: mce::webhooks::Reader,
    book: Arc<Book>,
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

impl FromRef<App> for optty::webhooks::Reader {
    fn from_ref(app: &App) -> Self {
        app.optty.clone()
    }
}

impl FromRef<App> for mce::webhooks::Reader {
    fn from_ref(app: &App) -> Self {
        app.mce.clone()
    }
}

/// The routes, for providers that sign with this secret.
pub(crate) fn routes(secret: &str, book: Arc<Book>) -> Result<Router, EmptySecret> {
    let app = App {
        kotanipay: kotanipay::webhooks::Verifier::new(Secrets::new(secret)?),
        tazapay: tazapay::webhooks::Verifier::new(Secrets::new(secret)?),
        optty: optty::webhooks::Reader::new(),
        mce: mce::webhooks::Reader::new(),
        book,
    };
    Ok(Router::new()
        .route("/kotanipay", post(proven::<kotanipay::webhooks::Verifier>))
        .route("/tazapay", post(proven::<tazapay::webhooks::Verifier>))
        .route("/optty", post(hinted::<optty::webhooks::Reader>))
        .route("/mce", post(hinted::<mce::webhooks::Reader>))
        .with_state(app))
}

/// What does not verify was answered with 400, 401 or 413 before this. A duplicate is answered with a 2xx
/// like any other, or the provider would not stop.
async fn proven<V>(
    State(app): State<App>,
    VerifiedUpdate { update, .. }: VerifiedUpdate<V>,
) -> StatusCode {
    app.book.take(&update);
    StatusCode::NO_CONTENT
}

/// Anybody could have sent this.
async fn hinted<R>(
    State(app): State<App>,
    HintedUpdate { update, .. }: HintedUpdate<R>,
) -> StatusCode {
    app.book.hint(&update);
    StatusCode::NO_CONTENT
}
