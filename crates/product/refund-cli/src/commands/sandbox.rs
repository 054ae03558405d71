//! The four providers on this machine.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use anyhow::{Context, Result};
use refunds::credential_variables;
use refunds_sandbox::{
    Credentials, FaultPlan, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, Seed,
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{exit::Exit, printed::Printed, terminal::Terminal};

/// Runs the sandbox until it is interrupted.
pub(super) async fn run(
    port: Option<u16>,
    faults: Option<PathBuf>,
    empty: bool,
    terminal: &mut Terminal,
) -> Result<Exit> {
    let mut builder = Sandbox::builder();
    if let Some(port) = port {
        builder = builder.base_port(port);
    }
    if let Some(path) = faults {
        builder = builder.faults(read_plan(&path)?);
    }
    let sandbox = builder.start()?;
    if !empty {
        sandbox.seed(examples())?;
    }
    if terminal.is_json() {
        terminal.object(&Printed::Sandbox(&Directory::of(&sandbox)))?;
    } else {
        terminal.text(&greeting(&sandbox, empty))?;
    }
    tokio::signal::ctrl_c()
        .await
        .context("the sandbox cannot notice Ctrl-C on this system")?;
    Ok(Exit::Done)
}

fn read_plan(path: &PathBuf) -> Result<FaultPlan> {
    let text = fs::read(path)
        .with_context(|| format!("{} cannot be read: name a JSON file", path.display()))?;
    serde_json::from_slice(&text).with_context(|| {
        format!(
            "{} is no plan of faults: write one such as {{\"random\": {{\"seed\": 7, \"rate\": 0.3}}}}",
            path.display()
        )
    })
}

/// Something to refund at each provider.
fn examples() -> Seed {
    Seed {
        orders: vec![Order::new("order-1", Decimal::new(24_98, 2), "AUD")],
        payins: vec![Payin::new("chk_1", Decimal::from(900), "USD")],
        offramps: vec![Offramp::with_failed_refund("offramp-1", Decimal::from(3))],
        pending_refunds: vec![PendingRefund::new(1, "transaction-1", Decimal::new(385, 1))],
    }
}

/// Where the providers are, and what opens them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Directory<'a> {
    control_url: &'a str,
    token_url: &'a str,
    providers: BTreeMap<&'static str, Place<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Place<'a> {
    base_url: &'a str,
    environment: BTreeMap<&'static str, String>,
}

impl<'a> Directory<'a> {
    fn of(sandbox: &'a Sandbox) -> Self {
        let place = |provider| Place {
            base_url: sandbox.base_url(provider),
            environment: variables(provider, sandbox.credentials(provider))
                .into_iter()
                .collect(),
        };
        Self {
            control_url: sandbox.control_url(),
            token_url: sandbox.token_url(),
            providers: Provider::ALL
                .into_iter()
                .map(|provider| (provider.name(), place(provider)))
                .collect(),
        }
    }
}

/// What the sandbox accepts, under the names by which the command reads it.
fn variables(provider: Provider, credentials: Credentials) -> Vec<(&'static str, String)> {
    let values = match credentials {
        Credentials::Bearer { token } => vec![token],
        Credentials::Basic { key, secret } => vec![key, secret],
        Credentials::ClientCredentials {
            client_id,
            client_secret,
            ..
        } => vec![client_id, client_secret],
    };
    let names = provider.name().parse().map(credential_variables);
    let names = names.unwrap_or_default().iter();
    names.copied().zip(values).collect()
}

fn greeting(sandbox: &Sandbox, empty: bool) -> String {
    let directory = Directory::of(sandbox);
    let mut text =
        String::from("The four providers are running on this machine; no money moves.\n\n");
    for (name, place) in &directory.providers {
        let _ = writeln!(text, "{name:<10} {}", place.base_url);
    }
    let _ = writeln!(text, "{:<10} {}", "tokens", directory.token_url);
    let _ = writeln!(text, "{:<10} {}\n", "control", directory.control_url);
    text.push_str("Its credentials, which are worth nothing elsewhere:\n");
    for (name, value) in directory
        .providers
        .values()
        .flat_map(|place| &place.environment)
    {
        let _ = writeln!(text, "  export {name}={value}");
    }
    if !empty {
        let _ = write!(
            text,
            "\nTry, in another terminal with these set:\n  export REFUND_JOURNAL=sandbox.db\n  refund journal init\n  \
             refund create tazapay --base-url {} \\\n    first --payin chk_1 --amount \"19.90 USD\"\n",
            sandbox.base_url(Provider::Tazapay)
        );
    }
    text.push_str("\nCtrl-C ends it.\n");
    text
}
