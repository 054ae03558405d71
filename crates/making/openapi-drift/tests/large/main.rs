//! A large document against a copy with changes, whose number is worked out by hand.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

mod document;

use std::collections::BTreeMap;

use openapi_drift::{Class, Drift, Kind, compare};

use self::document::{OPERATIONS, document};

fn counts(drift: &Drift) -> BTreeMap<(Class, Kind), usize> {
    let mut counts = BTreeMap::new();
    for change in &drift.changes {
        *counts.entry((change.class, change.kind)).or_default() += 1;
    }
    counts
}

#[test]
fn every_change_of_a_large_document_is_told_once() {
    let before = document(false);
    assert_eq!(before["paths"].as_object().unwrap().len(), OPERATIONS);
    let drift = compare(&before, &document(true));
    let expected = [
        // 1, 51, …, 751.
        ((Class::Breaking, Kind::OperationRemoved), 16),
        // Schemas 9, 29, 49, 69 and 89.
        ((Class::Breaking, Kind::FieldOptional), 5),
        // 0, 10, …, 760.
        ((Class::Breaking, Kind::TypeChanged), 77),
        ((Class::Compatible, Kind::OperationAdded), 5),
        // 3, 10, …, 766 are 110, of which 101 and 451 are gone.
        ((Class::Compatible, Kind::StatusAdded), 108),
        // Schemas 0, 20, 40, 60 and 80.
        ((Class::Compatible, Kind::EnumValuesAdded), 5),
    ];
    assert_eq!(counts(&drift), BTreeMap::from(expected));
}

#[test]
fn a_change_of_a_shared_schema_names_every_operation_that_reaches_it() {
    let drift = compare(&document(false), &document(true));
    let touched = |pointer: &str| {
        let change = drift
            .changes
            .iter()
            .find(|change| change.pointer.starts_with(pointer));
        change.unwrap().operations().count()
    };
    // Schema 80 is the first of its group: operations 80, 180, …, 680 reach it.
    assert_eq!(touched("/components/schemas/Schema80/"), 7);
    // Schema 9 is the last of its group: those of schemas 0 to 9, eight each, but for 1, 101, …, 701, which are gone.
    assert_eq!(touched("/components/schemas/Schema9/"), 72);
}

#[test]
fn a_large_document_has_no_drift_from_itself() {
    let (before, after) = (document(false), document(true));
    assert_eq!(compare(&before, &before), Drift::default());
    assert_eq!(compare(&after, &after), Drift::default());
}
