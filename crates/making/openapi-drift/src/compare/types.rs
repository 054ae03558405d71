//! Types, null and enumerations.

use openapi_model::schema::{self, Type};
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::schema::Flat;
use super::units;
use crate::place::subject;
use crate::{Class, Direction, Kind};

/// The types that a schema allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Types {
    /// None for any; null is not among them.
    allowed: Option<schema::Types>,
    /// The type that other keywords speak of, when none is stated.
    implied: Option<Type>,
    null: bool,
}

impl Types {
    pub(crate) fn of(flat: &Flat<'_>) -> Self {
        let stated: Vec<schema::Types> = flat.all(|part| part.types).collect();
        let null_stated = !stated.is_empty() && stated.iter().all(|types| types.has(Type::Null));
        let values = values(flat);
        let of_values = || {
            let types = values.as_ref()?.iter().map(|value| Type::of_value(value));
            Some(types.collect::<schema::Types>().without(Type::Null))
        };
        let is_unstated = stated.is_empty();
        let allowed = stated
            .into_iter()
            .map(|types| types.without(Type::Null))
            .reduce(schema::Types::and)
            .or_else(of_values);
        let by_keyword = flat.is(|part| part.nullable);
        let null = match &values {
            Some(values) => {
                by_keyword || (values.contains(&&Value::Null) && (null_stated || is_unstated))
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
    pub(crate) fn implied(&self) -> Option<Type> {
        self.implied
    }

    /// Whether null is allowed beside types that are named.
    pub(crate) fn is_null_said(&self) -> bool {
        self.null && self.allowed.is_some()
    }

    /// Whether only texts are allowed, as far as is said.
    pub(crate) fn is_text(&self) -> bool {
        match self.allowed {
            Some(allowed) => allowed.are_only(Type::String),
            None => self.implied == Some(Type::String),
        }
    }

    /// Whether only whole numbers are allowed.
    pub(crate) fn is_integer(&self) -> bool {
        self.allowed
            .is_some_and(|allowed| allowed.are_only(Type::Integer))
    }

    /// The name of the type, or a list of them; `any` for no limit.
    pub(crate) fn text(&self) -> Value {
        match self.allowed.map(schema::Types::names).as_deref() {
            None => Value::from("any"),
            Some([one]) => Value::from(*one),
            Some(names) => Value::from(names),
        }
    }
}

/// The values of an enumeration, in all parts that have one; nothing when there is none.
pub(crate) fn values<'a>(flat: &Flat<'a>) -> Option<Vec<&'a Value>> {
    let lists = flat.all(|part| part.values.clone());
    lists.into_iter().reduce(|left, right| {
        left.into_iter()
            .filter(|value| right.contains(value))
            .collect()
    })
}

fn implied(flat: &Flat<'_>) -> Option<Type> {
    const KEYWORDS: [(&str, Type); 9] = [
        ("properties", Type::Object),
        ("required", Type::Object),
        ("additionalProperties", Type::Object),
        ("items", Type::Array),
        ("prefixItems", Type::Array),
        ("minItems", Type::Array),
        ("maxItems", Type::Array),
        ("minLength", Type::String),
        ("pattern", Type::String),
    ];
    let is_said = |keyword: &str| {
        let mut parts = flat.parts.iter();
        parts.any(|part| part.keyword(keyword).is_some() && !part.unread().contains(&keyword))
    };
    let mut types = KEYWORDS
        .iter()
        .filter(|(keyword, _)| is_said(keyword))
        .map(|(_, name)| *name);
    let first = types.next()?;
    types.all(|other| other == first).then_some(first)
}

/// Whether two schemas can have a value in common, as far as their types tell.
pub(crate) fn overlap(before: &Types, after: &Types) -> bool {
    match (before.allowed, after.allowed) {
        (Some(before), Some(after)) => !before.and(after).is_empty() || before == after,
        _ => true,
    }
}

impl<'a> Engine<'a> {
    /// Compares types, null and enumerations.
    pub(crate) fn types(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (Types::of(before), Types::of(after));
        let name = subject(&after.home.pointer());
        self.type_names(after, (&old, &new), &name);
        let both_any = old.allowed.is_none() && new.allowed.is_none();
        let none_any = old.allowed.is_some() && new.allowed.is_some();
        if old.null != new.null && (both_any || none_any) {
            self.null(before, after, new.null, &name);
        }
        if overlap(&old, &new) {
            self.enumeration(before, after, &name);
        }
    }

    fn type_names(&mut self, after: &Flat<'a>, (old, new): (&Types, &Types), name: &str) {
        if old.allowed == new.allowed {
            return;
        }
        let place = after.spot("type");
        let stated = match (old.allowed, new.allowed) {
            (Some(one), None) => new.implied.is_some_and(|implied| one.are_only(implied)),
            (None, Some(one)) => old.implied.is_some_and(|implied| one.are_only(implied)),
            _ => false,
        };
        if stated {
            self.tell(
                Finding::in_after(place, Kind::TypeStated)
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
        let shift = match (old.allowed, new.allowed) {
            (_, None) => Shift::Widened,
            (None, _) => Shift::Narrowed,
            (Some(old), Some(new)) if new.are_within(old) => Shift::Narrowed,
            (Some(old), Some(new)) if old.are_within(new) => Shift::Widened,
            _ => Shift::Other,
        };
        let (class, why) = judge::shift(self.direction, shift);
        let why = match units::is_amount(&after.home.pointer()) && class == Class::Breaking {
            true => format!("{why} It is an amount: see whether its unit changed with its type."),
            false => why.to_owned(),
        };
        self.tell(
            Finding::in_after(place, Kind::TypeChanged)
                .values(Some(old.text()), Some(new.text()))
                .classed((class, why))
                .says(format!(
                    "The type of {name} was {} and is {} now.",
                    listed(&old.text()),
                    listed(&new.text())
                )),
        );
    }

    fn null(&mut self, before: &Flat<'a>, after: &Flat<'a>, allowed: bool, name: &str) {
        let (kind, shift, words) = match allowed {
            true => (Kind::NullAllowed, Shift::Widened, "can be null now"),
            false => (Kind::NullRefused, Shift::Narrowed, "can no longer be null"),
        };
        let keyword = ["nullable", "type"]
            .into_iter()
            .find(|keyword| before.spot(keyword).value != after.spot(keyword).value);
        self.tell(
            Finding::in_after(after.spot(keyword.unwrap_or("enum")), kind)
                .values(Some(Value::from(!allowed)), Some(Value::from(allowed)))
                .classed(judge::shift(self.direction, shift))
                .says(format!("{name} {words}.")),
        );
    }

    fn enumeration(&mut self, before: &Flat<'a>, after: &Flat<'a>, name: &str) {
        let without_null = |flat| {
            values(flat).map(|values| -> Vec<&Value> {
                values
                    .into_iter()
                    .filter(|value| !value.is_null())
                    .collect()
            })
        };
        let keyword = |flat: &Flat<'_>| match flat
            .keyword("enum")
            .is_some_and(|spot| spot.value.is_array())
        {
            true => "enum",
            false => "const",
        };
        let (old, new) = match (without_null(before), without_null(after)) {
            (None, None) => return,
            (Some(old), Some(new)) => (old, new),
            (Some(old), None) => {
                let place = before.spot(keyword(before));
                let finding = Finding::in_before(place, Kind::EnumRemoved)
                    .values(Some(list(&old)), None)
                    .says(format!("{name} was one of a list and can be anything now."));
                let class = match self.direction {
                    Direction::Answer if is_of_texts(&old) => OPEN,
                    direction => judge::shift(direction, Shift::Widened),
                };
                return self.tell(finding.classed(class));
            }
            (None, Some(new)) => {
                let place = after.spot(keyword(after));
                let finding = Finding::in_after(place, Kind::EnumAdded)
                    .values(None, Some(list(&new)))
                    .classed(judge::shift(self.direction, Shift::Narrowed))
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
            let class = match self.direction {
                Direction::Answer if is_of_texts(&added) => OPEN,
                Direction::Answer => (
                    Class::Breaking,
                    "Only enumerations of texts are open in our clients: an answer with the new value cannot be read.",
                ),
                direction => judge::shift(direction, Shift::Widened),
            };
            self.tell(
                Finding::in_after(place, Kind::EnumValuesAdded)
                    .values(Some(list(&old)), Some(list(&new)))
                    .classed(class)
                    .says(format!(
                        "{name} can be {} as well now.",
                        listed(&list(&added))
                    )),
            );
        }
        if !removed.is_empty() {
            let class = match self.direction {
                Direction::Answer if !added.is_empty() => (
                    Class::ReadThis,
                    "Values came and went at once, so that one may have a new name: code that waits for the old one \
                     waits in vain.",
                ),
                direction => judge::shift(direction, Shift::Narrowed),
            };
            self.tell(
                Finding::in_after(place, Kind::EnumValuesRemoved)
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
