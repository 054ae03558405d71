//! Every behaviour that the providers' documents leave open, told to the facade as stories, and what it believes
//! compared with what really happened.

mod alphabet;
mod client;
mod engine;
mod json;
mod models;
mod plot;
mod property;
mod scene;
mod story;
mod teller;
mod wire;

pub use property::Property;
