//! Events as updates: the documented samples, what is not proven, what is refused, what contradicts itself,
//! and which doubts events settle.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

mod contradictions;
mod samples;
mod settling;
mod signed;
mod unproven;
