//! Unions.

pub(crate) mod union_tags;
pub(crate) mod unions;

use super::examples::Examples;
use crate::draft::room;

room! {
    /// A union is a `oneOf`, and what tells its members apart is known.
    Alternatives, after Examples:
    unions, union_tags,
}
