//! Limits: numbers, lengths, counts.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::schema::Flat;
use super::types::Types;
use super::units;
use crate::place::{Place, subject};
use crate::{Class, Direction, Kind};

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Lower,
    Upper,
}

/// A keyword, which end it limits, and the value that is as good as none.
const PLAIN: [(&str, End, Option<u64>); 8] = [
    ("minLength", End::Lower, Some(0)),
    ("maxLength", End::Upper, None),
    ("minItems", End::Lower, Some(0)),
    ("maxItems", End::Upper, None),
    ("minProperties", End::Lower, Some(0)),
    ("maxProperties", End::Upper, None),
    // Together with their exclusive forms.
    ("minimum", End::Lower, None),
    ("maximum", End::Upper, None),
];

/// A limit, and whether it is itself outside.
#[derive(Clone)]
struct Bound<'a> {
    number: Number,
    exclusive: bool,
    place: Place<'a>,
}

impl<'a> Engine<'a> {
    /// Compares all limits.
    pub(crate) fn limits(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        for (keyword, end, none) in PLAIN {
            let old = bound(before, keyword, end, none);
            let new = bound(after, keyword, end, none);
            self.bounds(before, after, (keyword, end), (old, new), direction);
        }
        self.unique_items(before, after, direction);
        self.multiple_of(before, after, direction);
    }

    fn bounds(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        (keyword, end): (&str, End),
        (old, new): (Option<Bound<'a>>, Option<Bound<'a>>),
        direction: Direction,
    ) {
        let stricter = match (&old, &new) {
            (None, None) => return,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (Some(old), Some(new)) => match stricter(old, new, end) {
                Ordering::Equal => return,
                order => order == Ordering::Less,
            },
        };
        let (kind, shift, word) = match stricter {
            true => (Kind::LimitTightened, Shift::Narrowed, "stricter"),
            false => (Kind::LimitLoosened, Shift::Widened, "looser"),
        };
        let shown = |bound: &Option<Bound<'_>>| {
            bound.as_ref().map(|bound| match bound.exclusive {
                true => Value::from(format!("{}, exclusive", bound.number)),
                false => Value::Number(bound.number.clone()),
            })
        };
        let text = |bound: &Option<Bound<'_>>| match shown(bound) {
            None => "none".to_owned(),
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
        };
        let name = subject(&after.home.at);
        let finding = match (&old, &new) {
            (_, Some(new)) => Finding::in_after(&new.place, kind, direction),
            (Some(old), None) => Finding::in_before(&old.place, kind, direction),
            (None, None) => Finding::in_after(&before.home, kind, direction),
        };
        self.tell(
            finding
                .values(shown(&old), shown(&new))
                .classed(judge::limit(direction, shift))
                .says(format!(
                    "The limit `{keyword}` of {name} is {word}: it was {} and is {} now.",
                    text(&old),
                    text(&new)
                )),
        );
    }

    fn unique_items(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let (old, new) = (before.is("uniqueItems"), after.is("uniqueItems"));
        if old == new {
            return;
        }
        let (kind, shift, words) = match new {
            true => (Kind::LimitTightened, Shift::Narrowed, "have to differ now"),
            false => (Kind::LimitLoosened, Shift::Widened, "may be the same now"),
        };
        self.tell(
            Finding::in_after(&after.spot("uniqueItems"), kind, direction)
                .values(Some(Value::from(old)), Some(Value::from(new)))
                .classed(judge::limit(direction, shift))
                .says(format!(
                    "The entries of {} {words}.",
                    subject(&after.home.at)
                )),
        );
    }

    /// The step of numbers; of an amount, it says how many decimals there are.
    fn multiple_of(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let steps = |flat: &Flat<'a>| -> Vec<f64> {
            let places = flat.all("multipleOf").into_iter();
            let mut steps: Vec<f64> = places.filter_map(|place| place.value.as_f64()).collect();
            steps.sort_by(f64::total_cmp);
            steps
        };
        let (old, new) = (steps(before), steps(after));
        if old == new {
            return;
        }
        let fits = |step: &f64, into: &f64| {
            let times = into / step;
            times.is_finite() && (times - times.round()).abs() < 1e-9
        };
        let shift = match (old.as_slice(), new.as_slice()) {
            ([], _) => Shift::Narrowed,
            (_, []) => Shift::Widened,
            ([old], [new]) if fits(new, old) => Shift::Widened,
            ([old], [new]) if fits(old, new) => Shift::Narrowed,
            _ => Shift::Other,
        };
        let name = subject(&after.home.at);
        let is_amount = units::is_amount(&after.home.at);
        let (class, why) = judge::limit(direction, shift);
        let (kind, class) = match (is_amount, class) {
            (true, Class::Compatible) => (
                Kind::UnitChanged,
                (
                    Class::ReadThis,
                    "It is an amount, and its step says how many decimals it has. Check the unit that our clients use.",
                ),
            ),
            (true, class) => (Kind::UnitChanged, (class, why)),
            (false, class) if shift == Shift::Widened => (Kind::LimitLoosened, (class, why)),
            (false, class) => (Kind::LimitTightened, (class, why)),
        };
        let value = |flat: &Flat<'_>| {
            let place = flat.all("multipleOf").into_iter().next();
            place.map(|place| place.value.clone())
        };
        self.tell(
            Finding::in_after(&after.spot("multipleOf"), kind, direction)
                .values(value(before), value(after))
                .classed(class)
                .says(format!(
                    "{name} is a multiple of another number (`multipleOf`)."
                )),
        );
    }
}

/// The strictest limit of all parts.
fn bound<'a>(flat: &Flat<'a>, keyword: &str, end: End, none: Option<u64>) -> Option<Bound<'a>> {
    let exclusive_keyword = match keyword {
        "minimum" => Some("exclusiveMinimum"),
        "maximum" => Some("exclusiveMaximum"),
        _ => None,
    };
    let mut bounds: Vec<Bound<'a>> = Vec::new();
    for part in &flat.parts {
        let exclusive = exclusive_keyword.and_then(|keyword| part.get(keyword));
        let is_exclusive = exclusive.as_ref().is_some_and(|place| place.value == true);
        let plain = part.get(keyword).map(|place| (place, is_exclusive));
        let own = exclusive.map(|place| (place, true));
        for (place, exclusive) in plain.into_iter().chain(own) {
            if let Value::Number(number) = place.value {
                let number = number.clone();
                bounds.push(Bound {
                    number,
                    exclusive,
                    place,
                });
            }
        }
    }
    let is_integer = Types::of(flat).is_integer();
    bounds
        .into_iter()
        .map(|bound| {
            if is_integer {
                closed(bound, end)
            } else {
                bound
            }
        })
        .filter(|bound| none.is_none() || bound.number.as_u64() != none)
        .reduce(|left, right| match stricter(&left, &right, end) {
            Ordering::Less => right,
            _ => left,
        })
}

/// An exclusive limit of whole numbers as the inclusive one that says the same.
fn closed(bound: Bound<'_>, end: End) -> Bound<'_> {
    let step = if end == End::Lower { 1 } else { -1 };
    match bound
        .number
        .as_i64()
        .and_then(|number| number.checked_add(step))
    {
        Some(number) if bound.exclusive => Bound {
            number: number.into(),
            exclusive: false,
            ..bound
        },
        _ => bound,
    }
}

/// `Less` if the second limit is stricter than the first, `Greater` if it is looser.
fn stricter(first: &Bound<'_>, second: &Bound<'_>, end: End) -> Ordering {
    let order = compare(&first.number, &second.number);
    let order = if end == End::Lower {
        order
    } else {
        order.reverse()
    };
    order.then(first.exclusive.cmp(&second.exclusive))
}

/// Compares numbers, whole ones exactly.
fn compare(left: &Number, right: &Number) -> Ordering {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => {
            let float = |number: &Number| number.as_f64().unwrap_or(f64::NAN);
            float(left).total_cmp(&float(right))
        }
    }
}
