//! What an operation says itself or inherits from the document: its servers and its authentication.

use serde_json::Value;

use super::operations::Operation;
use crate::place::Place;

/// The place that says `key` for an operation: itself, its path if the key may stand there, or the document.
pub(crate) fn owner<'a>(operation: &Operation<'a>, key: &str) -> Place<'a> {
    let own = [&operation.place, &operation.item];
    // Authentication is not said for a path.
    let levels = if key == "servers" { 2 } else { 1 };
    own.into_iter()
        .take(levels)
        .find(|place| place.get(key).is_some())
        .unwrap_or(&operation.root)
        .clone()
}

/// Whether both operations of a pair have it from their documents.
pub(crate) fn both_inherit(old: &Operation<'_>, new: &Operation<'_>, key: &str) -> bool {
    is_root(&owner(old, key)) && is_root(&owner(new, key))
}

/// Where `key` is compared, so that each change on the wire is told once.
pub(crate) struct Plan<'a> {
    /// The places that say it for the API as a whole, if it is compared as a whole.
    pub(crate) whole: Option<(Place<'a>, Place<'a>)>,
    /// Whether operations are compared that say it themselves, on one side at least.
    pub(crate) one_by_one: bool,
}

impl<'a> Plan<'a> {
    /// The documents count alone where there are no operations on both sides; otherwise what counts is what holds for
    /// each operation.
    pub(crate) fn of(
        key: &str,
        (old, new): (&Place<'a>, &Place<'a>),
        pairs: &[(Operation<'a>, Operation<'a>)],
    ) -> Self {
        let roots = || (old.clone(), new.clone());
        let owners: Vec<_> = pairs
            .iter()
            .map(|(old, new)| (owner(old, key), owner(new, key)))
            .collect();
        let Some(first) = owners.first() else {
            return Self {
                whole: Some(roots()),
                one_by_one: false,
            };
        };
        let said = |(old, new): &(Place<'a>, Place<'a>)| -> (Option<&'a Value>, Option<&'a Value>) {
            let value = |place: &Place<'a>| place.get(key).map(|place| place.value);
            (value(old), value(new))
        };
        let (root_before, root_after) = said(&roots());
        let all_agree = owners.iter().all(|owners| said(owners) == said(first));
        let some_inherit = owners.iter().any(|(old, new)| is_root(old) || is_root(new));
        if root_before != root_after && all_agree && some_inherit {
            return Self {
                whole: Some(first.clone()),
                one_by_one: false,
            };
        }
        let some_inherit_both = owners.iter().any(|(old, new)| is_root(old) && is_root(new));
        Self {
            whole: some_inherit_both.then(roots),
            one_by_one: true,
        }
    }
}

fn is_root(place: &Place<'_>) -> bool {
    place.at.is_empty()
}
