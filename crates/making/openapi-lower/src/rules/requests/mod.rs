//! How parameters and bodies are written.

pub(crate) mod parameter_names;
pub(crate) mod parameter_styles;
pub(crate) mod request_bodies;
pub(crate) mod shapes;

use super::{Room, Stage};

/// Everything that is sent has one type, and how it is written is decided.
pub struct Requests;

pub(crate) type Draft = crate::draft::Draft<Requests>;
pub(crate) type Rule = super::Rule<Requests>;

impl Room for Requests {
    type Before = super::types::Types;

    const STAGE: Stage = Stage::Requests;
    const RULES: &'static [Rule] = &[parameter_styles::RULE, request_bodies::RULE];
}
