//! Names for what has none.

pub(crate) mod alternative_words;
pub(crate) mod names;
pub(crate) mod open_unions;
pub(crate) mod unreached_schemas;

use super::{Room, Stage};

/// Every type has a name.
pub struct Naming;

pub(crate) type Draft = crate::draft::Draft<Naming>;
pub(crate) type Rule = super::Rule<Naming>;

impl Room for Naming {
    type Before = super::answers::Answers;

    const STAGE: Stage = Stage::Naming;
    const RULES: &'static [Rule] = &[
        unreached_schemas::RULE,
        // What tells a member of a union from the others may be an enumeration, which gets a name.
        open_unions::RULE,
        alternative_words::RULE,
        names::RULE,
    ];
}
