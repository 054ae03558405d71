//! What `-v` and `RUST_LOG` show of a call: attempts, waits and causes, never a body or a credential.

use std::{
    env,
    io::{self, Write},
};

use anyhow::{Context, Result};
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
    fmt::{self, format::FmtSpan},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{
    terminal::{look, printable},
    wait::Waits,
};

const VARIABLE: &str = "RUST_LOG";
/// The targets of this project's crates, of which it is tested that they tell no secret.
const OWN: [&str; 4] = ["refund", "refunds", "refunds_journal", "provider_runtime"];

/// What is told of the calls from now on.
///
/// # Errors
/// There is a log already.
pub(crate) fn start(verbose: u8, waits: Waits) -> Result<()> {
    let log = fmt::layer()
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_target(false)
        .with_writer(|| Printable(io::stderr()))
        .with_filter(targets(verbose))
        // Libraries write headers and statements where they are asked for more than what they warn of.
        .with_filter(filter_fn(|told| {
            let root = told.target().split("::").next().unwrap_or_default();
            OWN.contains(&root) || *told.level() <= Level::WARN
        }));
    tracing_subscriber::registry()
        .with(waits.with_filter(Targets::new().with_target("refunds", LevelFilter::INFO)))
        .with(log)
        .try_init()
        .context("the log could not be started")
}

/// What is asked for: by the option, or else by the variable, which is other programs' as well and no reason to fail.
fn targets(verbose: u8) -> Targets {
    let level = match verbose {
        0 => {
            let said = env::var(VARIABLE).unwrap_or_default();
            return said.parse().unwrap_or_else(|_| {
                let text = format!("warning: {VARIABLE} cannot be read: write a level such as debug, or refunds=debug\n");
                // There is nowhere left to tell of it if this fails.
                let _ = anstream::stderr().write_all(text.as_bytes());
                Targets::new()
            });
        }
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    Targets::new().with_targets(OWN.map(|own| (own, level)))
}

/// Standard error, without what a terminal would obey, or nobody would see.
struct Printable<W>(W);

impl<W: Write> Write for Printable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let safe: Vec<_> = text.split('\n').map(printable).collect();
        self.0
            .write_all(look().shown(&safe.join("\n")).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
