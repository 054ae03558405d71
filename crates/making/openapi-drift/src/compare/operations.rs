//! Which operation of the old document is which of the new one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::outline;
use crate::options::anonymous;
use crate::{Class, Direction, Kind};

pub(crate) use openapi_model::Call as Operation;

/// What an operation looks like from afar, to find the one that it became.
fn outline(call: &Operation<'_>) -> String {
    let parameters: BTreeSet<String> = call
        .parameters()
        .map(|parameter| match parameter.location.unwrap_or_default() {
            "path" => "path".to_owned(),
            place => format!("{place} {}", parameter.name.unwrap_or_default()),
        })
        .collect();
    let body = call
        .operation
        .body
        .map(|body| call.operation.at(body).said());
    let content = body.iter().flat_map(|body| &body.content);
    format!(
        "{parameters:?} {:?} {:?}",
        content.map(|(name, _)| name).collect::<Vec<_>>(),
        call.operation
            .answers
            .iter()
            .map(|(status, _)| status)
            .collect::<Vec<_>>()
    )
}

/// Whether an operation has something to be known by.
fn is_known_by_its_shape(call: &Operation<'_>) -> bool {
    let schemas = call.operation.raw().to_string();
    schemas.contains("\"schema\"")
}

/// The operations of two documents, side by side.
pub(crate) struct Matched<'a> {
    pub(crate) pairs: Vec<(Operation<'a>, Operation<'a>)>,
    pub(crate) removed: Vec<Operation<'a>>,
    pub(crate) added: Vec<Operation<'a>>,
}

impl<'a> Engine<'a> {
    /// Finds for each old operation the new one: by method and path, then by its id, then by its path
    /// but for a version, then by its shape.
    pub(crate) fn match_operations(
        &mut self,
        before: Vec<Operation<'a>>,
        after: Vec<Operation<'a>>,
    ) -> Matched<'a> {
        let mut left = by_call(before);
        let mut right = by_call(after);
        let calls: Vec<_> = left
            .keys()
            .filter(|call| right.contains_key(*call))
            .cloned()
            .collect();
        let mut pairs = Vec::new();
        for call in calls {
            pairs.extend(left.remove(&call).zip(right.remove(&call)));
        }
        let (mut left, mut right): (Vec<_>, Vec<_>) =
            (left.into_values().collect(), right.into_values().collect());
        take_pairs(&mut left, &mut right, &mut pairs, |old, new| {
            old.operation.id.is_some() && old.operation.id == new.operation.id
        });
        take_other_versions(&mut left, &mut right, &mut pairs);
        self.take_same_shapes(&mut left, &mut right, &mut pairs);
        pairs.sort_by(|(_, left), (_, right)| {
            (left.path, left.method).cmp(&(right.path, right.method))
        });
        Matched {
            pairs,
            removed: left,
            added: right,
        }
    }

    fn take_same_shapes(
        &mut self,
        left: &mut Vec<Operation<'a>>,
        right: &mut Vec<Operation<'a>>,
        pairs: &mut Vec<(Operation<'a>, Operation<'a>)>,
    ) {
        let mut outlines: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (index, operation) in left.iter().enumerate() {
            outlines
                .entry(outline(operation))
                .or_default()
                .0
                .push(index);
        }
        for (index, operation) in right.iter().enumerate() {
            outlines
                .entry(outline(operation))
                .or_default()
                .1
                .push(index);
        }
        let mut taken = Vec::new();
        for (lefts, rights) in outlines.values() {
            // Only where there is no doubt which one it became.
            let ([old_index], [new_index]) = (lefts.as_slice(), rights.as_slice()) else {
                continue;
            };
            let (old, new) = (&left[*old_index], &right[*new_index]);
            let related = old.path == new.path || old.method == new.method;
            if related
                && is_known_by_its_shape(old)
                && self.is_same(|engine| engine.operation_and_access(old, new, Direction::Request))
            {
                taken.push((*old_index, *new_index));
            }
        }
        let chosen = |side: &[Operation<'a>], index: usize| side[index];
        pairs.extend(
            taken
                .iter()
                .map(|(old, new)| (chosen(left, *old), chosen(right, *new))),
        );
        let (olds, news): (BTreeSet<usize>, BTreeSet<usize>) = taken.into_iter().unzip();
        *left = without(std::mem::take(left), &olds);
        *right = without(std::mem::take(right), &news);
    }

    /// Tells of operations that came, went or moved.
    pub(crate) fn moved(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (old_path, new_path) = (anonymous(old.path), anonymous(new.path));
        let why = "Calls to the old place fail, or reach something else. Take the update before the old place goes.";
        if old_path != new_path {
            self.tell(
                Finding::in_after(new.operation, Kind::PathChanged)
                    .values(Some(old.path.into()), Some(new.path.into()))
                    .classed((Class::Breaking, why))
                    .says(format!(
                        "The operation `{}` moved to `{}`.",
                        old.label(),
                        new.label()
                    )),
            );
        }
        if old.method != new.method {
            let [from, to] = [old.method, new.method].map(str::to_uppercase);
            self.tell(
                Finding::in_after(new.operation, Kind::MethodChanged)
                    .values(Some(from.as_str().into()), Some(to.as_str().into()))
                    .classed((Class::Breaking, why))
                    .says(format!("The method is {to} and no longer {from}.")),
            );
        }
    }

    /// Tells of an operation that is gone.
    pub(crate) fn operation_removed(&mut self, old: &Operation<'a>) {
        self.tell(
            Finding::in_before(old.operation, Kind::OperationRemoved)
                .values(Some(outline_value(old)), None)
                .classed((
                    Class::Breaking,
                    "Calls fail once the provider takes it away. Ask what takes its place.",
                ))
                .says(format!("The operation `{}` is gone.", old.label())),
        );
    }

    /// Tells of a new operation.
    pub(crate) fn operation_added(&mut self, new: &Operation<'a>) {
        self.tell(
            Finding::in_after(new.operation, Kind::OperationAdded)
                .values(None, Some(outline_value(new)))
                .classed((
                    Class::Compatible,
                    "Nobody calls it yet. Name it in `provider.toml` if it is of use.",
                ))
                .says(format!("The operation `{}` is new.", new.label())),
        );
    }
}

fn outline_value(operation: &Operation<'_>) -> Value {
    let words = operation.operation.summary.or(operation.operation.id);
    let label = match words {
        Some(words) => format!("{} ({words})", operation.label()),
        None => operation.label(),
    };
    outline::operation(
        &label.replace('\n', " "),
        operation.parameters(),
        operation.operation,
        Direction::Request,
    )
}

/// By method and path without the names of parameters; a call that a document has twice keeps its names.
fn by_call(operations: Vec<Operation<'_>>) -> BTreeMap<(String, &str), Operation<'_>> {
    let mut by_call = BTreeMap::new();
    for operation in operations {
        let call = (anonymous(operation.path), operation.method);
        match by_call.contains_key(&call) {
            true => by_call.insert((operation.path.to_owned(), operation.method), operation),
            false => by_call.insert(call, operation),
        };
    }
    by_call
}

fn take_pairs<'a>(
    left: &mut Vec<Operation<'a>>,
    right: &mut Vec<Operation<'a>>,
    pairs: &mut Vec<(Operation<'a>, Operation<'a>)>,
    is_same: impl Fn(&Operation<'a>, &Operation<'a>) -> bool,
) {
    let mut kept = Vec::new();
    for old in left.drain(..) {
        match right.iter().position(|new| is_same(&old, new)) {
            Some(index) => pairs.push((old, right.remove(index))),
            None => kept.push(old),
        }
    }
    *left = kept;
}

/// Pairs `/v3/refund` with `/v4/refund`, where there is no doubt which one it became.
fn take_other_versions<'a>(
    left: &mut Vec<Operation<'a>>,
    right: &mut Vec<Operation<'a>>,
    pairs: &mut Vec<(Operation<'a>, Operation<'a>)>,
) {
    let call = |operation: &Operation<'a>| {
        let path = without_version(&anonymous(operation.path))?;
        Some((operation.method, path))
    };
    let count = |side: &[Operation<'a>], wanted: &Option<(&str, String)>| {
        side.iter()
            .filter(|operation| call(operation) == *wanted)
            .count()
    };
    let doubtful: BTreeSet<_> = left
        .iter()
        .chain(right.iter())
        .map(call)
        .filter(|wanted| count(left, wanted) != 1 || count(right, wanted) != 1)
        .collect();
    take_pairs(left, right, pairs, |old, new| {
        let wanted = call(old);
        wanted.is_some() && wanted == call(new) && !doubtful.contains(&wanted)
    });
}

/// The path with its version left open; nothing if it has none.
fn without_version(path: &str) -> Option<String> {
    let is_version = |segment: &str| {
        let digits = segment.strip_prefix(['v', 'V']).unwrap_or_default();
        digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.chars().all(|one| one.is_ascii_digit() || one == '.')
    };
    path.split('/').any(is_version).then(|| {
        let open = |segment| if is_version(segment) { "v*" } else { segment };
        path.split('/').map(open).collect::<Vec<_>>().join("/")
    })
}

fn without<'a>(operations: Vec<Operation<'a>>, taken: &BTreeSet<usize>) -> Vec<Operation<'a>> {
    let numbered = operations.into_iter().enumerate();
    let kept = numbered.filter(|(index, _)| !taken.contains(index));
    kept.map(|(_, operation)| operation).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Kind, compare};

    #[test]
    fn an_operation_is_known_under_another_version_of_its_path_unless_there_are_two() {
        let document = |paths: &[&str]| {
            let item = |path: &&str| {
                let name = format!("X-{path}");
                let operation = json!({"parameters": [{"name": name, "in": "header", "schema": {"type": "string"}}], "responses": {}});
                ((*path).to_owned(), json!({"post": operation}))
            };
            let paths: serde_json::Map<_, _> = paths.iter().map(item).collect();
            json!({"openapi": "3.1.0", "paths": paths})
        };
        let moves = |before: &[&str], after: &[&str]| {
            let drift = compare(&document(before), &document(after));
            let moved = drift
                .changes
                .iter()
                .filter(|change| change.kind == Kind::PathChanged);
            moved.count()
        };
        assert_eq!(moves(&["/v3/a/{id}"], &["/v4.1/a/{other}"]), 1);
        assert_eq!(
            moves(&["/api/v3/a", "/api/v3/b"], &["/api/v4/b", "/api/v4/a"]),
            2
        );
        assert_eq!(moves(&["/v3/a"], &["/v4/a", "/v5/a"]), 0);
        assert_eq!(moves(&["/v3/a"], &["/v4/b"]), 0);
        assert_eq!(moves(&["/a"], &["/b"]), 0);
    }
}
