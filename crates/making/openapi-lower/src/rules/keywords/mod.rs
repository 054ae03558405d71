//! What a schema may say in several ways, said in one.

pub(crate) mod collections;
pub(crate) mod conditions;
pub(crate) mod enum_values;
pub(crate) mod implied_types;
pub(crate) mod type_lists;
pub(crate) mod word_meanings;

use super::{Room, Stage};

/// Each keyword says one thing, in the way of OpenAPI 3.0.
pub struct Keywords;

pub(crate) type Draft = crate::draft::Draft<Keywords>;
pub(crate) type Rule = super::Rule<Keywords>;

impl Room for Keywords {
    type Before = super::media::Media;

    const STAGE: Stage = Stage::Keywords;
    const RULES: &'static [Rule] = &[
        collections::RULE,
        conditions::RULE,
        type_lists::RULE,
        enum_values::RULE,
        implied_types::RULE,
        word_meanings::RULE,
    ];
}
