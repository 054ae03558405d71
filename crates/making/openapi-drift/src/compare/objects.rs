//! The fields of objects.

use std::collections::{BTreeMap, BTreeSet};

use openapi_model::Spot;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence, Shift};
use super::schema::{Flat, One, Schema, allows_anything};
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// What is allowed where nothing is named: fields that are not listed, entries of a list.
#[derive(Debug, Clone)]
pub(crate) enum Rest<'a> {
    Anything,
    Nothing(One<'a>),
    Only(Schema<'a>),
}

impl<'a> Rest<'a> {
    /// What all of these schemas together leave.
    pub(crate) fn of(places: Vec<One<'a>>) -> Self {
        if let Some(refused) = places.iter().find(|place| place.is_never) {
            return Self::Nothing(*refused);
        }
        let limiting = places.into_iter().filter(|place| !allows_anything(*place));
        Schema::all_of(limiting.collect()).map_or(Self::Anything, Self::Only)
    }

    fn place(&self) -> Option<One<'a>> {
        match self {
            Self::Anything => None,
            Self::Nothing(place) => Some(*place),
            Self::Only(schema) => schema.places().first().copied(),
        }
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Nothing(_) => "nothing",
            Self::Only(_) => "what a schema says",
        }
    }
}

impl<'a> Engine<'a> {
    /// Compares the fields of two objects.
    pub(crate) fn objects(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (
            Fields::of(before, self.direction),
            Fields::of(after, self.direction),
        );
        for name in old.names().union(&new.names()) {
            self.field(before, after, (&old, &new), name);
        }
        let others = |flat: &Flat<'a>| {
            let unevaluated = flat.schemas(|part| part.unevaluated);
            [unnamed(flat), Rest::of(unevaluated)]
        };
        let keywords = ["additionalProperties", "unevaluatedProperties"];
        for ((keyword, old), new) in keywords.into_iter().zip(others(before)).zip(others(after)) {
            let owner = subject(&after.home.pointer());
            self.rest(
                (&old, &new),
                (before.home, after.home),
                Kind::AdditionalFieldsChanged,
                &format!("Beside the named fields of {owner} (`{keyword}`)"),
            );
        }
        self.patterns(before, after);
    }

    fn field(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        (old, new): (&Fields<'a>, &Fields<'a>),
        name: &str,
    ) {
        let (old_schema, new_schema) = (old.schemas.get(name), new.schemas.get(name));
        let needed = |fields: &Fields<'_>| fields.required.contains(name);
        let is_named = old_schema.is_some() || new_schema.is_some();
        // A field that is only required is there on both sides: it may hold anything.
        let state = |schema: Option<&Schema<'_>>, fields: &Fields<'_>| {
            (schema.is_some() || !is_named || needed(fields)).then_some(needed(fields))
        };
        let presence = judge::presence(state(old_schema, old), state(new_schema, new));
        if let Some(presence) = presence {
            self.field_presence((before, after), (old_schema, new_schema), presence, name);
        }
        if let (Some(old), Some(new)) = (old_schema, new_schema) {
            self.schemas(old, new);
        } else if let Some(new) = new_schema.filter(|_| needed(old) && needed(new)) {
            self.named_only_now(before, new, name);
        } else if let Some(old) = old_schema.filter(|_| needed(old) && needed(new)) {
            self.named_no_more(old, after, name);
        } else {
            self.field_of_a_map((before, after), (old_schema, new_schema));
        }
    }

    /// A field that is named on one side only, where the other side says what fields without a name hold: it could be
    /// there before, and can be there still.
    fn field_of_a_map(
        &mut self,
        (before, after): (&Flat<'a>, &Flat<'a>),
        (old, new): (Option<&Schema<'a>>, Option<&Schema<'a>>),
    ) {
        let unnamed = |flat: &Flat<'a>| match unnamed(flat) {
            Rest::Only(schema) => Some(schema),
            Rest::Anything | Rest::Nothing(_) => None,
        };
        match (old, new) {
            (None, Some(new)) => {
                if let Some(old) = unnamed(before) {
                    self.schemas(&old, new);
                }
            }
            (Some(old), None) => {
                if let Some(new) = unnamed(after) {
                    self.schemas(old, &new);
                }
            }
            _ => {}
        }
    }

    fn field_presence(
        &mut self,
        (before, after): (&Flat<'a>, &Flat<'a>),
        (old, new): (Option<&Schema<'a>>, Option<&Schema<'a>>),
        presence: Presence,
        name: &str,
    ) {
        let place = |schema: Option<&Schema<'a>>| {
            schema.and_then(|schema| schema.places().first().copied())
        };
        let (old_place, new_place) = (place(old), place(new));
        let kind = match presence {
            Presence::Added { .. } => Kind::FieldAdded,
            Presence::Removed { .. } => Kind::FieldRemoved,
            Presence::Required => Kind::FieldRequired,
            Presence::Optional => Kind::FieldOptional,
        };
        let (class, why) = presence.judged(self.direction);
        let (before_needs, after_needs) = presence.needs();
        let finding = match (presence, old_place, new_place) {
            (Presence::Removed { .. }, Some(old), _) => {
                Finding::in_before(old, kind).values(Some(old.end().raw().clone()), None)
            }
            (Presence::Added { .. }, _, Some(new)) => {
                Finding::in_after(new, kind).values(None, Some(new.end().raw().clone()))
            }
            (_, _, new) => {
                Finding::in_after(new.unwrap_or(after.home), kind).values(before_needs, after_needs)
            }
        };
        let owner = match presence {
            Presence::Removed { .. } => before.home,
            _ => after.home,
        };
        let full = qualified(&owner.pointer(), name);
        self.tell(
            finding
                .classed((class, why))
                .says(format!("The field `{full}` {}.", presence.words())),
        );
    }

    /// A field that was required without a schema has one now.
    fn named_only_now(&mut self, before: &Flat<'a>, new: &Schema<'a>, name: &str) {
        let rest = Rest::of(new.places().to_vec());
        self.rest(
            (&Rest::Anything, &rest),
            (
                before.home,
                new.places().first().copied().unwrap_or(before.home),
            ),
            Kind::TypeChanged,
            &format!("As the field `{name}`"),
        );
    }

    /// A field that had a schema is only required now.
    fn named_no_more(&mut self, old: &Schema<'a>, after: &Flat<'a>, name: &str) {
        let rest = Rest::of(old.places().to_vec());
        self.rest(
            (&rest, &Rest::Anything),
            (
                old.places().first().copied().unwrap_or(after.home),
                after.home,
            ),
            Kind::TypeChanged,
            &format!("As the field `{name}`"),
        );
    }

    /// Compares what is allowed where nothing is named. `what` begins a sentence.
    pub(crate) fn rest(
        &mut self,
        (old, new): (&Rest<'a>, &Rest<'a>),
        (old_home, new_home): (impl Into<Spot<'a>>, impl Into<Spot<'a>>),
        kind: Kind,
        what: &str,
    ) {
        let is_answer = self.direction == Direction::Answer;
        let class = match (old, new) {
            (Rest::Anything, Rest::Anything) | (Rest::Nothing(_), Rest::Nothing(_)) => return,
            (Rest::Only(old), Rest::Only(new)) => return self.schemas(old, new),
            (Rest::Nothing(_), _) if is_answer && kind == Kind::AdditionalFieldsChanged => (
                Class::Compatible,
                "Our clients tolerate what they do not know in answers.",
            ),
            (Rest::Only(_), Rest::Nothing(_)) if is_answer => (
                Class::ReadThis,
                "What came there does not come any more; clients had to cope without it.",
            ),
            (_, Rest::Nothing(_)) | (Rest::Anything, _) => {
                judge::shift(self.direction, Shift::Narrowed)
            }
            _ => judge::shift(self.direction, Shift::Widened),
        };
        let finding = match (new.place(), old.place()) {
            (Some(place), _) => Finding::in_after(place, kind),
            (None, Some(place)) => Finding::in_before(place, kind),
            (None, None) => Finding::in_either(Some(old_home.into()), Some(new_home.into()), kind),
        };
        let value = |rest: &Rest<'_>| rest.place().map(|place| place.raw().clone());
        self.tell(
            finding
                .values(value(old), value(new))
                .classed(class)
                .says(format!(
                    "{what}, {} was allowed and {} is now.",
                    old.words(),
                    new.words()
                )),
        );
    }

    fn patterns(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let patterns = |flat: &Flat<'a>| flat.members(|part| &part.patterns);
        let (old, new) = (patterns(before), patterns(after));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let rest = |found: Option<&Schema<'a>>| {
                found.map_or(Rest::Anything, |schema| Rest::of(schema.places().to_vec()))
            };
            self.rest(
                (&rest(old.get(name)), &rest(new.get(name))),
                (before.home, after.home),
                Kind::AdditionalFieldsChanged,
                &format!("In fields whose name matches `{name}`"),
            );
        }
    }
}

/// What fields without a name hold.
fn unnamed<'a>(flat: &Flat<'a>) -> Rest<'a> {
    Rest::of(flat.schemas(|part| part.additional))
}

/// The fields that go in one direction.
struct Fields<'a> {
    schemas: BTreeMap<&'a str, Schema<'a>>,
    required: BTreeSet<&'a str>,
}

impl<'a> Fields<'a> {
    fn of(flat: &Flat<'a>, direction: Direction) -> Self {
        let mut schemas = flat.members(|part| &part.properties);
        let mut required = flat.required();
        let elsewhere = |schema: &Schema<'_>| {
            schema
                .places()
                .iter()
                .any(|place| is_elsewhere(*place, direction))
        };
        let hidden: Vec<&str> = schemas
            .iter()
            .filter(|(_, schema)| elsewhere(schema))
            .map(|(name, _)| *name)
            .collect();
        for name in hidden {
            schemas.remove(name);
            required.remove(name);
        }
        Self { schemas, required }
    }

    fn names(&self) -> BTreeSet<&'a str> {
        self.schemas.keys().chain(&self.required).copied().collect()
    }
}

/// Whether a field goes only in the other direction.
pub(crate) fn is_elsewhere(field: One<'_>, direction: Direction) -> bool {
    let ends = [field, field.end()];
    match direction {
        Direction::Request => ends.iter().any(|field| field.read_only),
        Direction::Answer => ends.iter().any(|field| field.write_only),
        Direction::Api => false,
    }
}

/// The name of a field with that of its object.
fn qualified(owner: &str, name: &str) -> String {
    match subject(owner)
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
    {
        Some(owner) => format!("{owner}.{name}"),
        None => name.to_owned(),
    }
}
