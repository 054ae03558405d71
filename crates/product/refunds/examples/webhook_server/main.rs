//! Receives what the sandbox's providers say of refunds, under faults and forgeries, and ends with every
//! refund in the state of the sandbox's ledger.
//!
//! `cargo run -p refunds --features axum --example webhook_server -- 7`, where 7 is where chance starts from.

mod book;
mod scene;
mod server;

use std::{io::Write, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let seed = match std::env::args().nth(1) {
        Some(seed) => seed.parse()?,
        None => 7,
    };
    let ending = scene::play(seed, 8).await?;
    let mut out = std::io::stdout().lock();
    write!(out, "{ending}")?;
    writeln!(
        out,
        "{} refunds, {} deliveries, {} corrections",
        ending.refunds(),
        ending.deliveries().len(),
        ending.corrections().len()
    )?;
    let is_right = ending.differences().is_empty();
    Ok(if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
