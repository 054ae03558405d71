//! What documented answers show of their schemas, and what only one direction has.

pub(crate) mod absent_in_examples;
pub(crate) mod answer_copies;
pub(crate) mod answer_examples;
pub(crate) mod direction_only;
pub(crate) mod mistyped_in_examples;
pub(crate) mod null_in_examples;

use super::composition::Composition;
use crate::draft::room;

room! {
    /// What answers are in examples, their schemas take, and no direction requires what only the other has.
    Examples, after Composition:
    // Before a schema that is sent as well changes.
    answer_copies, mistyped_in_examples, null_in_examples, absent_in_examples, direction_only,
}
