//! What the command does.

mod capabilities;
mod completions;
mod read;
mod reconcile;
mod sandbox;
mod session;
mod webhook;
mod write;

use anyhow::{Context, Result};
pub(crate) use webhook::EventError;

use crate::{
    arguments::{Command, Event, Options, Settling, Webhook},
    demo,
    exit::Exit,
    terminal::Terminal,
};

/// Does what was asked for.
///
/// # Errors
/// As the single commands.
pub(crate) fn run(command: Command, options: &Options, terminal: &mut Terminal) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started: check the system's limits")?;
    runtime.block_on(async {
        match command {
            Command::Demo => demo::run(terminal).await,
            Command::Create(create) => write::create(*create, options, terminal).await,
            Command::Retry {
                provider,
                reference,
                invoice,
            } => write::retry(provider.into(), reference, invoice, options, terminal).await,
            Command::Fetch {
                provider,
                id,
                offramp,
            } => read::run(provider.into(), id, offramp, options, terminal).await,
            Command::Reconcile {
                provider,
                reference,
                settle,
                event,
                headers,
                signature_header,
                vouched,
            } => {
                let settling = match (settle, event) {
                    (Some(settled), _) => Settling::Word(settled),
                    (None, Some(file)) => Settling::Event(Event {
                        file,
                        headers,
                        signature_header,
                        vouched,
                    }),
                    (None, None) => Settling::Asking,
                };
                reconcile::run(provider.into(), &reference, settling, options, terminal).await
            }
            Command::Sandbox {
                port,
                faults,
                empty,
            } => sandbox::run(port, faults, empty, terminal).await,
            Command::Capabilities { provider } => capabilities::run(provider, terminal),
            Command::Webhook(Webhook::Verify(verify)) => webhook::verify(&verify, terminal),
            Command::Completions { shell } => completions::run(shell, terminal),
        }
    })
}
