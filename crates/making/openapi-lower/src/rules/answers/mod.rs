//! One type of success and one of error.

pub(crate) mod absent_success;
pub(crate) mod json_bodies;
pub(crate) mod one_response_type;
pub(crate) mod untyped_answers;

use super::{Room, Stage};

/// An operation has one success type and one error type.
pub struct Answers;

pub(crate) type Draft = crate::draft::Draft<Answers>;
pub(crate) type Rule = super::Rule<Answers>;

impl Room for Answers {
    type Before = super::requests::Requests;

    const STAGE: Stage = Stage::Answers;
    const RULES: &'static [Rule] = &[
        untyped_answers::RULE,
        json_bodies::RULE,
        absent_success::RULE,
        one_response_type::RULE,
    ];
}
