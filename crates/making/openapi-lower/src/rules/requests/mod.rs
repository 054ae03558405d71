//! How parameters and bodies are written.

pub(crate) mod parameter_names;
pub(crate) mod parameter_styles;
pub(crate) mod request_bodies;
pub(crate) mod shapes;

use super::types::Types;
use crate::draft::room;

room! {
    /// Everything that is sent has one type, and how it is written is decided.
    Requests, after Types:
    parameter_styles, request_bodies,
}
