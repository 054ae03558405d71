//! What an operation is called, where it is called, and with which parameters.

pub(crate) mod operation_ids;
pub(crate) mod own_security;
pub(crate) mod own_servers;
pub(crate) mod parameters;
pub(crate) mod path_templates;

use super::{Room, Stage};

/// Every operation has a name of its own, and all of its parameters once.
pub struct Operations;

pub(crate) type Draft = crate::draft::Draft<Operations>;
pub(crate) type Rule = super::Rule<Operations>;

impl Room for Operations {
    type Before = super::read::Read;

    const STAGE: Stage = Stage::Operations;
    const RULES: &'static [Rule] = &[
        operation_ids::RULE,
        own_servers::RULE,
        own_security::RULE,
        path_templates::RULE,
        parameters::RULE,
    ];
}
