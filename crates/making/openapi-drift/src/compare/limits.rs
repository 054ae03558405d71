//! Limits: numbers, lengths, counts.

use std::cmp::Ordering;

use openapi_model::Spot;
use openapi_model::schema::{Bound, End, Schema};
use serde_json::{Number, Value};

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Shift};
use super::schema::Flat;
use super::types::Types;
use super::units;
use crate::place::subject;
use crate::{Class, Kind};

/// What a schema says of a limit that none may be said of.
type Said = for<'d> fn(&Schema<'d>) -> Option<&'d Number>;

/// A keyword, which end it limits, the value that is as good as none, and what a schema says.
const COUNTS: [(&str, End, Option<u64>, Said); 6] = [
    ("minLength", End::Lower, Some(0), |said| said.min_length),
    ("maxLength", End::Upper, None, |said| said.max_length),
    ("minItems", End::Lower, Some(0), |said| said.min_items),
    ("maxItems", End::Upper, None, |said| said.max_items),
    ("minProperties", End::Lower, Some(0), |said| {
        said.min_properties
    }),
    ("maxProperties", End::Upper, None, |said| {
        said.max_properties
    }),
];

/// A limit and where it is.
type Limit<'a> = (Bound, Spot<'a>);

impl<'a> Engine<'a> {
    /// Compares all limits.
    pub(crate) fn limits(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        for (keyword, end, none, said) in COUNTS {
            let bound = |flat: &Flat<'a>| {
                strictest(flat, end, |part| {
                    let number =
                        said(part).filter(|number| none.is_none() || number.as_u64() != none)?;
                    Some(Bound {
                        number: number.clone(),
                        exclusive: false,
                        keyword,
                    })
                })
            };
            self.bounds(before, after, (keyword, end), (bound(before), bound(after)));
        }
        for (keyword, end) in [("minimum", End::Lower), ("maximum", End::Upper)] {
            let bound = |flat: &Flat<'a>| {
                let is_integer = Types::of(flat).is_integer();
                strictest(flat, end, |part| {
                    let bound = match end {
                        End::Lower => part.minimum.clone(),
                        End::Upper => part.maximum.clone(),
                    }?;
                    Some(if is_integer {
                        closed(bound, end)
                    } else {
                        bound
                    })
                })
            };
            self.bounds(before, after, (keyword, end), (bound(before), bound(after)));
        }
        self.unique_items(before, after);
        self.multiple_of(before, after);
    }

    fn bounds(
        &mut self,
        before: &Flat<'a>,
        after: &Flat<'a>,
        (keyword, end): (&str, End),
        (old, new): (Option<Limit<'a>>, Option<Limit<'a>>),
    ) {
        let stricter = match (&old, &new) {
            (None, None) => return,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (Some((old, _)), Some((new, _))) => match old.strictness(new, end) {
                Ordering::Equal => return,
                order => order == Ordering::Less,
            },
        };
        let (kind, shift, word) = match stricter {
            true => (Kind::LimitTightened, Shift::Narrowed, "stricter"),
            false => (Kind::LimitLoosened, Shift::Widened, "looser"),
        };
        let shown = |bound: &Option<Limit<'_>>| {
            bound.as_ref().map(|(bound, _)| match bound.exclusive {
                true => Value::from(format!("{}, exclusive", bound.number)),
                false => Value::Number(bound.number.clone()),
            })
        };
        let text = |bound: &Option<Limit<'_>>| match shown(bound) {
            None => "none".to_owned(),
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
        };
        let name = subject(&after.home.pointer());
        let finding = match (&old, &new) {
            (_, Some((_, place))) => Finding::in_after(*place, kind),
            (Some((_, place)), None) => Finding::in_before(*place, kind),
            (None, None) => Finding::in_after(before.home, kind),
        };
        self.tell(
            finding
                .values(shown(&old), shown(&new))
                .classed(judge::limit(self.direction, shift))
                .says(format!(
                    "The limit `{keyword}` of {name} is {word}: it was {} and is {} now.",
                    text(&old),
                    text(&new)
                )),
        );
    }

    fn unique_items(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (
            before.is(|part| part.unique_items),
            after.is(|part| part.unique_items),
        );
        if old == new {
            return;
        }
        let (kind, shift, words) = match new {
            true => (Kind::LimitTightened, Shift::Narrowed, "have to differ now"),
            false => (Kind::LimitLoosened, Shift::Widened, "may be the same now"),
        };
        self.tell(
            Finding::in_after(after.spot("uniqueItems"), kind)
                .values(Some(Value::from(old)), Some(Value::from(new)))
                .classed(judge::limit(self.direction, shift))
                .says(format!(
                    "The entries of {} {words}.",
                    subject(&after.home.pointer())
                )),
        );
    }

    /// The step of numbers; of an amount, it says how many decimals there are.
    fn multiple_of(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let steps = |flat: &Flat<'a>| -> Vec<f64> {
            let numbers = flat.all(|part| part.multiple_of);
            let mut steps: Vec<f64> = numbers.filter_map(Number::as_f64).collect();
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
        let name = subject(&after.home.pointer());
        let is_amount = units::is_amount(&after.home.pointer());
        let (class, why) = judge::limit(self.direction, shift);
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
            let number = flat.all(|part| part.multiple_of).next();
            number.cloned().map(Value::Number)
        };
        self.tell(
            Finding::in_after(after.spot("multipleOf"), kind)
                .values(value(before), value(after))
                .classed(class)
                .says(format!(
                    "{name} is a multiple of another number (`multipleOf`)."
                )),
        );
    }
}

/// The strictest limit of all parts.
fn strictest<'a>(
    flat: &Flat<'a>,
    end: End,
    bound: impl Fn(&Schema<'a>) -> Option<Bound>,
) -> Option<Limit<'a>> {
    let limits = flat.parts.iter().filter_map(|part| {
        let bound = bound(part.said())?;
        let place = part.keyword(bound.keyword)?;
        Some((bound, place))
    });
    limits.reduce(|left, right| match left.0.strictness(&right.0, end) {
        Ordering::Less => right,
        _ => left,
    })
}

/// An exclusive limit of whole numbers as the inclusive one that says the same.
fn closed(bound: Bound, end: End) -> Bound {
    let step = if end == End::Lower { 1 } else { -1 };
    let inner = bound
        .number
        .as_i64()
        .and_then(|number| number.checked_add(step));
    match inner.filter(|_| bound.exclusive) {
        Some(number) => Bound {
            number: number.into(),
            exclusive: false,
            ..bound
        },
        None => bound,
    }
}
