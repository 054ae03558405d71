//! Examples.

use serde_json::Value;

use crate::arena::PlaceId;

/// An example.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'d> {
    /// Its name, if it has one.
    pub name: Option<&'d str>,
    pub(crate) place: PlaceId,
    pub(crate) key: Option<&'d str>,
    /// The example.
    pub value: &'d Value,
}
