//! Names for what has none.

pub(crate) mod alternative_words;
pub(crate) mod names;
pub(crate) mod open_unions;
pub(crate) mod unreached_schemas;

use super::answers::Answers;
use crate::draft::room;

room! {
    /// Every type has a name.
    Naming, after Answers:
    unreached_schemas,
    // What tells a member of a union from the others may be an enumeration, which gets a name.
    open_unions, alternative_words, names,
}
