//! Remembers refunds, so that none is sent twice: not after a crash, not by another machine, not from a second
//! file.
#![doc = ""]
// Of two definitions of a link the first one counts: a file beside the README is none of the documentation's.
#![doc = "[times]: #seconds-against-rows"]
#![doc = ""]
#![doc = include_str!("../README.md")]
#![doc = ""]
//! # Seconds against rows
#![doc = ""]
#![doc = include_str!("../times.svg")]

mod batch;
mod client;
mod due;
mod entry;
mod error;
mod identity;
mod journal;
mod place;
mod settings;
mod store;
mod time;
mod worker;

pub use batch::{
    Approval, Batch, BatchError, BatchState, Format, Line, Plan, PlanOptions, Problem, Sum, Tally,
};
pub use client::{Conclusion, Imported, JournaledRefunds, Order, Read, Settled, Step, Swept, Told};
pub use entry::{Entry, Fact, Source, State};
pub use error::{JournalError, StoreError};
pub use journal::{Cursor, Filter, Journal, Waiting};
pub use place::Place;
pub use settings::Settings;
pub use worker::{Ran, Worker};
