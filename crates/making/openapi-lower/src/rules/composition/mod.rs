//! Schemas that are made of others.

pub(crate) mod any_of_objects;
mod combinations;
pub(crate) mod composed_names;
pub(crate) mod members;
pub(crate) mod merged_all_of;
pub(crate) mod required_alternatives;
pub(crate) mod subtypes;

use super::keywords::Keywords;
use crate::draft::room;

room! {
    /// There is no `allOf` but around one reference, and no keyword beside a union.
    Composition, after Keywords:
    required_alternatives, any_of_objects,
    // An allOf says here which schema extends which.
    subtypes, merged_all_of,
}
