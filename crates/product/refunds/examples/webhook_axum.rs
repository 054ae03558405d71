//! A webhook of Tazapay's in axum, with the state of each refund that it moves on.
//!
//! `cargo run -p refunds --features axum --example webhook_axum`. All four providers, under faults and forgeries, are
//! in the example `webhook_server`.

use std::{
    collections::BTreeMap,
    error::Error,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use refunds::{
    Reference, Refunds, TazapayRefund, tazapay,
    webhooks::{Change, RefundKey, RefundProgress, Secrets, axum::VerifiedUpdate},
};
use refunds_sandbox::{Credentials, Payin, Provider, Sandbox, WebhookTarget};

const SECRET: &str = "whsec_example";

/// What the handlers share. The map stands for your database: take an update and store what came of it in one
/// transaction, and answer the provider after that.
#[derive(Clone)]
struct App {
    verifier: tazapay::webhooks::Verifier,
    refunds: Arc<Mutex<BTreeMap<RefundKey, RefundProgress>>>,
}

impl FromRef<App> for tazapay::webhooks::Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// What does not verify was answered with 400, 401 or 413 before this.
async fn receive(
    State(app): State<App>,
    VerifiedUpdate { update, .. }: VerifiedUpdate<tazapay::webhooks::Verifier>,
) -> StatusCode {
    let Some(refund) = update.refund() else {
        return StatusCode::NO_CONTENT;
    };
    let mut refunds = app.refunds.lock().unwrap_or_else(PoisonError::into_inner);
    let progress = refunds
        .entry(refund.clone())
        .or_insert_with(|| RefundProgress::new(refund.clone()));
    match progress.apply(&update) {
        // It had come to another end before: somebody has to know.
        Change::Corrected { from, to } => tracing::warn!(%refund, %from, %to, "corrected"),
        // Which came later is not documented: read the refund, and give the answer to `read_back`.
        Change::Undecided { .. } | Change::Contradictory { .. } => {
            tracing::warn!(%refund, "to be read back");
        }
        _ => {}
    }
    StatusCode::NO_CONTENT
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout()).await
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let app = App {
        verifier: tazapay::webhooks::Verifier::new(Secrets::new(SECRET)?),
        refunds: Arc::default(),
    };
    let known = app.refunds.clone();
    let routes = Router::new()
        .route("/tazapay", post(receive))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/tazapay", listener.local_addr()?);
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });

    // The sandbox stands for the provider, which is told the URL and the secret in its dashboard.
    let mut settings = refunds_sandbox::Settings::default();
    settings.tazapay.settles_after = Duration::from_millis(50);
    let sandbox = Sandbox::builder()
        .settings(settings)
        .webhooks(
            Provider::Tazapay,
            WebhookTarget::signed(url.clone(), SECRET),
        )
        .start()?;
    sandbox.add_payin(Payin::new("chk_1", 50.into(), "USD"))?;
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        return Err("Tazapay takes a key and a secret".into());
    };
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()?;
    let reference = Reference::new("order-7-refund-1")?;
    let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
    let outcome = Refunds::from(client).create(&reference, refund).await?;
    let receipt = outcome.accepted().ok_or("the refund was not taken on")?;
    let key = RefundKey::of(receipt).ok_or("the answer names no refund")?;
    writeln!(out, "created: {:?}", receipt.status())?;

    while sandbox.webhooks_waiting() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Anybody can call the URL.
    let forged = reqwest::Client::new().post(&url).body("{}").send().await?;
    writeln!(out, "a forged call: {}", forged.status())?;
    serving.abort();
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let status = known.get(&key).and_then(RefundProgress::status);
    writeln!(out, "known by its events: {status:?}")?;
    Ok(())
}
