//! Lowers any OpenAPI 3.0, 3.1 or 3.2 document to the dialect that progenitor reads.
//!
//! A published document says more than a generator can take: several answers per operation, unions of
//! a number and a string, enumerations that will grow, OpenAPI 3.1. Lowering rewrites it, rule by rule,
//! into an OpenAPI 3.0 document with one success type and one error type per operation, JSON bodies,
//! named schemas, and wire types of `provider-runtime` (exact amounts, open enumerations, tolerant
//! timestamps) as `x-rust-type`. What is decided beside that is in the [`Plan`]. Nothing is dropped silently: every application of a rule is in the
//! [`Report`], with the JSON pointer of what it changed.
//!
//! ```
//! let document = serde_json::json!({
//!     "openapi": "3.1.0",
//!     "info": {"title": "Example", "version": "1"},
//!     "paths": {"/refunds": {"post": {
//!         "operationId": "create_refund",
//!         "responses": {"400": {"description": "refused"}}
//!     }}}
//! });
//! let lowered = openapi_lower::lower(&document)?;
//! assert_eq!(lowered.document["openapi"], "3.0.3");
//! assert!(lowered.report.applied().iter().any(|applied| applied.rule == "absent-success"));
//! # Ok::<(), openapi_lower::LowerError>(())
//! ```

mod depth;
mod direction;
mod discriminator;
mod document;
mod draft;
mod error;
mod facts;
mod fallback;
mod keyed;
mod media;
mod merge;
pub mod plan;
mod planned;
mod report;
mod rules;
mod rust_type;
mod schema;
mod shape;
mod spelling;
mod wire;

pub use draft::{About, Stage};
pub use error::LowerError;
pub(crate) use openapi_model::{pointer, reference};
pub use report::{Applied, Report};
pub use rules::read::operation_ids::OF_CLIENT;
pub use rules::{lower_until, rules};
pub use wire::wire_names;

/// What the compiler knows of the order of the rooms. A document goes from a room to the one after it:
///
/// ```
/// use openapi_lower::order::{Alternatives, Draft, Requests, Rule, Types};
///
/// fn next(draft: Draft<Alternatives>) -> Draft<Types> {
///     draft.enter()
/// }
/// ```
///
/// and to no other one, nor back:
///
/// ```compile_fail,E0271
/// use openapi_lower::order::{Alternatives, Draft, Requests, Rule, Types};
///
/// fn past_a_room(draft: Draft<Alternatives>) -> Draft<Requests> {
///     draft.enter()
/// }
/// ```
///
/// ```compile_fail,E0271
/// use openapi_lower::order::{Alternatives, Draft, Requests, Rule, Types};
///
/// fn back(draft: Draft<Types>) -> Draft<Alternatives> {
///     draft.enter()
/// }
/// ```
///
/// A rule is of one room, and is listed in no other:
///
/// ```compile_fail,E0308
/// use openapi_lower::order::{Alternatives, Draft, Requests, Rule, Types};
///
/// fn listed(rule: Rule<Types>) -> Rule<Alternatives> {
///     rule
/// }
/// ```
#[doc(hidden)]
pub mod order {
    pub use crate::draft::Draft;
    pub use crate::draft::{Room, Rule};
    pub use crate::rules::alternatives::Alternatives;
    pub use crate::rules::answers::Answers;
    pub use crate::rules::client::Client;
    pub use crate::rules::naming::Naming;
    pub use crate::rules::requests::Requests;
    pub use crate::rules::types::Types;
    pub use crate::rules::wrapping::Wrapping;
}

use draft::Reached;
use openapi_model::Model;
pub use plan::Plan;
use rules::client::Client;

use serde_json::Value;

/// A lowered document, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// An OpenAPI 3.0 document within progenitor's dialect.
    pub document: Value,
    /// What is decided that the document does not say.
    pub plan: Plan,
    /// Every rule applied, with the pointer of what it changed.
    pub report: Report,
}

/// Lowers `document` by every rule of [`rules`], in their order.
///
/// # Errors
///
/// [`LowerError`] when the document is not an OpenAPI 3.0, 3.1 or 3.2 document, or when a rule meets
/// something that it can neither express nor leave out; it names the rule and the JSON pointer.
pub fn lower(document: &Value) -> Result<Lowered, LowerError> {
    lower_model(&Model::of(document))
}

/// Lowers a document that was read before.
///
/// # Errors
///
/// Those of [`lower`].
pub fn lower_model(model: &Model<'_>) -> Result<Lowered, LowerError> {
    let mut report = Report::default();
    let mut draft = Client::reach(model, &mut report)?;
    let plan = planned::made(&mut draft);
    Ok(Lowered {
        document: draft.document,
        plan,
        report,
    })
}
