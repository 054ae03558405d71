//! One type of success and one of error.

pub(crate) mod absent_success;
pub(crate) mod json_bodies;
pub(crate) mod one_response_type;
pub(crate) mod untyped_answers;

use super::requests::Requests;
use crate::draft::room;

room! {
    /// An operation has one success type and one error type.
    Answers, after Requests:
    untyped_answers, json_bodies, absent_success, one_response_type,
}
