//! What the media types of answers say of their bodies.

pub(crate) mod bodiless_answers;
pub(crate) mod error_dialects;
pub(crate) mod raw_answers;

use super::{Room, Stage};

/// Answers have no body, one in JSON, or one that is kept as it came.
pub struct Media;

pub(crate) type Draft = crate::draft::Draft<Media>;
pub(crate) type Rule = super::Rule<Media>;

impl Room for Media {
    type Before = super::read::Read;

    const STAGE: Stage = Stage::Media;
    const RULES: &'static [Rule] = &[
        bodiless_answers::RULE,
        raw_answers::RULE,
        error_dialects::RULE,
    ];
}
