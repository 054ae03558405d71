//! Schemas that are made of others.

pub(crate) mod any_of_objects;
pub(crate) mod composed_names;
pub(crate) mod members;
pub(crate) mod merged_all_of;
pub(crate) mod required_alternatives;
pub(crate) mod subtypes;

use super::{Room, Stage};

/// There is no `allOf` but around one reference, and no keyword beside a union.
pub struct Composition;

pub(crate) type Draft = crate::draft::Draft<Composition>;
pub(crate) type Rule = super::Rule<Composition>;

impl Room for Composition {
    type Before = super::keywords::Keywords;

    const STAGE: Stage = Stage::Composition;
    const RULES: &'static [Rule] = &[
        required_alternatives::RULE,
        any_of_objects::RULE,
        // An allOf says here which schema extends which.
        subtypes::RULE,
        merged_all_of::RULE,
    ];
}
