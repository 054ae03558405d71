//! What the command does.

mod batch;
mod capabilities;
mod completions;
mod correct_total;
mod desk;
mod forget;
mod import;
mod interrupted;
mod journal;
mod list;
mod man;
mod pages;
mod read;
mod reconcile;
mod sandbox;
mod schema;
mod session;
mod show;
mod webhook;
mod write;

use anyhow::{Context, Result};
pub(crate) use batch::{ApprovalError, Line as BatchLine, Standing as BatchStanding};
pub(crate) use capabilities::Listing;
pub(crate) use correct_total::Corrected;
pub(crate) use forget::NotAtItsEnd;
pub(crate) use import::Imported;
pub(crate) use interrupted::Interrupted;
pub(crate) use journal::Found;
pub(crate) use list::Shown;
pub(crate) use sandbox::Directory;
pub(crate) use show::Detail;
pub(crate) use webhook::{EventError, Verification};

use crate::{
    arguments::{Command, Options, Webhook},
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
    let exit = runtime.block_on(async {
        let mut desk = desk::Desk::new(options, terminal);
        let write = interrupted::Write::of(&command);
        let exit = if command.ends_when_told() {
            dispatch(command, &mut desk).await
        } else {
            tokio::select! {
                exit = dispatch(command, &mut desk) => exit,
                () = interrupted::interrupted() => interrupted::ended(write, &mut desk).await,
            }
        };
        desk.close().await;
        exit
    });
    // A thread that waits for standard input keeps nobody.
    runtime.shutdown_background();
    exit
}

async fn dispatch(command: Command, desk: &mut desk::Desk<'_>) -> Result<Exit> {
    match command {
        Command::Demo => demo::run(desk.terminal).await,
        Command::Create(create) => write::create(*create, desk).await,
        Command::Retry {
            provider,
            reference,
            invoice,
        } => write::retry(provider.into(), reference, invoice, desk).await,
        Command::Fetch {
            provider,
            id,
            offramp,
        } => read::run(provider.into(), id, offramp, desk).await,
        Command::Reconcile(reconcile) => reconcile::run(*reconcile, desk).await,
        Command::List(list) => list::run(&list, desk).await,
        Command::Show {
            provider,
            reference,
        } => show::run(provider.into(), &reference, desk).await,
        Command::CorrectTotal {
            provider,
            payment,
            total,
        } => correct_total::run(provider.into(), &payment, total, desk).await,
        Command::Forget {
            provider,
            reference,
        } => forget::run(provider.into(), &reference, desk).await,
        Command::Journal(command) => journal::run(command, desk).await,
        Command::ImportRecords {
            directory,
            references,
        } => import::run(&directory, references.as_deref(), desk).await,
        Command::Sandbox {
            port,
            faults,
            empty,
        } => sandbox::run(port, faults, empty, desk.terminal).await,
        Command::Capabilities { provider } => capabilities::run(provider, desk.terminal),
        Command::Webhook(Webhook::Verify(verify)) => webhook::verify(&verify, desk.terminal).await,
        Command::Webhook(Webhook::Apply(apply)) => webhook::apply::run(&apply, desk).await,
        Command::Batch(command) => batch::run(command, desk).await,
        Command::Worker(work) => batch::worker(&work, desk).await,
        Command::Schema => schema::run(desk.terminal),
        Command::Man { directory } => man::run(directory.as_deref(), desk.terminal),
        Command::Completions { shell } => completions::run(shell, desk.terminal),
    }
}
