//! From a small document to the wire: clients are lowered, generated, compiled and run against a server on
//! loopback.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod authentication;
#[path = "../documents/mod.rs"]
mod documents;
mod facade;
mod kept;
mod meaning;
mod media_types;
mod own_providers;
mod paging;
mod reports;
#[path = "../shared/mod.rs"]
mod shared;
mod small_crate;
mod styles;
