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

use super::alternatives::Alternatives;
use crate::draft::room;

room! {
    /// What the generator would type wrongly has a type of the run time.
    Types, after Alternatives:
    empty_enum, big_integers,
    // Until here, the limits of answers are there.
    answer_tolerance, timestamps, number_or_text, exact_numbers, wide_integers, plain_strings,
    patterns, nullable_components,
}
