//! Unions.

pub(crate) mod union_tags;
pub(crate) mod unions;

use super::{Room, Stage};

/// A union is a `oneOf`, and what tells its members apart is known.
pub struct Alternatives;

pub(crate) type Draft = crate::draft::Draft<Alternatives>;
pub(crate) type Rule = super::Rule<Alternatives>;

impl Room for Alternatives {
    type Before = super::examples::Examples;

    const STAGE: Stage = Stage::Alternatives;
    const RULES: &'static [Rule] = &[unions::RULE, union_tags::RULE];
}
