//! What a schema may say in several ways, said in one.

pub(crate) mod collections;
pub(crate) mod conditions;
pub(crate) mod enum_values;
pub(crate) mod implied_types;
pub(crate) mod type_lists;
pub(crate) mod word_meanings;

use super::media::Media;
use crate::draft::room;

room! {
    /// Each keyword says one thing, in the way of OpenAPI 3.0.
    Keywords, after Media:
    collections, conditions, type_lists, enum_values, implied_types, word_meanings,
}
