//! Calls through a client like the generated ones, against a real server on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod authentication;
mod call_settings;
mod client;
mod connections;
mod interceptors;
mod other_hosts;
mod other_schemes;
mod outcomes;
mod pages;
#[allow(dead_code, reason = "the tests of TLS use more of it")]
mod proxy;
mod requests;
mod secrets;
mod server;
mod settings;
mod signing;
#[cfg(feature = "testing")]
mod stand_in;
mod traces;
mod transport;
mod unreachable;
mod ways;
