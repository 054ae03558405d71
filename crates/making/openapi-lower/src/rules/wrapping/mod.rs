//! What is around a type that has a name: null, what may be absent, and what may grow.

pub(crate) mod absent_collections;
pub(crate) mod nullable_wire_types;
pub(crate) mod open_enums;
pub(crate) mod request_nulls;

use super::{Room, Stage};

/// Enumerations of answers are open, and null in requests is told from what is missing.
pub struct Wrapping;

pub(crate) type Draft = crate::draft::Draft<Wrapping>;
pub(crate) type Rule = super::Rule<Wrapping>;

impl Room for Wrapping {
    type Before = super::naming::Naming;

    const STAGE: Stage = Stage::Wrapping;
    const RULES: &'static [Rule] = &[
        // Nothing walks into what Nullable holds.
        open_enums::RULE,
        request_nulls::RULE,
        absent_collections::RULE,
        nullable_wire_types::RULE,
    ];
}
