//! The rules, one module each, in rooms by stage. Each room names the one before it as a type, so that their order is
//! that of the types; within a room it is that of its list.

pub(crate) mod alternatives;
pub(crate) mod answers;
pub(crate) mod client;
pub(crate) mod composition;
pub(crate) mod examples;
pub(crate) mod keywords;
pub(crate) mod media;
pub(crate) mod naming;
pub(crate) mod read;
pub(crate) mod requests;
pub(crate) mod types;
pub(crate) mod wrapping;

#[cfg(test)]
pub(crate) mod testing;

use openapi_model::Model;
use serde_json::Value;

use crate::LowerError;
pub(crate) use crate::draft::{About, Reached, Stage};

/// Every rule, in the order in which [`lower`](crate::lower) applies them.
pub fn rules() -> Vec<About> {
    let mut rules = Vec::new();
    client::Client::list(&mut rules);
    rules
}

/// `document` as it is after `stage`, whatever a later stage says of it.
///
/// # Errors
///
/// Those of [`lower`](crate::lower), up to that stage.
pub fn lower_until(document: &Value, stage: Stage) -> Result<Value, LowerError> {
    client::Client::after(&Model::of(document), stage)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_a_statement_of_one_line() {
        let names: BTreeSet<_> = rules().iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), rules().len());
        for rule in rules() {
            assert!(
                rule.statement.ends_with('.') && !rule.statement.contains('\n'),
                "{}",
                rule.name
            );
        }
    }

    #[test]
    fn the_rooms_are_entered_in_the_order_in_which_they_are_listed() {
        let mut stages: Vec<_> = rules().iter().map(|rule| rule.stage).collect();
        stages.dedup();
        assert_eq!(stages, Stage::ALL);
    }
}
