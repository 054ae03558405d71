//! The statuses that an operation documents, and what their answers carry.

use serde_json::Value;

use crate::keyed::Keyed;
use crate::plan::{Answers, Kind};

const DEFAULT: u16 = 10_000;
/// Added to the first status of a range, so that it comes after each of its members.
const RANGE: u16 = 5_000;

/// Successes and errors of an operation.
pub(super) fn answers(operation: &Value) -> [Answers; 2] {
    [is_success as fn(u16) -> bool, is_error].map(|counts| side(operation, counts))
}

/// First and last of each range among the statuses `listed` that none of `typed` has.
pub(super) fn untyped(listed: &[String], typed: &[Answers]) -> Vec<(u16, u16)> {
    let mut ranges: Vec<(u16, u16)> = listed
        .iter()
        .filter_map(|key| Some(range(status(key)?)))
        .collect();
    ranges.retain(|own| {
        let holds = |other: &(u16, u16)| other.0 <= own.0 && own.1 <= other.1;
        !typed.iter().any(|side| side.statuses.iter().any(holds))
    });
    ranges.sort_unstable();
    ranges
}

/// First and last status of what a key of the answers stands for.
fn range(status: u16) -> (u16, u16) {
    match status {
        DEFAULT => (0, 999),
        range if range >= RANGE => (range - RANGE, range - RANGE + 99),
        single => (single, single),
    }
}

/// A documented status, [`RANGE`] and the first one of a range, or [`DEFAULT`].
fn status(key: &str) -> Option<u16> {
    match key {
        "default" => Some(DEFAULT),
        _ => match key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            Some(class) => Some(class.parse::<u16>().ok()? * 100 + RANGE),
            None => key.parse().ok(),
        },
    }
}

fn is_success(status: u16) -> bool {
    status == DEFAULT || (200..300).contains(&status) || status == 200 + RANGE
}

fn is_error(status: u16) -> bool {
    status == DEFAULT
        || (400..600).contains(&status)
        || [400 + RANGE, 500 + RANGE].contains(&status)
}

fn side(operation: &Value, counts: fn(u16) -> bool) -> Answers {
    let mut found: Vec<(u16, Kind)> = operation
        .members("responses")
        .filter_map(|(key, answer)| Some((status(key)?, kind(answer))))
        .collect();
    // A document that says nothing of a success leaves open what comes.
    if !found.iter().any(|(status, _)| is_success(*status)) {
        found.push((200 + RANGE, Kind::Raw));
    }
    found.retain(|(status, _)| counts(*status));
    found.sort_by_key(|(status, _)| *status);
    let mut statuses: Vec<(u16, u16)> = Vec::new();
    for (status, _) in &found {
        let (first, last) = match *status {
            DEFAULT if counts(200) => (200, 299),
            other => range(other),
        };
        match statuses.last_mut() {
            Some((_, before)) if first == *before + 1 && last > first => *before = last,
            _ => statuses.push((first, last)),
        }
    }
    // What a later range holds as well need not be said.
    let ranges = statuses.clone();
    statuses.retain(|own| {
        !ranges
            .iter()
            .any(|other| other != own && other.0 <= own.0 && own.1 <= other.1)
    });
    statuses.dedup();
    Answers {
        kind: found.first().map_or(Kind::Empty, |(_, kind)| *kind),
        statuses,
    }
}

fn kind(answer: &Value) -> Kind {
    let mut media_types = answer.members("content").map(|(name, _)| name);
    let is_json =
        |name: &String| name == "application/json" || name.starts_with("application/json;");
    match answer.members("content").count() {
        0 => Kind::Empty,
        _ if media_types.any(is_json) => Kind::Json,
        _ => Kind::Raw,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned(responses: Value) -> [Answers; 2] {
        answers(&json!({"responses": responses}))
    }

    #[test]
    fn statuses_that_follow_one_another_are_one_range() {
        let json = json!({"content": {"application/json": {"schema": {}}}});
        let [successes, errors] =
            planned(json!({"200": json, "202": json, "4XX": json, "5XX": json}));
        assert_eq!(successes.statuses, [(200, 200), (202, 202)]);
        assert_eq!(errors.statuses, [(400, 599)]);
        assert_eq!((successes.kind, errors.kind), (Kind::Json, Kind::Json));
    }

    #[test]
    fn a_default_stands_for_every_success_and_for_every_error() {
        let json = json!({"content": {"application/json": {"schema": {}}}});
        let [successes, errors] = planned(json!({"default": json, "404": json}));
        assert_eq!(successes.statuses, [(200, 299)]);
        assert_eq!(errors.statuses, [(0, 999)]);
    }

    #[test]
    fn where_no_success_is_documented_any_is_taken_as_it_comes() {
        let [successes, errors] = planned(json!({"404": {"description": ""}}));
        assert_eq!(
            (successes.kind, successes.statuses),
            (Kind::Raw, vec![(200, 299)])
        );
        assert_eq!(
            (errors.kind, errors.statuses),
            (Kind::Empty, vec![(404, 404)])
        );
    }
}
