//! What documented answers show of their schemas, and what only one direction has.

pub(crate) mod absent_in_examples;
pub(crate) mod answer_copies;
pub(crate) mod answer_examples;
pub(crate) mod direction_only;
pub(crate) mod mistyped_in_examples;
pub(crate) mod null_in_examples;

use super::{Room, Stage};

/// What answers are in examples, their schemas take, and no direction requires what only the other has.
pub struct Examples;

pub(crate) type Draft = crate::draft::Draft<Examples>;
pub(crate) type Rule = super::Rule<Examples>;

impl Room for Examples {
    type Before = super::composition::Composition;

    const STAGE: Stage = Stage::Examples;
    const RULES: &'static [Rule] = &[
        // Before a schema that is sent as well changes.
        answer_copies::RULE,
        mistyped_in_examples::RULE,
        null_in_examples::RULE,
        absent_in_examples::RULE,
        direction_only::RULE,
    ];
}
