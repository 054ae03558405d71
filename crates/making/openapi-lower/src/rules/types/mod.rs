//! Types of the wire, where the generator would take others.

pub(crate) mod answer_tolerance;
pub(crate) mod big_integers;
pub(crate) mod empty_enum;
pub(crate) mod exact_numbers;
pub(crate) mod nullable_components;
pub(crate) mod number_or_text;
pub(crate) mod patterns;
pub(crate) mod plain_strings;
pub(crate) mod timestamps;
pub(crate) mod wide_integers;

use super::{Room, Stage};

/// What the generator would type wrongly has a type of the run time.
pub struct Types;

pub(crate) type Draft = crate::draft::Draft<Types>;
pub(crate) type Rule = super::Rule<Types>;

impl Room for Types {
    type Before = super::alternatives::Alternatives;

    const STAGE: Stage = Stage::Types;
    const RULES: &'static [Rule] = &[
        empty_enum::RULE,
        big_integers::RULE,
        // Until here, the limits of answers are there.
        answer_tolerance::RULE,
        timestamps::RULE,
        number_or_text::RULE,
        exact_numbers::RULE,
        wide_integers::RULE,
        plain_strings::RULE,
        patterns::RULE,
        nullable_components::RULE,
    ];
}
