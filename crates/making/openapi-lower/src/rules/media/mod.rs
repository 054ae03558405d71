//! What the media types of answers say of their bodies.

pub(crate) mod bodiless_answers;
pub(crate) mod error_dialects;
pub(crate) mod raw_answers;

use super::read::Read;
use crate::draft::room;

room! {
    /// Answers have no body, one in JSON, or one that is kept as it came.
    Media, after Read:
    bodiless_answers, raw_answers, error_dialects,
}
