//! What a schema says, in one form for all versions of OpenAPI.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::sample::Sample;
use crate::{At, Id};

/// A type of JSON, as schemas name it; in the order of the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of JSON Schema")]
pub enum Type {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

impl Type {
    const ALL: [Self; 7] = [
        Self::Array,
        Self::Boolean,
        Self::Integer,
        Self::Null,
        Self::Number,
        Self::Object,
        Self::String,
    ];

    /// As a schema names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Null => "null",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }

    /// The type of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The type of a value; of a whole number, `Integer`.
    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// Types. Whole numbers are numbers: where those are, `Integer` is as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types(u8);

impl Types {
    /// Whether this type is among them.
    pub fn has(self, one: Type) -> bool {
        self.0 & (1 << one as u8) != 0
    }

    /// With one more.
    pub fn with(mut self, one: Type) -> Self {
        self.0 |= 1 << one as u8;
        if one == Type::Number {
            self.0 |= 1 << Type::Integer as u8;
        }
        self
    }

    /// Without one.
    pub fn without(self, one: Type) -> Self {
        Self(self.0 & !(1 << one as u8))
    }

    /// Those that both have.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of these are among the others.
    pub fn are_within(self, others: Self) -> bool {
        self.and(others) == self
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this is the only one.
    pub fn are_only(self, one: Type) -> bool {
        self == Self::default().with(one)
    }

    /// Their names, without that of whole numbers where numbers are.
    pub fn names(self) -> Vec<&'static str> {
        let is_told =
            |one: &Type| self.has(*one) && !(*one == Type::Integer && self.has(Type::Number));
        Type::ALL
            .into_iter()
            .filter(is_told)
            .map(Type::name)
            .collect()
    }
}

impl FromIterator<Type> for Types {
    fn from_iter<I: IntoIterator<Item = Type>>(types: I) -> Self {
        types.into_iter().fold(Self::default(), Self::with)
    }
}

/// Which end a limit is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum End {
    Lower,
    Upper,
}

/// A limit of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The limit.
    pub number: Number,
    /// Whether it is itself outside.
    pub exclusive: bool,
    /// The keyword that gives the number.
    pub keyword: &'static str,
}

impl Bound {
    /// `Less` if the other limit is stricter, `Greater` if it is looser.
    pub fn strictness(&self, other: &Self, end: End) -> Ordering {
        let order = match (self.number.as_i128(), other.number.as_i128()) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => {
                let float = |bound: &Self| bound.number.as_f64().unwrap_or(f64::NAN);
                float(self).total_cmp(&float(other))
            }
        };
        let order = match end {
            End::Lower => order,
            End::Upper => order.reverse(),
        };
        order.then(self.exclusive.cmp(&other.exclusive))
    }
}

/// How a value has to match alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// One of them.
    OneOf,
    /// Some of them.
    AnyOf,
}

impl Choice {
    /// As a schema names it.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::OneOf => "oneOf",
            Self::AnyOf => "anyOf",
        }
    }
}

/// Alternatives, two at least, of which none is null alone.
#[derive(Debug)]
pub struct Union<'d> {
    /// How they are combined.
    pub choice: Choice,
    /// The alternatives.
    pub members: Vec<Id<Schema<'d>>>,
}

/// A `$ref`.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'d> {
    /// As it is written.
    pub text: &'d str,
    /// What it leads to; nothing if that is nowhere in the document.
    pub target: Option<Id<Schema<'d>>>,
}

/// How alternatives are told apart.
#[derive(Debug)]
pub struct Discriminator<'d> {
    /// The member that tells.
    pub property: Option<&'d str>,
    /// Its values, as they are written, and the schema that each leads to.
    pub mapping: Vec<(&'d str, &'d Value, Option<Id<Schema<'d>>>)>,
    /// The schema of what has none of these values.
    pub other: Option<Id<Schema<'d>>>,
}

/// A schema: what all values keep to. Nothing said is nothing asked for.
///
/// What versions of OpenAPI say in different ways is said in one: `nullable`, an alternative `null` and a list of types;
/// `true`, `false` and objects; exclusive limits as flags and as numbers; tuples; one example and several. An `allOf` is
/// also where one alternative alone is left, and types are also where alternatives say nothing but their type.
#[derive(Debug, Default)]
pub struct Schema<'d> {
    /// It is `false`: no value keeps to it.
    pub is_never: bool,
    /// What it refers to, which holds as well.
    pub reference: Option<Reference<'d>>,
    /// Schemas that hold as well; at the end, alternatives that are left alone.
    pub all_of: Vec<Id<Schema<'d>>>,
    /// Of each that is left alone, how it would be combined with others, unless null stood beside it.
    pub alone: Vec<Option<Choice>>,
    /// Alternatives of which one or some have to hold.
    pub unions: Vec<Union<'d>>,
    /// Alternatives that say nothing but their type, and are among the types.
    pub bare: Vec<Union<'d>>,
    /// How they are told apart.
    pub discriminator: Option<Discriminator<'d>>,
    /// The types that are named.
    pub types: Option<Types>,
    /// Those that `type` names, in its order.
    pub listed: Vec<Type>,
    /// Null is allowed whatever the types are: `nullable`, or null as an alternative.
    pub nullable: bool,
    /// The only values, of an enumeration or a constant.
    pub values: Option<Vec<&'d Value>>,
    /// `format`.
    pub format: Option<&'d str>,
    /// `pattern`.
    pub pattern: Option<&'d str>,
    /// The lower limit of numbers.
    pub minimum: Option<Bound>,
    /// The upper limit of numbers.
    pub maximum: Option<Bound>,
    /// `multipleOf`.
    pub multiple_of: Option<&'d Number>,
    /// `minLength`.
    pub min_length: Option<&'d Number>,
    /// `maxLength`.
    pub max_length: Option<&'d Number>,
    /// `minItems`.
    pub min_items: Option<&'d Number>,
    /// `maxItems`.
    pub max_items: Option<&'d Number>,
    /// `minProperties`.
    pub min_properties: Option<&'d Number>,
    /// `maxProperties`.
    pub max_properties: Option<&'d Number>,
    /// Entries of a list have to differ.
    pub unique_items: bool,
    /// The members of objects.
    pub properties: Vec<(&'d str, Id<Schema<'d>>)>,
    /// Members by a pattern of their names.
    pub patterns: Vec<(&'d str, Id<Schema<'d>>)>,
    /// Members that have to be there.
    pub required: Vec<&'d str>,
    /// Other members: `additionalProperties`.
    pub additional: Option<Id<Schema<'d>>>,
    /// Other members: `unevaluatedProperties`.
    pub unevaluated: Option<Id<Schema<'d>>>,
    /// The first entries of a list, one by one.
    pub first: Vec<Id<Schema<'d>>>,
    /// The other entries.
    pub items: Option<Id<Schema<'d>>>,
    /// Rules of which the values are not parts: `not`, `if`, `then`, `else`, `contains`, `propertyNames`.
    pub rules: Vec<(&'d str, Id<Schema<'d>>)>,
    /// `dependentSchemas`.
    pub dependent: Vec<(&'d str, Id<Schema<'d>>)>,
    /// `default`.
    pub default: Option<&'d Value>,
    /// Examples.
    pub examples: Vec<Sample<'d>>,
    /// `title`.
    pub title: Option<&'d str>,
    /// `description`.
    pub description: Option<&'d str>,
    /// `deprecated`.
    pub deprecated: bool,
    /// It is received only.
    pub read_only: bool,
    /// It is sent only.
    pub write_only: bool,
}

/// How a schema holds another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the members of a schema"
)]
pub enum Edge<'d> {
    Reference,
    AllOf,
    Alternative(Choice),
    Property(&'d str),
    Pattern(&'d str),
    Additional,
    Unevaluated,
    First,
    Items,
    Rule(&'d str),
    Dependent(&'d str),
}

impl<'d> Schema<'d> {
    /// The schemas that it holds or refers to.
    pub fn children(&self) -> impl Iterator<Item = (Edge<'d>, Id<Schema<'d>>)> {
        fn named<'s, 'd>(
            list: &'s [(&'d str, Id<Schema<'d>>)],
            edge: fn(&'d str) -> Edge<'d>,
        ) -> impl Iterator<Item = (Edge<'d>, Id<Schema<'d>>)> + use<'s, 'd> {
            list.iter().map(move |(name, id)| (edge(name), *id))
        }
        fn as_one<'s, 'd>(
            list: impl IntoIterator<Item = &'s Id<Schema<'d>>> + 's,
            edge: Edge<'d>,
        ) -> impl Iterator<Item = (Edge<'d>, Id<Schema<'d>>)>
        where
            'd: 's,
        {
            list.into_iter().map(move |id| (edge, *id))
        }
        let target = self.reference.and_then(|reference| reference.target);
        let unions = self.unions.iter();
        target
            .map(|id| (Edge::Reference, id))
            .into_iter()
            .chain(as_one(&self.all_of, Edge::AllOf))
            .chain(unions.flat_map(|union| as_one(&union.members, Edge::Alternative(union.choice))))
            .chain(named(&self.properties, Edge::Property))
            .chain(named(&self.patterns, Edge::Pattern))
            .chain(as_one(&self.additional, Edge::Additional))
            .chain(as_one(&self.unevaluated, Edge::Unevaluated))
            .chain(as_one(&self.first, Edge::First))
            .chain(as_one(&self.items, Edge::Items))
            .chain(named(&self.rules, Edge::Rule))
            .chain(named(&self.dependent, Edge::Dependent))
    }
}

/// Whether a keyword of a schema asks nothing of values: words, examples, names, and what only references reach.
pub fn is_annotation(keyword: &str) -> bool {
    const KEYWORDS: [&str; 12] = [
        "title",
        "description",
        "example",
        "examples",
        "externalDocs",
        "xml",
        "$comment",
        "$schema",
        "$id",
        "$anchor",
        "$defs",
        "definitions",
    ];
    KEYWORDS.contains(&keyword) || keyword.starts_with("x-")
}

impl<'m> At<'m, Schema<'m>> {
    /// Whether it is neither an object nor a flag, and so no schema.
    pub fn is_malformed(self) -> bool {
        !self.raw().is_object() && !self.raw().is_boolean()
    }

    /// What its reference leads to.
    pub fn target(self) -> Option<Self> {
        self.reference?.target.map(|id| self.at(id))
    }

    /// This, or where its references end; the last before one that leads nowhere.
    pub fn end(self) -> Self {
        let chain = std::iter::successors(Some(self), |schema| schema.target());
        chain
            .take(crate::reference::LONGEST_CHAIN)
            .last()
            .unwrap_or(self)
    }

    /// Its name, if it is a component of the document.
    pub fn name(self) -> Option<&'m str> {
        let component = self.model().places.component(self.place())?;
        (component.is_whole && component.section == "schemas").then_some(component.name)
    }
}
