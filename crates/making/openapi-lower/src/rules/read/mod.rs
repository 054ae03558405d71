//! Operations as OpenAPI 3.0 writes them.

pub(crate) mod inline_references;
pub(crate) mod malformed_operations;
pub(crate) mod openapi_version;
pub(crate) mod webhook_bodies;

use super::{Room, Stage};

/// A document in OpenAPI 3.0, in which every operation stands among the paths, with members of the right kind, and
/// without references but to schemas.
pub struct Read;

pub(crate) type Draft = crate::draft::Draft<Read>;
pub(crate) type Rule = super::Rule<Read>;

impl Room for Read {
    type Before = crate::draft::Published;

    const STAGE: Stage = Stage::Read;
    const RULES: &'static [Rule] = &[
        webhook_bodies::RULE,
        openapi_version::RULE,
        inline_references::RULE,
        malformed_operations::RULE,
    ];
}
