//! A document on its way, and the rooms that it is in.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use openapi_model::Model;
use serde_json::Value;

use crate::LowerError;
use crate::facts::Facts;
use crate::report::{Report, Scribe};

/// A document that rules rewrite. What they find out and a document has no word for is no text in it, but a fact.
///
/// `R` is the room that it is in.
pub struct Draft<R> {
    pub(crate) document: Value,
    pub(crate) facts: Facts,
    room: PhantomData<R>,
}

/// The first room, in which a document is written.
pub(crate) trait First {}

impl<R> Draft<R> {
    /// A document as it was read, and what was decided before it was written.
    pub(crate) fn written(document: Value, facts: Facts) -> Self
    where
        R: First,
    {
        Self {
            document,
            facts,
            room: PhantomData,
        }
    }
}

impl<B> Draft<B> {
    /// The same in the room after the one that it was in.
    pub fn enter<R: Room<Before = B>>(self) -> Draft<R> {
        Draft {
            document: self.document,
            facts: self.facts,
            room: PhantomData,
        }
    }
}

impl<R> Deref for Draft<R> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.document
    }
}

impl<R> DerefMut for Draft<R> {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.document
    }
}

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
