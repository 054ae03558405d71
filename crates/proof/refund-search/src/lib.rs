//! Every behaviour that the providers' documents leave open, told to the facade as stories, and what it believes
//! compared with what really happened.
//!
//! A story is a list of choices: whether the provider acts on a request and when, what it answers or how the
//! answer is lost, when the process is killed, what the user does next. The search tells all stories up to a
//! number of requests with which the provider may do as it likes; after them it is honest. The models of the
//! providers are written from their documents as answers of HTTP, byte for byte, and share no code with the
//! clients, so that client and oracle cannot share an error.

mod asks;
mod models;
mod parts;
mod pool;
mod report;
mod rows;
mod search;
#[cfg(test)]
mod story_tests;
mod workers;

// What tells stories is that of everybody's providers.
pub use refunds_conformance::{Property, SearchError};
use refunds_conformance::{alphabet, engine, json, plot, property, story, teller, wire};
pub use report::{Broken, Report};
pub use rows::Rows;
pub use search::Search;
pub use workers::{Mistake, Workers, WorkersReport};
