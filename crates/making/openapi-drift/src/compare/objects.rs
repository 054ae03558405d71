//! The fields of objects.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence, Shift};
use super::schema::{Flat, Schema, allows_anything};
use crate::place::{Place, subject};
use crate::{Class, Direction, Kind};

/// What is allowed where nothing is named: fields that are not listed, entries of a list.
#[derive(Debug, Clone)]
pub(crate) enum Rest<'a> {
    Anything,
    Nothing(Place<'a>),
    Only(Schema<'a>),
}

impl<'a> Rest<'a> {
    /// What all of these schemas together leave.
    pub(crate) fn of(places: Vec<Place<'a>>) -> Self {
        if let Some(refused) = places.iter().find(|place| *place.value == false) {
            return Self::Nothing(refused.clone());
        }
        let limiting = places.into_iter().filter(|place| !allows_anything(place));
        Schema::all_of(limiting.collect()).map_or(Self::Anything, Self::Only)
    }

    fn place(&self) -> Option<&Place<'a>> {
        match self {
            Self::Anything => None,
            Self::Nothing(place) => Some(place),
            Self::Only(schema) => schema.places().first(),
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
    pub(crate) fn objects(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let (old, new) = (Fields::of(before, direction), Fields::of(after, direction));
        for name in old.names().union(&new.names()) {
            self.field(before, after, (&old, &new), name, direction);
        }
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            let rest = |flat: &Flat<'a>| Rest::of(flat.all(keyword));
            let owner = subject(&after.home.at);
            self.rest(
                (&rest(before), &rest(after)),
                (&before.home, &after.home),
                Kind::AdditionalFieldsChanged,
                direction,
                &format!("Beside the named fields of {owner} (`{keyword}`)"),
            );
        }
        self.patterns(before, after, direction);
    }

    fn field(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        (old, new): (&Fields<'a>, &Fields<'a>),
        name: &str,
        direction: Direction,
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
            self.field_presence(
                (before, after),
                (old_schema, new_schema),
                presence,
                name,
                direction,
            );
        }
        if let (Some(old), Some(new)) = (old_schema, new_schema) {
            self.schemas(old, new, direction);
        } else if let Some(new) = new_schema.filter(|_| needed(old) && needed(new)) {
            self.named_only_now(before, new, name, direction);
        } else if let Some(old) = old_schema.filter(|_| needed(old) && needed(new)) {
            self.named_no_more(old, after, name, direction);
        } else {
            self.field_of_a_map((before, after), (old_schema, new_schema), direction);
        }
    }

    /// A field that is named on one side only, where the other side says what fields without a name hold: it could be
    /// there before, and can be there still.
    fn field_of_a_map(
        &mut self,
        (before, after): (&Flat<'a>, &Flat<'a>),
        (old, new): (Option<&Schema<'a>>, Option<&Schema<'a>>),
        direction: Direction,
    ) {
        let unnamed = |flat: &Flat<'a>| match Rest::of(flat.all("additionalProperties")) {
            Rest::Only(schema) => Some(schema),
            Rest::Anything | Rest::Nothing(_) => None,
        };
        match (old, new) {
            (None, Some(new)) => {
                if let Some(old) = unnamed(before) {
                    self.schemas(&old, new, direction);
                }
            }
            (Some(old), None) => {
                if let Some(new) = unnamed(after) {
                    self.schemas(old, &new, direction);
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
        direction: Direction,
    ) {
        let place = |schema: Option<&Schema<'a>>| {
            schema.and_then(|schema| schema.places().first().cloned())
        };
        let (old_place, new_place) = (place(old), place(new));
        let kind = match presence {
            Presence::Added { .. } => Kind::FieldAdded,
            Presence::Removed { .. } => Kind::FieldRemoved,
            Presence::Required => Kind::FieldRequired,
            Presence::Optional => Kind::FieldOptional,
        };
        let (class, why) = presence.judged(direction);
        let (before_needs, after_needs) = presence.needs();
        let finding = match (presence, old_place, new_place) {
            (Presence::Removed { .. }, Some(old), _) => Finding::in_before(&old, kind, direction)
                .values(Some(old.resolved().value.clone()), None),
            (Presence::Added { .. }, _, Some(new)) => Finding::in_after(&new, kind, direction)
                .values(None, Some(new.resolved().value.clone())),
            (_, _, new) => {
                Finding::in_after(&new.unwrap_or_else(|| after.home.clone()), kind, direction)
                    .values(before_needs, after_needs)
            }
        };
        let owner = match presence {
            Presence::Removed { .. } => &before.home,
            _ => &after.home,
        };
        let full = qualified(&owner.at, name);
        self.tell(
            finding
                .classed((class, why))
                .says(format!("The field `{full}` {}.", presence.words())),
        );
    }

    /// A field that was required without a schema has one now.
    fn named_only_now(
        &mut self,
        before: &Flat<'a>,
        new: &Schema<'a>,
        name: &str,
        direction: Direction,
    ) {
        let rest = Rest::of(new.places().to_vec());
        self.rest(
            (&Rest::Anything, &rest),
            (&before.home, new.places().first().unwrap_or(&before.home)),
            Kind::TypeChanged,
            direction,
            &format!("As the field `{name}`"),
        );
    }

    /// A field that had a schema is only required now.
    fn named_no_more(
        &mut self,
        old: &Schema<'a>,
        after: &Flat<'a>,
        name: &str,
        direction: Direction,
    ) {
        let rest = Rest::of(old.places().to_vec());
        self.rest(
            (&rest, &Rest::Anything),
            (old.places().first().unwrap_or(&after.home), &after.home),
            Kind::TypeChanged,
            direction,
            &format!("As the field `{name}`"),
        );
    }

    /// Compares what is allowed where nothing is named. `what` begins a sentence.
    pub(crate) fn rest(
        &mut self,
        (old, new): (&Rest<'a>, &Rest<'a>),
        (old_home, new_home): (&Place<'a>, &Place<'a>),
        kind: Kind,
        direction: Direction,
        what: &str,
    ) {
        let is_answer = direction == Direction::Answer;
        let class = match (old, new) {
            (Rest::Anything, Rest::Anything) | (Rest::Nothing(_), Rest::Nothing(_)) => return,
            (Rest::Only(old), Rest::Only(new)) => return self.schemas(old, new, direction),
            (Rest::Nothing(_), _) if is_answer && kind == Kind::AdditionalFieldsChanged => (
                Class::Compatible,
                "Our clients tolerate what they do not know in answers.",
            ),
            (Rest::Only(_), Rest::Nothing(_)) if is_answer => (
                Class::ReadThis,
                "What came there does not come any more; clients had to cope without it.",
            ),
            (_, Rest::Nothing(_)) | (Rest::Anything, _) => judge::shift(direction, Shift::Narrowed),
            _ => judge::shift(direction, Shift::Widened),
        };
        let finding = match (new.place(), old.place()) {
            (Some(place), _) => Finding::in_after(place, kind, direction),
            (None, Some(place)) => Finding::in_before(place, kind, direction),
            (None, None) => Finding::in_either(Some(old_home), Some(new_home), kind, direction),
        };
        let value = |rest: &Rest<'_>| rest.place().map(|place| place.value.clone());
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

    fn patterns(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let (old, new) = (
            members(before, "patternProperties"),
            members(after, "patternProperties"),
        );
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let rest = |found: Option<&Schema<'a>>| {
                found.map_or(Rest::Anything, |schema| Rest::of(schema.places().to_vec()))
            };
            self.rest(
                (&rest(old.get(name)), &rest(new.get(name))),
                (&before.home, &after.home),
                Kind::AdditionalFieldsChanged,
                direction,
                &format!("In fields whose name matches `{name}`"),
            );
        }
    }
}

/// The schemas of a keyword that holds schemas by name, from all parts.
pub(crate) fn members<'a>(flat: &Flat<'a>, keyword: &str) -> BTreeMap<&'a str, Schema<'a>> {
    let mut places: BTreeMap<&str, Vec<Place<'a>>> = BTreeMap::new();
    for (name, place) in flat.all(keyword).iter().flat_map(Place::entries) {
        places.entry(name).or_default().push(place);
    }
    let schemas = places.into_iter();
    schemas
        .filter_map(|(name, places)| Some((name, Schema::all_of(places)?)))
        .collect()
}

/// The fields that go in one direction.
struct Fields<'a> {
    schemas: BTreeMap<&'a str, Schema<'a>>,
    required: BTreeSet<&'a str>,
}

impl<'a> Fields<'a> {
    fn of(flat: &Flat<'a>, direction: Direction) -> Self {
        let mut schemas = members(flat, "properties");
        let mut required: BTreeSet<&str> = flat
            .all("required")
            .iter()
            .flat_map(Place::items)
            .filter_map(|name| name.value.as_str())
            .collect();
        let elsewhere = |schema: &Schema<'_>| {
            schema
                .places()
                .iter()
                .any(|place| is_elsewhere(place, direction))
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
pub(crate) fn is_elsewhere(field: &Place<'_>, direction: Direction) -> bool {
    let keyword = match direction {
        Direction::Request => "readOnly",
        Direction::Answer => "writeOnly",
        Direction::Api => return false,
    };
    field.is(keyword) || field.resolved().is(keyword)
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
