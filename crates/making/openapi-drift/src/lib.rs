//! Tells what a new OpenAPI document changes for those who call the API and read its answers.
//!
//! [`compare`] takes two effective documents, OpenAPI 3.0 to 3.2 each, and gives the changes of the wire, the worst
//! first. A change is classified by direction: what a client sends (parameters and bodies of requests) and
//! what it receives (bodies and headers of answers) have opposite rules. Moved or renamed component schemas,
//! `$ref` against inline, the order of keys and of lists that are sets, and edits of descriptions are no
//! changes; words about units, limits, retries and the like are, where money moves.
//!
//! [`Report`] is a drift with what the caller knows besides (the Rust side, the overlay); [`render`] prints it as
//! text, Markdown or JSON.
//!
//! ```
//! use serde_json::json;
//! use openapi_drift::{Class, Kind, compare};
//!
//! let document = |required: &[&str]| json!({
//!     "openapi": "3.1.0",
//!     "paths": {"/refunds": {"post": {
//!         "requestBody": {"content": {"application/json": {"schema": {
//!             "type": "object",
//!             "properties": {"reason": {"type": "string"}},
//!             "required": required,
//!         }}}},
//!         "responses": {"202": {"description": "accepted"}},
//!     }}},
//! });
//! let drift = compare(&document(&[]), &document(&["reason"]));
//! assert_eq!(drift.class(), Some(Class::Breaking));
//! assert_eq!(drift.changes[0].kind, Kind::FieldRequired);
//! assert_eq!(drift.changes[0].operation.as_deref(), Some("POST /refunds"));
//! ```
//!
//! Names that are not on the wire (operation ids, names of path parameters, names of component schemas) are left to
//! the comparison of the Rust side.

mod change;
mod compare;
mod kind;
mod options;
mod place;
mod report;

pub mod render;

pub use change::{Change, Class, Direction, Drift, Judged, PageLine, Side};
pub use compare::{Wording, compare, compare_with, wording};
pub use kind::Kind;
pub use options::{Calls, Options};
pub use report::{
    Compared, Mend, OverlayFinding, OverlayState, Report, RustChange, RustSide, Step, Transcribed,
    TranscribedState,
};
