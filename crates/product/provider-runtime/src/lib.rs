#![doc = include_str!("../README.md")]
//!
//! ## What is where
//!
//! Without features there are the wire types: exact amounts, tolerant timestamps, open enumerations,
//! bodies by status. The feature `client` adds what makes a call: settings, authentication, sessions,
//! replies and errors that tell *not sent*, *sent but unanswered* and *answered* apart. The feature
//! `webhooks` adds what receives a call back: signatures, replays, and types that tell *verified* from
//! *unverified*.
//!
//! What an operation of a generated client does is one value, a `Call`, made of what was [`Given`]: it is sent once,
//! and its answer is read by its status.

mod conversion_error;
mod given;
mod held;
mod provider;
mod shown;
mod wire;
#[doc(hidden)]
pub mod words;

#[cfg(feature = "client")]
mod client;
#[cfg(any(feature = "client", feature = "webhooks"))]
mod decode_error;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[cfg(feature = "client")]
pub use client::*;
pub use conversion_error::ConversionError;
#[cfg(any(feature = "client", feature = "webhooks"))]
pub use decode_error::DecodeError;
pub use given::Given;
#[doc(hidden)]
pub use given::Member;
#[doc(hidden)]
pub use held::{at_least, at_most};
pub use provider::{
    ApiKey, Authentication, KeyPlace, Operation, OperationSecurity, OwnHost, Provider,
    SecurityRequirement, SecurityScheme,
};
#[cfg(feature = "client")]
pub use reqwest;
pub use wire::*;
