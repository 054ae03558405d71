//! From a lowered document to the source of a client.

mod conversions;
mod files;
mod finish;
mod items;
mod locate;
mod macros;
mod progenitor;
mod salvage;

use serde_json::Value;
use thiserror::Error;

pub use files::{SourceFile, as_one, by_job};
pub use finish::{FinishError, Finished, finish};
pub use progenitor::Progenitor;
pub use salvage::salvage;

/// A generator of clients. One is built in; another one takes its place by implementing this.
pub trait Generator {
    /// Name and version, as they are written into what it makes.
    fn name(&self) -> &'static str;

    /// The client for a lowered document, as the generator makes it.
    ///
    /// # Errors
    ///
    /// [`GeneratorError`] with the place in the lowered document that it could not take.
    fn generate(&self, lowered: &Value) -> Result<syn::File, GeneratorError>;

    /// Every schema, and else every operation, that the generator cannot take even when it is alone;
    /// none if it takes each of them.
    fn faults(&self, lowered: &Value) -> Vec<GeneratorError>;
}

/// What a generator could not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {cause}")]
pub struct GeneratorError {
    /// JSON pointer, in the lowered document, of the operation or schema that caused it.
    pub pointer: String,
    /// The operation that caused it, where it was one.
    pub operation: Option<String>,
    /// What the generator said.
    pub cause: String,
}
