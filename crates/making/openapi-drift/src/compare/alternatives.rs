//! Alternatives: `oneOf` and `anyOf`.

use std::collections::{BTreeMap, BTreeSet};

use openapi_model::Spot;
use openapi_model::schema::Discriminator;
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::schema::{Flat, One, Schema, Union};
use super::types::Types;
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// Pairs of alternatives that are tried out; of more, only those of the same name or place are.
const MOST_TRIALS: usize = 1024;

impl<'a> Engine<'a> {
    /// Compares the alternatives of two schemas.
    pub(crate) fn alternatives(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let pairs = before.unions.len().max(after.unions.len());
        for index in 0..pairs {
            match (before.unions.get(index), after.unions.get(index)) {
                (Some(old), Some(new)) => self.unions(old, new),
                (Some(old), None) => self.union_gone_or_new((before, after), old, false),
                (None, Some(new)) => self.union_gone_or_new((before, after), new, true),
                (None, None) => {}
            }
        }
        self.discriminators(before, after);
    }

    /// Compares a schema without alternatives with one that is nothing else: the first is one of them, or not.
    pub(crate) fn one_against_many(
        &mut self,
        before: (&Schema<'a>, &Flat<'a>),
        after: (&Schema<'a>, &Flat<'a>),
    ) {
        let members = |schema: &Schema<'a>, flat: &Flat<'a>| match flat.unions.first() {
            Some(union) => union.members.clone(),
            None => vec![schema.clone()],
        };
        let home = after.1.home.spot();
        self.members(members(before.0, before.1), members(after.0, after.1), home);
    }

    fn union_gone_or_new(
        &mut self,
        (before, after): (&Flat<'a>, &Flat<'a>),
        union: &Union<'a>,
        is_new: bool,
    ) {
        let (shift, words) = match is_new {
            true => (Shift::Narrowed, "has to match alternatives now"),
            false => (Shift::Widened, "has to match no alternatives any more"),
        };
        let (old, new) = match is_new {
            true => (None, Some(union.place)),
            false => (Some(union.place), None),
        };
        let home = if is_new { after.home } else { before.home };
        self.tell(
            Finding::in_either(old, new, Kind::AlternativesChanged)
                .classed(judge::shift(self.direction, shift))
                .says(format!(
                    "{} {words} (`{}`).",
                    subject(&home.pointer()),
                    union.keyword
                )),
        );
    }

    fn unions(&mut self, old: &Union<'a>, new: &Union<'a>) {
        if old.keyword != new.keyword {
            let shift = match new.keyword {
                "oneOf" => Shift::Narrowed,
                _ => Shift::Widened,
            };
            let class = match self.direction {
                Direction::Answer if shift == Shift::Widened => (
                    Class::ReadThis,
                    "A value may match several alternatives now; a client takes the first that fits.",
                ),
                direction => judge::shift(direction, shift),
            };
            self.tell(
                Finding::in_after(new.place, Kind::AlternativesChanged)
                    .values(Some(old.keyword.into()), Some(new.keyword.into()))
                    .classed(class)
                    .says(format!(
                        "The alternatives of {} are combined by `{}` and no longer by `{}`.",
                        subject(&new.place.pointer()),
                        new.keyword,
                        old.keyword
                    )),
            );
        }
        self.members(old.members.clone(), new.members.clone(), new.place);
    }

    fn members(&mut self, old: Vec<Schema<'a>>, new: Vec<Schema<'a>>, home: Spot<'a>) {
        let name = subject(&home.pointer());
        let (mut old_left, mut new_left) = (indices(&old), indices(&new));
        for (left, right) in self.matched(&old, &new) {
            old_left.remove(&left);
            new_left.remove(&right);
            // Unwrapped and compared as a pair of its own: it has been compared as one when it was matched.
            self.wrappers(&old[left], &new[right]);
            self.link(old[left].unwrapped(), new[right].unwrapped());
        }
        for place in old_left
            .iter()
            .filter_map(|index| old[*index].places().first())
        {
            self.tell(
                Finding::in_before(*place, Kind::AlternativeRemoved)
                    .values(Some(place.raw().clone()), None)
                    .classed(judge::shift(self.direction, Shift::Narrowed))
                    .says(format!(
                        "An alternative of {name} is gone{}.",
                        called(*place)
                    )),
            );
        }
        for place in new_left
            .iter()
            .filter_map(|index| new[*index].places().first())
        {
            self.tell(
                Finding::in_after(*place, Kind::AlternativeAdded)
                    .values(None, Some(place.raw().clone()))
                    .classed(judge::shift(self.direction, Shift::Widened))
                    .says(format!(
                        "{name} has one more alternative{}.",
                        called(*place)
                    )),
            );
        }
    }

    /// Which alternative became which, by index.
    fn matched(&mut self, old: &[Schema<'a>], new: &[Schema<'a>]) -> Vec<(usize, usize)> {
        let names = |schemas: &[Schema<'a>]| -> Vec<Option<&'a str>> {
            schemas.iter().map(Schema::name).collect()
        };
        let (old_names, new_names) = (names(old), names(new));
        let same_name = |left: usize, right: usize| {
            old_names[left].is_some() && old_names[left] == new_names[right]
        };
        let mut matched = Vec::new();
        let (mut old_left, mut new_left) = (indices(old), indices(new));
        // Those of the same name that are the same, then all that are the same, then those that are alike.
        for left in old_left.clone() {
            let same = new_left
                .iter()
                .copied()
                .find(|right| same_name(left, *right));
            if let Some(right) = same
                && self.cost(&old[left], &new[right]) == 0
            {
                old_left.remove(&left);
                new_left.remove(&right);
                matched.push((left, right));
            }
        }
        let is_small = old_left.len().saturating_mul(new_left.len()) <= MOST_TRIALS;
        let mut costs = Vec::new();
        for left in &old_left {
            for right in &new_left {
                let same_name = same_name(*left, *right);
                if is_small || same_name || left == right {
                    let cost = self.cost(&old[*left], &new[*right]);
                    let differ = !same_name;
                    if cost == 0 || same_name || are_alike(&old[*left], &new[*right]) {
                        costs.push((
                            cost.min(1),
                            differ,
                            cost,
                            left.abs_diff(*right),
                            *left,
                            *right,
                        ));
                    }
                }
            }
        }
        costs.sort_unstable();
        for (.., left, right) in costs {
            if old_left.contains(&left) && new_left.contains(&right) {
                old_left.remove(&left);
                new_left.remove(&right);
                matched.push((left, right));
            }
        }
        matched.sort_unstable();
        matched
    }

    fn discriminators(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let told = |flat: &Flat<'a>| {
            let part = *flat
                .parts
                .iter()
                .find(|part| part.discriminator.is_some())?;
            Some((
                part,
                part.said().discriminator.as_ref()?,
                part.keyword("discriminator")?,
            ))
        };
        let (old, new) = match (told(before), told(after)) {
            (None, None) => return,
            (Some(old), Some(new)) => (old, new),
            (old, new) => {
                let spot = |told: Option<(_, _, Spot<'a>)>| told.map(|(.., spot)| spot);
                let class = match self.direction {
                    Direction::Answer => (
                        Class::ReadThis,
                        "Alternatives are told apart in another way; what comes is the same.",
                    ),
                    direction => judge::unknown(direction),
                };
                let word = if new.is_some() { "has" } else { "has no" };
                let finding = Finding::in_either(spot(old), spot(new), Kind::DiscriminatorChanged)
                    .classed(class)
                    .says(format!(
                        "{} {word} discriminator now.",
                        subject(&after.home.pointer())
                    ));
                return self.tell(finding);
            }
        };
        let (old_names, new_names) = (
            wire_names(old.0, old.1, before),
            wire_names(new.0, new.1, after),
        );
        let (old_field, new_field) = (old.1.property, new.1.property);
        let (old, new) = (old.2, new.2);
        let lost: Vec<&&str> = old_names
            .keys()
            .filter(|name| !new_names.contains_key(*name))
            .collect();
        let come: Vec<&&str> = new_names
            .keys()
            .filter(|name| !old_names.contains_key(*name))
            .collect();
        let renamed = old_field != new_field || !lost.is_empty() || !come.is_empty();
        let moved = old_names.iter().any(|(name, schema)| {
            new_names
                .get(name)
                .is_some_and(|other| self.leads_elsewhere(schema, other))
        });
        let odd = |told: Spot<'_>| {
            told.value
                .get("mapping")
                .is_some_and(|map| !map.is_object())
        };
        let irregular = old.value.get("propertyName") != new.value.get("propertyName")
            || (odd(old) || odd(new)) && old.value != new.value;
        if !renamed && !moved && !irregular {
            return;
        }
        let is_regular = old_field == new_field && !moved && !irregular;
        let shift = match (lost.is_empty(), come.is_empty()) {
            (true, _) if is_regular => Shift::Widened,
            (_, true) if is_regular => Shift::Narrowed,
            _ => Shift::Other,
        };
        self.tell(
            Finding::in_after(new, Kind::DiscriminatorChanged)
                .values(Some(old.value.clone()), Some(new.value.clone()))
                .classed(judge::shift(self.direction, shift))
                .says(format!(
                    "The field `{}` tells the alternatives of {} apart, with other values or in place of `{}`.",
                    new_field.unwrap_or_default(),
                    subject(&after.home.pointer()),
                    old_field.unwrap_or_default(),
                )),
        );
    }

    fn leads_elsewhere(&mut self, old: &Target<'a>, new: &Target<'a>) -> bool {
        match (old, new) {
            (Target::Schema(old), Target::Schema(new)) => {
                old.name() != new.name() && self.cost(old, new) > 0
            }
            (Target::Unknown(old), Target::Unknown(new)) => old != new,
            _ => true,
        }
    }
}

/// What a value of a discriminator leads to.
enum Target<'a> {
    Schema(Schema<'a>),
    Unknown(&'a Value),
}

/// The values of a discriminator on the wire: those of its mapping, and the names of the components that it does not
/// map, which are on the wire for that reason alone.
fn wire_names<'a>(
    place: One<'a>,
    told: &'a Discriminator<'a>,
    flat: &Flat<'a>,
) -> BTreeMap<&'a str, Target<'a>> {
    let members = flat.unions.iter().flat_map(|union| &union.members);
    let members: Vec<(&str, &Schema<'a>)> = members
        .filter_map(|member| Some((member.name()?, member)))
        .collect();
    let mut names = BTreeMap::new();
    let mut mapped = BTreeSet::new();
    for (value, written, target) in &told.mapping {
        let component = target.and_then(|target| Schema::new(place.at(target)).name());
        let mut members = members.iter();
        let found = members.find(|(name, _)| Some(*name) == component);
        mapped.extend(component);
        let target = match found {
            Some((_, schema)) => Target::Schema((*schema).clone()),
            None => Target::Unknown(written),
        };
        names.insert(*value, target);
    }
    for (name, schema) in members {
        if !mapped.contains(name) {
            names.insert(name, Target::Schema(schema.clone()));
        }
    }
    names
}

fn indices(schemas: &[Schema<'_>]) -> BTreeSet<usize> {
    (0..schemas.len()).collect()
}

/// Whether one alternative may have become the other: the same types, and half of the fields at least.
fn are_alike(old: &Schema<'_>, new: &Schema<'_>) -> bool {
    let (Some(old), Some(new)) = (Flat::of(old), Flat::of(new)) else {
        return false;
    };
    if !super::types::overlap(&Types::of(&old), &Types::of(&new)) {
        return false;
    }
    fn fields<'a>(flat: &Flat<'a>) -> BTreeSet<&'a str> {
        let mut fields = flat.required();
        fields.extend(flat.members(|part| &part.properties).into_keys());
        fields
    }
    let (old, new) = (fields(&old), fields(&new));
    let common = old.intersection(&new).count();
    (old.is_empty() && new.is_empty()) || 2 * common >= old.len().max(new.len())
}

fn called(place: One<'_>) -> String {
    let name = Schema::new(place).name().or(place.said().title);
    name.map(|name| format!(": `{name}`")).unwrap_or_default()
}
