//! Types, null and enumerations.

use std::collections::BTreeSet;

use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::schema::{Flat, types_of};
use super::units;
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// The types that a schema allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Types<'a> {
    /// None for any. An integer is a number, so that `number` comes with `integer`; null is not among them.
    allowed: Option<BTreeSet<&'a str>>,
    /// The type that other keywords speak of, when none is stated.
    implied: Option<&'static str>,
    null: bool,
}

impl<'a> Types<'a> {
    pub(crate) fn of(flat: &Flat<'a>) -> Self {
        let stated: Vec<BTreeSet<&str>> = flat
            .all("type")
            .iter()
            .filter_map(|place| types_of(place.value))
            .chain(flat.bare_types.iter().cloned())
            .collect();
        let null_stated = !stated.is_empty() && stated.iter().all(|types| types.contains("null"));
        let values = values(flat);
        let of_values = || values.as_ref().map(|values| kinds(values));
        let allowed = stated
            .into_iter()
            .map(widened)
            .reduce(|left, right| &left & &right)
            .or_else(of_values);
        let by_keyword = flat.null_by_union || flat.is("nullable");
        let null = match &values {
            Some(values) => {
                by_keyword
                    || (values.contains(&&Value::Null)
                        && (null_stated || flat.all("type").is_empty()))
            }
            None => by_keyword || null_stated || (allowed.is_none() && flat.unions.is_empty()),
        };
        Self {
            allowed,
            implied: implied(flat),
            null,
        }
    }

    /// The type that other keywords speak of.
    pub(crate) fn implied(&self) -> Option<&'static str> {
        self.implied
    }

    /// Whether null is allowed beside types that are named.
    pub(crate) fn is_null_said(&self) -> bool {
        self.null && self.allowed.is_some()
    }

    /// Whether only texts are allowed, as far as is said.
    pub(crate) fn is_text(&self) -> bool {
        match &self.allowed {
            Some(allowed) => allowed.iter().eq([&"string"]),
            None => self.implied == Some("string"),
        }
    }

    /// Whether only whole numbers are allowed.
    pub(crate) fn is_integer(&self) -> bool {
        self.allowed
            .as_ref()
            .is_some_and(|allowed| allowed.iter().eq([&"integer"]))
    }

    /// The name of the type, or a list of them; `any` for no limit.
    pub(crate) fn text(&self) -> Value {
        let Some(allowed) = &self.allowed else {
            return Value::from("any");
        };
        let mut names: Vec<&str> = allowed.iter().copied().collect();
        if names.contains(&"number") {
            names.retain(|name| *name != "integer");
        }
        match names.as_slice() {
            [one] => Value::from(*one),
            names => Value::from(names),
        }
    }
}

fn widened(mut types: BTreeSet<&str>) -> BTreeSet<&str> {
    types.remove("null");
    if types.contains("number") {
        types.insert("integer");
    }
    types
}

/// The values of an enumeration, in all parts that have one; nothing when there is none.
pub(crate) fn values<'a>(flat: &Flat<'a>) -> Option<Vec<&'a Value>> {
    let lists = flat.all("enum").into_iter();
    let lists = lists.map(|place| place.value.as_array().into_iter().flatten().collect());
    let constants = flat.all("const").into_iter().map(|place| vec![place.value]);
    lists
        .chain(constants)
        .reduce(|left: Vec<&Value>, right: Vec<&Value>| {
            left.into_iter()
                .filter(|value| right.contains(value))
                .collect()
        })
}

fn kinds(values: &[&Value]) -> BTreeSet<&'static str> {
    let kind = |value: &Value| match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    };
    widened(values.iter().filter_map(|value| kind(value)).collect())
}

fn implied(flat: &Flat<'_>) -> Option<&'static str> {
    const KEYWORDS: [(&str, &str); 9] = [
        ("properties", "object"),
        ("required", "object"),
        ("additionalProperties", "object"),
        ("items", "array"),
        ("prefixItems", "array"),
        ("minItems", "array"),
        ("maxItems", "array"),
        ("minLength", "string"),
        ("pattern", "string"),
    ];
    let implied = KEYWORDS
        .iter()
        .filter(|(keyword, _)| !flat.all(keyword).is_empty());
    let types: BTreeSet<&'static str> = implied.map(|(_, name)| *name).collect();
    match types.len() {
        1 => types.into_iter().next(),
        _ => None,
    }
}

/// Whether two schemas can have a value in common, as far as their types tell.
pub(crate) fn overlap(before: &Types<'_>, after: &Types<'_>) -> bool {
    match (&before.allowed, &after.allowed) {
        (Some(before), Some(after)) => !before.is_disjoint(after) || before == after,
        _ => true,
    }
}

impl<'a> Engine<'a> {
    /// Compares types, null and enumerations.
    pub(crate) fn types(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let (old, new) = (Types::of(before), Types::of(after));
        let name = subject(&after.home.at);
        self.type_names(after, (&old, &new), direction, &name);
        let both_any = old.allowed.is_none() && new.allowed.is_none();
        let none_any = old.allowed.is_some() && new.allowed.is_some();
        if old.null != new.null && (both_any || none_any) {
            self.null(before, after, new.null, direction, &name);
        }
        if overlap(&old, &new) {
            self.enumeration(before, after, direction, &name);
        }
    }

    fn type_names(
        &mut self,
        after: &Flat<'a>,
        (old, new): (&Types<'_>, &Types<'_>),
        direction: Direction,
        name: &str,
    ) {
        if old.allowed == new.allowed {
            return;
        }
        let place = after.spot("type");
        let stated = match (&old.allowed, &new.allowed) {
            (Some(one), None) => new.implied.is_some_and(|implied| one.iter().eq([&implied])),
            (None, Some(one)) => old.implied.is_some_and(|implied| one.iter().eq([&implied])),
            _ => false,
        };
        if stated {
            self.tell(
                Finding::in_after(&place, Kind::TypeStated, direction)
                    .values(Some(old.text()), Some(new.text()))
                    .classed((
                        Class::Compatible,
                        "The other keywords of the schema speak of that type all the same.",
                    ))
                    .says(format!(
                        "The type of {name} was said and is implied now, or the reverse."
                    )),
            );
            return;
        }
        let shift = match (&old.allowed, &new.allowed) {
            (_, None) => Shift::Widened,
            (None, _) => Shift::Narrowed,
            (Some(old), Some(new)) if new.is_subset(old) => Shift::Narrowed,
            (Some(old), Some(new)) if old.is_subset(new) => Shift::Widened,
            _ => Shift::Other,
        };
        let (class, why) = judge::shift(direction, shift);
        let why = match units::is_amount(&after.home.at) && class == Class::Breaking {
            true => format!("{why} It is an amount: see whether its unit changed with its type."),
            false => why.to_owned(),
        };
        self.tell(
            Finding::in_after(&place, Kind::TypeChanged, direction)
                .values(Some(old.text()), Some(new.text()))
                .classed((class, why))
                .says(format!(
                    "The type of {name} was {} and is {} now.",
                    listed(&old.text()),
                    listed(&new.text())
                )),
        );
    }

    fn null(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        allowed: bool,
        direction: Direction,
        name: &str,
    ) {
        let (kind, shift, words) = match allowed {
            true => (Kind::NullAllowed, Shift::Widened, "can be null now"),
            false => (Kind::NullRefused, Shift::Narrowed, "can no longer be null"),
        };
        let keyword = ["nullable", "type"]
            .into_iter()
            .find(|keyword| before.spot(keyword).value != after.spot(keyword).value);
        self.tell(
            Finding::in_after(&after.spot(keyword.unwrap_or("enum")), kind, direction)
                .values(Some(Value::from(!allowed)), Some(Value::from(allowed)))
                .classed(judge::shift(direction, shift))
                .says(format!("{name} {words}.")),
        );
    }

    fn enumeration(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        direction: Direction,
        name: &str,
    ) {
        let without_null = |flat| {
            values(flat).map(|values| -> Vec<&Value> {
                values
                    .into_iter()
                    .filter(|value| !value.is_null())
                    .collect()
            })
        };
        let keyword = |flat: &Flat<'_>| match flat.all("enum").is_empty() {
            true => "const",
            false => "enum",
        };
        let (old, new) = match (without_null(before), without_null(after)) {
            (None, None) => return,
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) => {
                let place = before.spot(keyword(before));
                let finding = Finding::in_before(&place, Kind::EnumRemoved, direction)
                    .values(Some(list(&old)), None)
                    .says(format!("{name} was one of a list and can be anything now."));
                let class = match direction {
                    Direction::Answer if is_of_texts(&old) => OPEN,
                    direction => judge::shift(direction, Shift::Widened),
                };
                return self.tell(finding.classed(class));
            }
            (None, Some(new)) => {
                let place = after.spot(keyword(after));
                let finding = Finding::in_after(&place, Kind::EnumAdded, direction)
                    .values(None, Some(list(&new)))
                    .classed(judge::shift(direction, Shift::Narrowed))
                    .says(format!(
                        "{name} is one of a list now: {}.",
                        listed(&list(&new))
                    ));
                return self.tell(finding);
            }
        };
        let added: Vec<&Value> = new
            .iter()
            .filter(|value| !old.contains(value))
            .copied()
            .collect();
        let removed: Vec<&Value> = old
            .iter()
            .filter(|value| !new.contains(value))
            .copied()
            .collect();
        let place = after.spot(keyword(after));
        if !added.is_empty() {
            let class = match direction {
                Direction::Answer if is_of_texts(&added) => OPEN,
                Direction::Answer => (
                    Class::Breaking,
                    "Only enumerations of texts are open in our clients: an answer with the new value cannot be read.",
                ),
                direction => judge::shift(direction, Shift::Widened),
            };
            self.tell(
                Finding::in_after(&place, Kind::EnumValuesAdded, direction)
                    .values(Some(list(&old)), Some(list(&new)))
                    .classed(class)
                    .says(format!(
                        "{name} can be {} as well now.",
                        listed(&list(&added))
                    )),
            );
        }
        if !removed.is_empty() {
            let class = match direction {
                Direction::Answer if !added.is_empty() => (
                    Class::ReadThis,
                    "Values came and went at once, so that one may have a new name: code that waits for the old one \
                     waits in vain.",
                ),
                direction => judge::shift(direction, Shift::Narrowed),
            };
            self.tell(
                Finding::in_after(&place, Kind::EnumValuesRemoved, direction)
                    .values(Some(list(&old)), Some(list(&new)))
                    .classed(class)
                    .says(format!(
                        "{name} can no longer be {}.",
                        listed(&list(&removed))
                    )),
            );
        }
    }
}

/// Why a new value in an answer breaks nobody.
const OPEN: (Class, &str) = (
    Class::Compatible,
    "Our enumerations in answers are open: the text of an unknown value is kept. Decide what the new value means \
     wherever code decides by this field.",
);

fn is_of_texts(values: &[&Value]) -> bool {
    values.iter().all(|value| value.is_string())
}

fn list(values: &[&Value]) -> Value {
    values.iter().map(|value| (*value).clone()).collect()
}

/// Values for a sentence: `a`, `b`.
fn listed(value: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    };
    match value {
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        value => plain(value),
    }
}
