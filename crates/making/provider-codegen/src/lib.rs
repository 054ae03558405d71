//! From a provider's documents to the source of its crate, all of it in memory.
//!
//! [`pipeline`] runs the stages of a provider's folder, [`document`] those of a document alone; both end in
//! [`generator`]: progenitor and typify make the types and the client, the plan says as data what each operation
//! does, and the finishing steps print it.

pub mod document;
pub mod facade;
pub mod generator;
pub mod mend;
pub mod pipeline;
pub mod places;
pub mod signatures;
pub mod start;
