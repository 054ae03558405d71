//! What all that read OpenAPI documents agree on, said once: the grammar of a document (what stands where), its
//! operations, JSON pointers, references and free names.
//!
//! A document is a [`serde_json::Value`], since what is published is often no valid document: nothing here fails
//! on one.
//!
//! ```
//! use openapi_model::{operations, reference};
//!
//! let document = serde_json::json!({
//!     "paths": {"/refunds": {"post": {"requestBody": {"$ref": "#/components/requestBodies/New%20Refund"}}}},
//!     "components": {"requestBodies": {"New Refund": {"required": true}}}
//! });
//! let operation = operations(&document)[0];
//! let body = reference::follow(&document, &operation.value["requestBody"]).unwrap();
//! assert_eq!(body["required"], true);
//! ```

mod grammar;
pub mod names;
mod operations;
pub mod pointer;
pub mod reference;

pub use grammar::{Holds, Kind, METHODS, Position, holds, is_method};
pub use operations::{Operation, operations};
