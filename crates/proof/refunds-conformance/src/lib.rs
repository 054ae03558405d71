#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "campaign", doc = include_str!("../CAMPAIGN.md"))]
//!
//! The modules that are not shown here are for the search of the providers that `refunds` has built in.

#[doc(hidden)]
pub mod alphabet;
#[cfg(feature = "campaign")]
pub mod campaign;
#[doc(hidden)]
pub mod client;
mod conformance;
#[doc(hidden)]
pub mod engine;
mod error;
#[doc(hidden)]
pub mod facade;
#[doc(hidden)]
pub mod json;
#[cfg(feature = "campaign")]
mod judged;
mod model;
#[doc(hidden)]
pub mod models;
mod own;
#[doc(hidden)]
pub mod plot;
#[doc(hidden)]
pub mod property;
#[doc(hidden)]
pub mod scene;
#[doc(hidden)]
pub mod story;
#[doc(hidden)]
pub mod teller;
#[doc(hidden)]
pub mod wire;
mod written;

#[cfg(feature = "campaign")]
#[doc(inline)]
pub use campaign::{Campaign, CampaignError, CampaignReport};
pub use conformance::{Conformance, Counterexample, Modelled, Network, Report};
pub use error::SearchError;
pub use model::{Asked, EventParts, Keys, Model, RawRequest, Shown, State, Told};
pub use property::Property;
