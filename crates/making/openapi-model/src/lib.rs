//! What an OpenAPI document says, read once for all that need to know it.
//!
//! [`Model`] is a document of OpenAPI 3.0, 3.1 or 3.2, typed: parts of each kind in a list of their own, ids in place of
//! references, one form for what the versions say in different ways. Each part knows its JSON pointer, who sends it and
//! which keywords nobody read. What is published is often no valid document: what is malformed becomes a [`Note`] and
//! the nearest thing that means something, and nothing fails.
//!
//! ```
//! use openapi_model::{Model, schema::Type};
//!
//! let document = serde_json::json!({
//!     "openapi": "3.0.3",
//!     "paths": {"/refunds": {"post": {"requestBody": {"$ref": "#/components/requestBodies/New%20Refund"}}}},
//!     "components": {"requestBodies": {"New Refund": {"content": {"application/json": {"schema": {
//!         "type": "string", "nullable": true, "maxLength": "ten",
//!     }}}}}}
//! });
//! let model = Model::read(&document)?;
//! let operation = model.calls()[0].operation;
//! let body = operation.at(operation.body.unwrap());
//! let schema = body.at(body.at(body.content[0].1).schema.unwrap());
//! assert!(schema.types.unwrap().are_only(Type::String) && schema.nullable);
//! assert!(schema.directions().sent && !schema.directions().received);
//! assert_eq!(schema.unread(), ["maxLength"]);
//! assert_eq!(
//!     model.notes[0].pointer,
//!     "/components/requestBodies/New Refund/content/application~1json/schema/maxLength"
//! );
//! # Ok::<(), openapi_model::VersionError>(())
//! ```
//!
//! Besides, what all agree on who walk documents as they are written: what stands where ([`Position`]), JSON
//! [pointers](mod@pointer), [references](reference::of), [media types](media), [free names](names::free) and
//! [characters that nobody sees](mod@hidden).

mod arena;
mod directions;
mod grammar;
pub mod hidden;
pub mod media;
mod model;
pub mod names;
pub mod pointer;
mod read;
pub mod reference;
mod sample;
pub mod schema;
mod version;

pub use arena::{At, Directions, Id, Part, Spot};
pub use grammar::{Holds, Kind, METHODS, Position, holds, is_method};
pub use model::{
    Answer, Call, Callback, Document, Encoding, Flow, MediaType, Model, Note, Operation, Parameter,
    PathItem, Problem, RequestBody, Requirement, SecurityScheme, Server,
};
pub use sample::Sample;
pub use schema::Schema;
pub use version::{Version, VersionError};
