//! Answers by their status.

use std::collections::BTreeMap;

use openapi_model::{Answer, At, Operation, Spot};

use super::engine::Engine;
use super::finding::Finding;
use super::judge;
use super::outline;
use super::schemas::words;
use crate::{Class, Direction, Kind};

type Place<'a> = At<'a, Answer<'a>>;

/// Answers by status, in capitals: `200`, `4XX`, `DEFAULT`.
type Answers<'a> = BTreeMap<String, Listed<'a>>;

/// An answer and where an operation has it.
#[derive(Clone, Copy)]
struct Listed<'a> {
    place: Place<'a>,
    spot: Spot<'a>,
}

impl<'a> Engine<'a> {
    /// Compares the answers of two operations.
    pub(crate) fn answers(&mut self, old: At<'a, Operation<'a>>, new: At<'a, Operation<'a>>) {
        let (mut before, mut after) = (answers(old), answers(new));
        let common: Vec<String> = before
            .keys()
            .filter(|status| after.contains_key(*status))
            .cloned()
            .collect();
        let (all_before, all_after) = (before.clone(), after.clone());
        for status in common {
            if let (Some(old), Some(new)) = (before.remove(&status), after.remove(&status)) {
                self.answer(old.place, new.place);
            }
        }
        // A status and the range that it is in are no other success: they are compared below.
        let success = |answers: &Answers<'a>, others: &Answers<'a>| -> Vec<(String, Listed<'a>)> {
            let all = answers
                .iter()
                .filter(|(status, _)| is_success(status) && !shares_a_range(status, others));
            all.map(|(status, place)| (status.clone(), *place))
                .collect()
        };
        let successes = (success(&before, &after), success(&after, &before));
        for ((from, old), (to, new)) in successes.0.into_iter().zip(successes.1) {
            before.remove(&from);
            after.remove(&to);
            self.success_changed((&from, old), (&to, new));
        }
        for (status, old) in &before {
            let is_within = range(status).is_some_and(|range| all_after.contains_key(&range));
            let is_spelt_out = after.keys().any(|new| range(new).as_ref() == Some(status));
            let fate = match (is_within, is_spelt_out) {
                (true, _) => Fate::WithinARange,
                (false, true) => Fate::SpeltOut,
                (false, false) => Fate::Gone,
            };
            self.status_gone((status, *old), fate, &all_after);
        }
        for (status, new) in &after {
            self.status_new(status, *new, &all_before);
        }
    }

    fn answer(&mut self, old: Place<'a>, new: Place<'a>) {
        self.leftovers(old, new);
        self.wording(&words([old]), &words([new]));
        self.headers(old, new);
        self.contents((old, &old.said().content), (new, &new.said().content));
    }

    fn success_changed(&mut self, (from, old): (&str, Listed<'a>), (to, new): (&str, Listed<'a>)) {
        let why = match self.direction {
            Direction::Request => {
                "The provider expects this status from us: with the old one, it may take its call for failed and repeat it."
            }
            _ => {
                "Clients take the status for part of the meaning: 202 says that the work is not done, 200 that it is. See \
                 what code makes of it before taking the update."
            }
        };
        self.tell(
            Finding::in_after(new.spot, Kind::SuccessStatusChanged)
                .values(Some(from.into()), Some(to.into()))
                .classed((Class::Breaking, why))
                .says(format!(
                    "Success is answered with {to} and no longer with {from}."
                )),
        );
        self.answer(old.place, new.place);
    }

    fn status_gone(&mut self, (status, old): (&str, Listed<'a>), fate: Fate, after: &Answers<'a>) {
        let others = after.keys().any(|status| is_success(status));
        let class = match (self.direction, is_success(status)) {
            _ if fate == Fate::WithinARange => (
                Class::Compatible,
                "It is one of the range that is documented in its place.",
            ),
            (Direction::Answer, _) if fate == Fate::SpeltOut => (
                Class::Compatible,
                "The statuses that are documented in its place could come before.",
            ),
            (Direction::Request, _) => (
                Class::Breaking,
                "The provider no longer expects this answer from us.",
            ),
            (_, true) if !others => (
                Class::Breaking,
                "No success is documented any more: whatever comes is not understood, and its outcome is unknown.",
            ),
            (_, true) => (
                Class::ReadThis,
                "One of the successes is gone. See whether what it told is told in another way now.",
            ),
            (_, false) => (
                Class::Compatible,
                "Clients that know it do not meet it any more; an error that is not documented is still an error.",
            ),
        };
        self.tell(
            Finding::in_before(old.spot, Kind::StatusRemoved)
                .values(
                    Some(outline::answer(status, old.place, self.direction)),
                    None,
                )
                .classed(class)
                .says(format!("The answer {} is gone.", shown(status))),
        );
        if let Some(covering) = covering(after, status) {
            self.answer(old.place, covering);
        }
    }

    fn status_new(&mut self, status: &str, new: Listed<'a>, before: &Answers<'a>) {
        let why = match (self.direction, is_success(status)) {
            (Direction::Request, _) => "The answers that we give today are still understood.",
            (_, true) => {
                "Our clients keep status, headers and body of a success that they do not know, as an outcome that is not \
                 known. Take the update to read it, and see what this status says about the money."
            }
            (_, false) => {
                "Our clients keep status, headers and body of an error that they do not know."
            }
        };
        self.tell(
            Finding::in_after(new.spot, Kind::StatusAdded)
                .values(
                    None,
                    Some(outline::answer(status, new.place, self.direction)),
                )
                .classed((Class::Compatible, why))
                .says(format!("The answer {} is documented now.", shown(status))),
        );
        if let Some(covering) = covering(before, status) {
            self.answer(covering, new.place);
        }
        if !new.place.raw().is_object() {
            let (class, why) = judge::unknown(self.direction);
            self.tell(
                Finding::in_after(new.spot, Kind::Other)
                    .classed((class, why))
                    .says(format!("The answer {} cannot be read.", shown(status))),
            );
        }
    }
}

/// What became of a status that is documented no more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The range that it is in is documented.
    WithinARange,
    /// It is a range, statuses of which are documented now.
    SpeltOut,
    Gone,
}

fn answers<'a>(operation: At<'a, Operation<'a>>) -> Answers<'a> {
    let responses = operation.keyword("responses");
    let all = operation.said().answers.iter();
    all.map(|(status, id)| {
        let place = operation.at(*id);
        let spot = responses.and_then(|responses| responses.below(status));
        let spot = spot.unwrap_or_else(|| place.spot());
        (status.to_uppercase(), Listed { place, spot })
    })
    .collect()
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// The range that a status is in, or the default: for errors, and for a success where no other one is documented.
fn covering<'a>(answers: &Answers<'a>, status: &str) -> Option<Place<'a>> {
    let ranged = range(status).and_then(|range| answers.get(&range));
    let is_error = status.starts_with(['4', '5']);
    let is_only_success = is_success(status) && !answers.keys().any(|status| is_success(status));
    let by_default = is_error || is_only_success;
    let found = ranged.or_else(|| answers.get("DEFAULT").filter(|_| by_default));
    found.map(|listed| listed.place)
}

/// The range that a status is in; none of a range itself and of the default.
fn range(status: &str) -> Option<String> {
    let range = format!("{}XX", status.get(..1)?);
    (range != status && status != "DEFAULT").then_some(range)
}

/// Whether the others have the range of a status, or a status of this range.
fn shares_a_range(status: &str, others: &Answers<'_>) -> bool {
    let own = range(status);
    others.keys().any(|other| {
        own.as_deref() == Some(other.as_str()) || range(other).as_deref() == Some(status)
    })
}

fn shown(status: &str) -> String {
    match status {
        "DEFAULT" => "`default`".to_owned(),
        status => status.to_owned(),
    }
}
