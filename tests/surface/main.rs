//! What users and reviewers see, as snapshots: the public items of each crate,
//! what lowering did to each document, and what errors say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod crates;
mod documents;
mod facade;
mod lowering;
mod settings;
