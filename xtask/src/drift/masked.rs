//! What changes in the documents of the pages and does not show in the effective document: what the overlay masks.

use std::collections::BTreeSet;

use openapi_drift::{Change, Class, Drift};
use openapi_model::pointer;
use serde_json::Value;
use spec_documents::overlay::Overlay;

use super::effects::{self, Effects};

/// The changes of `published` that `effective` does not have, each with the overlay actions that mask it; `unsaid` is what the
/// pages say otherwise than the effective document did before.
///
/// What only superfluous actions mask is left out: the effective document is compared without these.
pub(super) fn changes(
    published: Drift,
    (effective, unsaid): (&Drift, &Drift),
    overlay: Option<&Overlay>,
    merged: (&Value, &Value),
    superfluous: &BTreeSet<usize>,
) -> Vec<Change> {
    let touched = overlay
        .map(|overlay| touched(overlay, merged))
        .unwrap_or_default();
    let changes = published.changes.into_iter();
    changes
        .filter(|change| !effective.changes.iter().any(|told| shows(change, told)))
        .filter_map(|change| {
            let standing = |at: &str| -> Vec<usize> {
                let actions = touched.iter();
                actions
                    .filter(|(number, _)| !superfluous.contains(number))
                    .filter(|(_, pointers)| pointers.iter().any(|pointer| related(pointer, at)))
                    .map(|(number, _)| *number)
                    .collect()
            };
            let mut by = standing(&change.pointer);
            if by.is_empty() {
                // The page may say now what the effective document said before; otherwise what an action says beside it,
                // such as a stricter limit, keeps it from showing.
                let mut others = unsaid.changes.iter();
                others.find(|other| related(&other.pointer, &change.pointer))?;
                by = standing(pointer::split_last(&change.pointer)?.0);
            }
            Some(masked(change, &by))
        })
        .collect()
}

/// The pointers that each action changes, on the old pages or on the new ones.
fn touched(overlay: &Overlay, (before, after): (&Value, &Value)) -> Vec<(usize, BTreeSet<String>)> {
    let (old, new) = (
        effects::run(before, overlay).1,
        effects::run(after, overlay).1,
    );
    let pointers = |effects: &Effects| effects.keys().cloned().collect::<Vec<_>>();
    let steps = overlay.actions.iter().zip(old.iter().zip(&new));
    steps
        .map(|(action, (old, new))| {
            let both = pointers(&old.effects).into_iter();
            (action.number, both.chain(pointers(&new.effects)).collect())
        })
        .collect()
}

/// Whether a change of the effective document tells what a change of the published one would.
fn shows(published: &Change, told: &Change) -> bool {
    if told.kind == published.kind && told.pointer == published.pointer {
        return true;
    }
    // What came or went as a whole has all that is in it.
    let whole = told.kind.code().ends_with("-removed") || told.kind.code().ends_with("-added");
    if whole && within(&published.pointer, &told.pointer) {
        return true;
    }
    !published.money && related(&published.pointer, &told.pointer)
}

/// Whether one of two places is the other one or in it.
fn related(one: &str, other: &str) -> bool {
    within(one, other) || within(other, one)
}

/// Whether a place is another one or in it.
pub(super) fn within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The change as a person has to see it: nothing of it shows in the crate, and what it does to calls is not known.
fn masked(mut change: Change, by: &[usize]) -> Change {
    if change.money || change.class != Class::Compatible {
        change.class = Class::ReadThis;
    }
    let who = match by {
        [] => "The overlay says".to_owned(),
        [number] => format!("Overlay action {number} says"),
        numbers => {
            let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
            format!("Overlay actions {} say", numbers.join(", "))
        }
    };
    change.why = format!(
        "{who} something else there, so that the effective document and the crate stay as they are. Decide whether that still \
         holds, now that the page has changed. {}",
        change.why
    );
    change.masked_by = by.to_vec();
    change
}
