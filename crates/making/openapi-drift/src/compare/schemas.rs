//! Two schemas.

use std::collections::BTreeSet;

use openapi_model::schema::Edge;
use openapi_model::{At, Id, Part, Spot, schema};
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::keywords;
use super::objects;
use super::schema::{Flat, One, Schema};
use super::types::{self, Types};
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// Keywords that hold a schema to which a direction cannot be given.
const RULES: [&str; 6] = ["not", "if", "then", "else", "contains", "propertyNames"];

impl<'a> Engine<'a> {
    /// Compares two schemas, whatever leads to them.
    pub(crate) fn compare_schemas(&mut self, before: &Schema<'a>, after: &Schema<'a>) {
        if self.same_text(before, after) {
            return;
        }
        let (Some(old), Some(new)) = (Flat::of(before), Flat::of(after)) else {
            return;
        };
        if self.unreadable(&old, &new) {
            return;
        }
        self.descriptions(&old, &new);
        let one_against_many = (old.unions.is_empty() && new.is_only_a_union())
            || (new.unions.is_empty() && old.is_only_a_union());
        if one_against_many {
            if old.is(|part| part.nullable) != new.is(|part| part.nullable) {
                self.types(&old, &new);
            }
            return self.one_against_many((before, &old), (after, &new));
        }
        self.types(&old, &new);
        if !types::overlap(&Types::of(&old), &Types::of(&new)) {
            return;
        }
        self.formats(&old, &new);
        self.patterns_of_texts(&old, &new);
        self.limits(&old, &new);
        self.defaults(&old, &new);
        self.deprecation(
            old.is(|part| part.deprecated),
            new.is(|part| part.deprecated),
            new.spot("deprecated"),
        );
        self.objects(&old, &new);
        self.arrays(&old, &new);
        self.alternatives(&old, &new);
        self.rules(&old, &new);
        self.odd_keywords(&old, &new);
    }

    /// Compares the words beside references that stand alone.
    pub(crate) fn wrappers(&mut self, before: &Schema<'a>, after: &Schema<'a>) {
        let wrappers = |schema: &Schema<'a>| -> Vec<One<'a>> {
            let places = schema.places().iter().copied();
            places
                .filter(|place| place.raw().get("$ref").is_some())
                .collect()
        };
        let (old, new) = (wrappers(before), wrappers(after));
        // Where one side has the words on the reference and the other has no reference, both have them in the schema.
        if !old.is_empty() && !new.is_empty() {
            self.wording(&words(old), &words(new));
        }
    }

    /// Whether two schemas are the same text; then only what their references lead to is compared.
    fn same_text(&mut self, before: &Schema<'a>, after: &Schema<'a>) -> bool {
        if !before.is_written_like(after) {
            return false;
        }
        let mut references = Vec::new();
        let mut pairs = before.places().iter().zip(after.places());
        if !pairs.all(|(old, new)| collect(*old, *new, self.direction, &mut references)) {
            return false;
        }
        for (old, new) in references {
            self.link(Schema::new(old).unwrapped(), Schema::new(new).unwrapped());
        }
        true
    }

    /// Compares schemas of which at least one cannot be read, or is `false`; tells whether that was so.
    fn unreadable(&mut self, old: &Flat<'a>, new: &Flat<'a>) -> bool {
        let texts = |flat: &Flat<'a>| -> Vec<&'a str> { flat.broken.keys().copied().collect() };
        if texts(old) != texts(new) {
            let value =
                |flat: &Flat<'a>| flat.broken.values().next().map(|place| place.raw().clone());
            let class = match self.direction {
                Direction::Answer => (
                    Class::ReadThis,
                    "What the reference means cannot be read, so that nothing is known of the value.",
                ),
                _ => (
                    Class::Breaking,
                    "What the reference means cannot be read, so that the worst is assumed.",
                ),
            };
            self.tell(
                Finding::in_after(new.home, Kind::ReferenceBroken)
                    .values(value(old), value(new))
                    .classed(class)
                    .says(format!(
                        "A `$ref` of {} leads nowhere, on one side or both.",
                        subject(&new.home.pointer())
                    )),
            );
            return true;
        }
        let (shift, words) = match (old.refuses, new.refuses) {
            (false, false) => return false,
            (true, true) => return true,
            (false, true) => (Shift::Narrowed, "nothing is allowed any more"),
            (true, false) => (Shift::Widened, "something is allowed where nothing was"),
        };
        self.tell(
            Finding::in_after(new.home, Kind::TypeChanged)
                .values(Some(old.home.raw().clone()), Some(new.home.raw().clone()))
                .classed(judge::shift(self.direction, shift))
                .says(format!("As {}, {words}.", subject(&new.home.pointer()))),
        );
        true
    }

    fn descriptions(&mut self, old: &Flat<'a>, new: &Flat<'a>) {
        self.wording(
            &words(old.parts.iter().copied()),
            &words(new.parts.iter().copied()),
        );
    }

    fn formats(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (formats(before), formats(after));
        if old == new {
            return;
        }
        let has = |format: &str| old.contains(format) || new.contains(format);
        let width = |formats: &BTreeSet<&str>| {
            let name = formats.iter().next().copied();
            match name {
                _ if formats.len() > 1 => None,
                Some("int32" | "float") => Some(1),
                Some("int64" | "double") => Some(2),
                None => Some(3),
                _ => None,
            }
        };
        let shift = match (width(&old), width(&new)) {
            (Some(old), Some(new)) if old < new => Shift::Widened,
            (Some(_), Some(_)) => Shift::Narrowed,
            _ if old.is_empty() => Shift::Narrowed,
            _ if new.is_empty() => Shift::Widened,
            _ => Shift::Other,
        };
        let is_width = width(&old).is_some() && width(&new).is_some();
        let is_answer = self.direction == Direction::Answer;
        let (kind, class) = if has("decimal") {
            let why = "It is an amount, and is written in another form. Check what our clients send and read.";
            match self.direction {
                Direction::Answer => (Kind::UnitChanged, (Class::ReadThis, why)),
                _ => (Kind::UnitChanged, (Class::Breaking, why)),
            }
        } else if is_width && is_answer {
            let why = "Our clients read whole numbers of 64 bits and exact decimals, whatever the format says.";
            (Kind::FormatChanged, (Class::Compatible, why))
        } else if has("password") && (old.is_empty() || new.is_empty()) {
            let why = "The format is a hint for forms; the value is the same.";
            (Kind::FormatChanged, (Class::Compatible, why))
        } else if is_answer && Types::of(after).is_text() {
            (Kind::FormatChanged, text_of_an_answer(&old, &new))
        } else {
            (Kind::FormatChanged, judge::shift(self.direction, shift))
        };
        let value = |formats: &BTreeSet<&str>| {
            let names: Vec<&str> = formats.iter().copied().collect();
            (!names.is_empty()).then(|| Value::from(names.join(", ")))
        };
        let text = |formats: &BTreeSet<&str>| match value(formats) {
            Some(Value::String(names)) => format!("`{names}`"),
            _ => "none".to_owned(),
        };
        self.tell(
            Finding::in_after(after.spot("format"), kind)
                .values(value(&old), value(&new))
                .classed(class)
                .says(format!(
                    "The format of {} was {} and is {} now.",
                    subject(&after.home.pointer()),
                    text(&old),
                    text(&new)
                )),
        );
    }

    fn patterns_of_texts(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let patterns =
            |flat: &Flat<'a>| -> BTreeSet<&str> { flat.all(|part| part.pattern).collect() };
        let (old, new) = (patterns(before), patterns(after));
        if old == new {
            return;
        }
        let shift = match () {
            () if new.is_subset(&old) => Shift::Widened,
            () if old.is_subset(&new) => Shift::Narrowed,
            () => Shift::Other,
        };
        let value = |patterns: &BTreeSet<&str>| {
            let patterns: Vec<&str> = patterns.iter().copied().collect();
            (!patterns.is_empty()).then(|| Value::from(patterns.join(" and ")))
        };
        self.tell(
            Finding::in_after(after.spot("pattern"), Kind::PatternChanged)
                .values(value(&old), value(&new))
                .classed(judge::limit(self.direction, shift))
                .says(format!(
                    "The pattern of {} is another one.",
                    subject(&after.home.pointer())
                )),
        );
    }

    fn defaults(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (before.keyword("default"), after.keyword("default"));
        let raw = |spot: Option<Spot<'a>>| spot.map(|spot| spot.value);
        if raw(old) == raw(new) {
            return;
        }
        let class = match (self.direction, old, new) {
            (Direction::Request, Some(_), Some(_)) => (
                Class::Breaking,
                "A request that leaves it out does something else now. Send the value that is meant.",
            ),
            (Direction::Request, ..) => (
                Class::ReadThis,
                "What a request that leaves it out does is said now, or no longer. Send the value that is meant.",
            ),
            _ => (
                Class::ReadThis,
                "What it means that an answer leaves it out changed. Our clients fill in no defaults.",
            ),
        };
        self.tell(
            Finding::in_either(old, new, Kind::DefaultChanged)
                .classed(class)
                .says(format!(
                    "The default of {} is another one.",
                    subject(&after.home.pointer())
                )),
        );
    }

    /// Compares whether something is deprecated.
    pub(crate) fn deprecation(&mut self, old: bool, new: bool, after: Spot<'a>) {
        if old == new {
            return;
        }
        let (kind, class) = match new {
            true => (
                Kind::Deprecated,
                (
                    Class::ReadThis,
                    "It still works and will go. Plan what takes its place.",
                ),
            ),
            false => (
                Kind::DeprecationLifted,
                (Class::Compatible, "It is to stay."),
            ),
        };
        let pointer = after.pointer();
        let pointer = pointer.strip_suffix("/deprecated").unwrap_or(&pointer);
        let name = match pointer {
            pointer if is_in_schema(pointer) => subject(pointer),
            pointer if pointer.contains("/parameters/") => "The parameter".to_owned(),
            _ => "The operation".to_owned(),
        };
        let word = if new {
            "is deprecated now"
        } else {
            "is no longer deprecated"
        };
        self.tell_of(
            Direction::Api,
            Finding::in_after(after, kind)
                .values(Some(old.into()), Some(new.into()))
                .classed(class)
                .says(format!("{name} {word}.")),
        );
    }

    fn rules(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        for keyword in RULES {
            let schema = |flat: &Flat<'a>| {
                Schema::all_of(flat.schemas(|part| {
                    let mut rules = part.rules.iter();
                    rules.find(|(rule, _)| *rule == keyword).map(|(_, id)| *id)
                }))
            };
            let differ = match (schema(before), schema(after)) {
                (None, None) => false,
                (Some(old), Some(new)) => self.cost(&old, &new) > 0,
                _ => true,
            };
            if differ {
                self.constraint(before, after, keyword);
            }
        }
        let dependent = |flat: &Flat<'a>| flat.members(|part| &part.dependent);
        let (old, new) = (dependent(before), dependent(after));
        let same = old.len() == new.len()
            && old
                .iter()
                .all(|(name, old)| new.get(name).is_some_and(|new| self.cost(old, new) == 0));
        if !same {
            self.constraint(before, after, "dependentSchemas");
        }
    }

    fn constraint(&mut self, before: &Flat<'a>, after: &Flat<'a>, keyword: &str) {
        let (old, new) = (before.keyword(keyword), after.keyword(keyword));
        let class = match self.direction {
            Direction::Answer => (
                Class::ReadThis,
                "Our clients do not check the rule, and whether they can read all that it allows cannot be told.",
            ),
            _ => (
                Class::Breaking,
                "Whether requests of today keep the rule cannot be told, so that the worst is assumed.",
            ),
        };
        self.tell(
            Finding::in_either(old, new, Kind::ConstraintChanged)
                .classed(class)
                .says(format!(
                    "The rule `{keyword}` of {} is another one.",
                    subject(&after.home.pointer())
                )),
        );
    }

    /// Compares what no rule takes.
    fn odd_keywords(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (before.leftovers(), after.leftovers());
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let (old, new) = (old.get(name), new.get(name));
            let values = |places: Option<&Vec<Spot<'a>>>| -> BTreeSet<String> {
                let places = places.into_iter().flatten();
                places.map(|place| place.value.to_string()).collect()
            };
            if values(old) == values(new) {
                continue;
            }
            let first = |places: Option<&Vec<Spot<'a>>>| places?.first().copied();
            let (old, new) = (first(old), first(new));
            if keywords::is_unit_extension(name) {
                self.unit_extension(old, new, name);
            } else {
                self.unknown(old, new, name);
            }
        }
    }
}

fn is_in_schema(pointer: &str) -> bool {
    pointer.starts_with("/components/schemas/") || pointer.contains("/schema")
}

/// The descriptions of some parts.
pub(crate) fn words<'a, T: Part<'a>>(parts: impl IntoIterator<Item = At<'a, T>>) -> Vec<Spot<'a>> {
    let parts = parts.into_iter();
    parts
        .filter_map(|part| part.keyword("description"))
        .collect()
}

fn formats<'a>(flat: &Flat<'a>) -> BTreeSet<&'a str> {
    flat.all(|part| part.format).collect()
}

/// The references within two schemas of the same text, in pairs; false if it has to be looked at in detail, because a
/// reference is not simply a part of a value that goes in this direction.
fn collect<'a>(
    old: One<'a>,
    new: One<'a>,
    direction: Direction,
    into: &mut Vec<(One<'a>, One<'a>)>,
) -> bool {
    let children = |one: One<'a>| -> Vec<(Edge<'a>, Id<schema::Schema<'a>>)> {
        one.said().children().collect()
    };
    let (olds, news) = (children(old), children(new));
    // Whether an alternative is null, or a reference leads anywhere, is not in the text.
    let is_other = |((one, _), (other, _)): (&(Edge<'a>, _), &(Edge<'a>, _))| one != other;
    if olds.len() != news.len() || olds.iter().zip(&news).any(is_other) {
        return false;
    }
    if old
        .discriminator
        .as_ref()
        .is_some_and(|told| !told.mapping.is_empty())
    {
        return false;
    }
    olds.into_iter()
        .zip(news)
        .all(|((edge, left), (_, right))| {
            let (left, right) = (old.at(left), new.at(right));
            match edge {
                Edge::Reference => {
                    into.push((left, right));
                    true
                }
                Edge::Rule(_) | Edge::Dependent(_) => {
                    let mut within = Vec::new();
                    collect(left, right, direction, &mut within) && within.is_empty()
                }
                Edge::Property(_) | Edge::Pattern(_) => {
                    let elsewhere = |place| objects::is_elsewhere(place, direction);
                    match (elsewhere(left), elsewhere(right)) {
                        (true, true) => true,
                        (false, false) => collect(left, right, direction, into),
                        _ => false,
                    }
                }
                _ => collect(left, right, direction, into),
            }
        })
}

/// The class of another format of a text in an answer, and why. Our clients read every text whatever its format, a
/// date-time included, which they keep as it came: no format fails to be read. What code makes of the text is another
/// matter, unless whatever comes now could come before.
fn text_of_an_answer(old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> (Class, &'static str) {
    match () {
        () if new.contains("binary") && !old.contains("binary") => (
            Class::Breaking,
            "Bytes come in place of a text: clients of the old document cannot read them.",
        ),
        () if old.is_subset(new) => (
            Class::Compatible,
            "A text of that format is a text, and could come before.",
        ),
        () => (
            Class::ReadThis,
            "Our clients still read the text, whatever its format. Code that makes something of it, such as a day, may \
             fail: a date-time without time or zone is no instant.",
        ),
    }
}
