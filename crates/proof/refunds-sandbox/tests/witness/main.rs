//! The judge of requests and answers by any OpenAPI document: small documents
//! written by hand, and what the specifications say of requests to them.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod answers;
mod bodies;
mod documents;
mod parameters;
mod paths;
mod schemas;
mod security;
mod support;
