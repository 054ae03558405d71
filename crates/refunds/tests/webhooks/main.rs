//! Events as updates: the documented samples, what is not proven, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod samples;
mod unproven;
