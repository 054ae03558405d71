//! Drift on copies of this workspace's documents and crates.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod accept;
mod baseline;
mod command;
mod formats;
mod money;
mod moves;
mod overlay;
mod readme;
mod revisions;
#[path = "../shared/mod.rs"]
mod shared;
mod support;
mod transcribed;
mod updates;
