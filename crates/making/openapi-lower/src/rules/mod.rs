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
use crate::draft::Draft;
use crate::report::{Report, Scribe};

/// One lowering rule, of the room `R`.
pub struct Rule<R> {
    pub(crate) name: &'static str,
    pub(crate) statement: &'static str,
    pub(crate) apply: fn(&mut Draft<R>, &mut Scribe<'_>) -> Result<(), LowerError>,
}

/// What is said of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its name in reports.
    pub name: &'static str,
    /// What it accepts and what it emits, in one line.
    pub statement: &'static str,
    /// The room that it is in.
    pub stage: Stage,
}

/// The stages of lowering, each a room of rules, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The document as it was read, in one way, with names and parameters of its operations.
    Read,
    /// What the media types of answers say of their bodies.
    Media,
    /// What a schema may say in several ways, said in one.
    Keywords,
    /// Schemas that are made of others.
    Composition,
    /// What documented answers show of their schemas, and what only one direction has.
    Examples,
    /// Unions.
    Alternatives,
    /// Types of the wire, where the generator would take others.
    Types,
    /// How parameters and bodies are written.
    Requests,
    /// One type of success and one of error.
    Answers,
    /// Names for what has none.
    Naming,
    /// What is around a type that has a name: null, what may be absent, and what may grow.
    Wrapping,
    /// What a client is made of, and nothing else.
    Client,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Read,
        Self::Media,
        Self::Keywords,
        Self::Composition,
        Self::Examples,
        Self::Alternatives,
        Self::Types,
        Self::Requests,
        Self::Answers,
        Self::Naming,
        Self::Wrapping,
        Self::Client,
    ];

    /// The name of its room.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Media => "media",
            Self::Keywords => "keywords",
            Self::Composition => "composition",
            Self::Examples => "examples",
            Self::Alternatives => "alternatives",
            Self::Types => "types",
            Self::Requests => "requests",
            Self::Answers => "answers",
            Self::Naming => "naming",
            Self::Wrapping => "wrapping",
            Self::Client => "client",
        }
    }
}

/// A room: the stage that it is, the one before it, and its rules in their order. The type says what holds afterwards.
pub trait Room: Sized + 'static {
    /// The one before it.
    type Before: Reached;

    /// Its stage.
    const STAGE: Stage;
    /// Its rules, in their order.
    const RULES: &'static [Rule<Self>];
}

/// A state that a document can be brought to.
pub trait Reached: Sized {
    /// Runs every room up to this one.
    fn reach(model: &Model<'_>, report: &mut Report) -> Result<Draft<Self>, LowerError>;

    /// Adds what is said of the rules of every room up to this one.
    fn list(rules: &mut Vec<About>);
}

impl<R: Room> Reached for R {
    fn reach(model: &Model<'_>, report: &mut Report) -> Result<Draft<Self>, LowerError> {
        let mut draft = R::Before::reach(model, report)?.enter();
        for rule in R::RULES {
            (rule.apply)(&mut draft, &mut Scribe::new(rule.name, report))?;
        }
        Ok(draft)
    }

    fn list(rules: &mut Vec<About>) {
        R::Before::list(rules);
        rules.extend(R::RULES.iter().map(|rule| About {
            name: rule.name,
            statement: rule.statement,
            stage: R::STAGE,
        }));
    }
}

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
    fn at<R: Reached>(model: &Model<'_>) -> Result<Value, LowerError> {
        Ok(R::reach(model, &mut Report::default())?.document)
    }
    let document = &Model::of(document);
    match stage {
        Stage::Read => at::<read::Read>(document),
        Stage::Media => at::<media::Media>(document),
        Stage::Keywords => at::<keywords::Keywords>(document),
        Stage::Composition => at::<composition::Composition>(document),
        Stage::Examples => at::<examples::Examples>(document),
        Stage::Alternatives => at::<alternatives::Alternatives>(document),
        Stage::Types => at::<types::Types>(document),
        Stage::Requests => at::<requests::Requests>(document),
        Stage::Answers => at::<answers::Answers>(document),
        Stage::Naming => at::<naming::Naming>(document),
        Stage::Wrapping => at::<wrapping::Wrapping>(document),
        Stage::Client => at::<client::Client>(document),
    }
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
