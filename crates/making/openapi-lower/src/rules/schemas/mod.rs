//! Schemas that are schemas.

pub(crate) mod malformed_schemas;
pub(crate) mod reference_targets;
pub(crate) mod schema_references;

use super::{Room, Stage};

/// Whatever stands where a schema belongs is one, and references lead to named schemas.
pub struct Schemas;

pub(crate) type Draft = crate::draft::Draft<Schemas>;
pub(crate) type Rule = super::Rule<Schemas>;

impl Room for Schemas {
    type Before = super::operations::Operations;

    const STAGE: Stage = Stage::Schemas;
    const RULES: &'static [Rule] = &[malformed_schemas::RULE, schema_references::RULE];
}
