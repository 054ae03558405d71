//! What is read of a document: the calls that it has, and what it is as the rules go on with it.

mod calls;
mod document;
pub(crate) mod operation_ids;
mod operations;
mod own_security;
mod own_servers;
pub(crate) mod parameters;
mod path_templates;
mod references;
mod schemas;
mod webhook_bodies;

use openapi_model::{Model, VersionError};
use serde_json::Value;

use self::calls::Calls;
use super::{About, Reached, Stage};
use crate::LowerError;
use crate::draft::{Draft, First};
use crate::report::{Report, Scribe};

/// A document in OpenAPI 3.0 that says everything in one way: every operation stands among the paths under a name of its
/// own, with members of the right kind; nothing is referred to but named schemas, which are no references themselves.
pub struct Read;

/// A rule of this room: it decides on the calls of a document before they are written.
pub(crate) struct Rule {
    name: &'static str,
    statement: &'static str,
    apply: fn(&mut Calls<'_>, &mut Scribe<'_>),
}

const RULES: &[Rule] = &[
    webhook_bodies::RULE,
    operation_ids::RULE,
    own_servers::RULE,
    own_security::RULE,
    path_templates::RULE,
    parameters::RULE,
    document::RULE,
];

impl First for Read {}

impl Reached for Read {
    fn reach(model: &Model<'_>, report: &mut Report) -> Result<Draft<Self>, LowerError> {
        crate::depth::check(model.document)?;
        model.version.clone().map_err(|error| LowerError {
            pointer: match error {
                VersionError::NoObject => "",
                _ => "/openapi",
            }
            .to_owned(),
            rule: document::RULE.name,
            cause: error.to_string(),
        })?;
        let mut calls = Calls::of(model);
        for rule in RULES {
            (rule.apply)(&mut calls, &mut Scribe::new(rule.name, report));
        }
        Ok(Draft::written(calls.written, calls.facts))
    }

    fn after(model: &Model<'_>, _: Stage) -> Result<Value, LowerError> {
        Ok(Self::reach(model, &mut Report::default())?.document)
    }

    fn list(rules: &mut Vec<About>) {
        rules.extend(RULES.iter().map(|rule| About {
            name: rule.name,
            statement: rule.statement,
            stage: Stage::Read,
        }));
    }
}
