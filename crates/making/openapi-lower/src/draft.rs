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

    /// The same in the room after the one that it was in.
    pub fn enter<N: Room<Before = R>>(self) -> Draft<N> {
        Draft {
            document: self.document,
            facts: self.facts,
            room: PhantomData,
        }
    }

    /// The document and what was decided beside it.
    pub(crate) fn parts(&mut self) -> (&mut Value, &mut Facts) {
        (&mut self.document, &mut self.facts)
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
    pub(crate) apply: fn(&mut Draft<R>, &mut Scribe<'_>),
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

macro_rules! stages {
    ($($(#[$doc:meta])* $stage:ident = $name:literal,)*) => {
        /// The stages of lowering, each a room of rules, in their order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Stage {
            $($(#[$doc])* $stage,)*
        }

        impl Stage {
            /// All of them, in their order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$stage,)*];

            /// The name of its room.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$stage => $name,)*
                }
            }
        }
    };
}

stages! {
    /// The document as it was read, in one way, with names and parameters of its operations.
    Read = "read",
    /// What the media types of answers say of their bodies.
    Media = "media",
    /// What a schema may say in several ways, said in one.
    Keywords = "keywords",
    /// Schemas that are made of others.
    Composition = "composition",
    /// What documented answers show of their schemas, and what only one direction has.
    Examples = "examples",
    /// Unions.
    Alternatives = "alternatives",
    /// Types of the wire, where the generator would take others.
    Types = "types",
    /// How parameters and bodies are written.
    Requests = "requests",
    /// One type of success and one of error.
    Answers = "answers",
    /// Names for what has none.
    Naming = "naming",
    /// What is around a type that has a name: null, what may be absent, and what may grow.
    Wrapping = "wrapping",
    /// What a client is made of, and nothing else.
    Client = "client",
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

/// Makes a room of what holds after it, the room before it and its rules in their order; its stage has its name.
macro_rules! room {
    ($(#[$doc:meta])* $room:ident, after $before:ident: $($rule:ident,)*) => {
        $(#[$doc])*
        pub struct $room;

        pub(crate) type Draft = crate::draft::Draft<$room>;
        pub(crate) type Rule = crate::draft::Rule<$room>;

        impl crate::draft::Room for $room {
            type Before = $before;

            const STAGE: crate::draft::Stage = crate::draft::Stage::$room;
            const RULES: &'static [Rule] = &[$($rule::RULE,)*];
        }
    };
}

pub(crate) use room;

/// A state that a document can be brought to.
pub trait Reached: Sized {
    /// Runs every room up to this one.
    fn reach(model: &Model<'_>, report: &mut Report) -> Result<Draft<Self>, LowerError>;

    /// The document as it is after `stage`, which is this one or one before it.
    fn after(model: &Model<'_>, stage: Stage) -> Result<Value, LowerError>;

    /// Adds what is said of the rules of every room up to this one.
    fn list(rules: &mut Vec<About>);
}

impl<R: Room> Reached for R {
    fn reach(model: &Model<'_>, report: &mut Report) -> Result<Draft<Self>, LowerError> {
        let mut draft = R::Before::reach(model, report)?.enter();
        for rule in R::RULES {
            (rule.apply)(&mut draft, &mut Scribe::new(rule.name, report));
        }
        Ok(draft)
    }

    fn after(model: &Model<'_>, stage: Stage) -> Result<Value, LowerError> {
        if stage == R::STAGE {
            return Ok(Self::reach(model, &mut Report::default())?.document);
        }
        R::Before::after(model, stage)
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
