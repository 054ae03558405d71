//! What is around a type that has a name: null, what may be absent, and what may grow.

pub(crate) mod absent_collections;
pub(crate) mod nullable_wire_types;
pub(crate) mod open_enums;
pub(crate) mod request_nulls;

use super::naming::Naming;
use crate::draft::room;

room! {
    /// Enumerations of answers are open, and null in requests is told from what is missing.
    Wrapping, after Naming:
    // Nothing walks into what Nullable holds.
    open_enums, request_nulls, absent_collections, nullable_wire_types,
}
