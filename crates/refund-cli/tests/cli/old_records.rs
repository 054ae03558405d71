//! Records from before the reference travelled at Tazapay, and before the status was kept.

use std::{fs, time::Duration};

use refunds_sandbox::{Fault, Offramp, Provider, Settings};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{Bench, TAZAPAY, TAZAPAY_FULL, ended};

/// Writes the only record as an earlier version did: without the members that are new.
fn make_old(bench: &Bench) {
    let path = bench.record();
    let mut entry: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for member in ["status", "retry_mark"] {
        entry.as_object_mut().unwrap().remove(member);
    }
    for pointer in ["/action/create/tazapay", "/record/action/create/tazapay"] {
        if let Some(refund) = entry.pointer_mut(pointer) {
            refund.as_object_mut().unwrap().remove("reference_key");
        }
    }
    fs::write(path, entry.to_string()).unwrap();
}

#[test]
fn an_old_record_of_an_accepted_refund_knows_the_same_command_again() {
    let bench = Bench::new();
    let first = bench.json(Provider::Tazapay, &TAZAPAY);
    make_old(&bench);
    for arguments in [&TAZAPAY[..], &["reconcile", "tazapay", "r-1"]] {
        let result = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
        assert_eq!(result.1["already"], true);
        let (then, now) = (&first.1["refunds"][0], &result.1["refunds"][0]);
        assert_eq!(now["refund_id"], then["refund_id"]);
    }
    let mut other = TAZAPAY;
    other[7] = "19.91 USD";
    assert_eq!(bench.json(Provider::Tazapay, &other).0, 5);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn an_old_record_in_doubt_is_settled_by_no_event_but_by_the_word_of_support() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
    make_old(&bench);
    bench.an_hour_passes();
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
    let reconciled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(ended(&reconciled), (4, "unknown"), "{}", reconciled.1);
    assert_eq!(reconciled.1.get("settling_event"), None);
    let next = reconciled.1["next"].as_str().unwrap();
    assert!(
        next.contains("--settle") && !next.contains("--event"),
        "{next}"
    );
    let settle = ["reconcile", "tazapay", "r-1", "--settle", "accepted"];
    assert_eq!(bench.json(Provider::Tazapay, &settle).0, 0);
    let again = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(
        (again.0, &again.1["already"]),
        (0, &true.into()),
        "{}",
        again.1
    );
    assert_eq!(bench.requests_of("create_refund"), 1);
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
}

#[test]
fn an_old_record_of_a_refund_of_everything_is_repeated_as_it_was_sent() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    let create = [&TAZAPAY_FULL[..], &["--attempts", "1"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &create).0, 4);
    make_old(&bench);
    bench.an_hour_passes();
    let settled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
    // The sandbox's default shows the first refund under its key; its metadata has the reference, of which
    // an old record knows nothing.
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
}

#[test]
fn an_old_record_of_an_accepted_try_is_followed_by_another_only_on_the_word_of_support() {
    let bench = Bench::with(Settings::hostile());
    let mut offramp = Offramp::with_failed_refund("offramp-2", Decimal::from(3));
    offramp.failures_to_come = 1;
    bench.sandbox.add_offramp(offramp).unwrap();
    let retry = ["retry", "kotanipay", "offramp-2"];
    assert_eq!(bench.json(Provider::Kotanipay, &retry).0, 0);
    make_old(&bench);
    bench.an_hour_passes();
    // It has failed, but nothing on record tells what was shown before it.
    bench.sandbox.clock().advance(Duration::from_secs(3600));
    let again = bench.json(Provider::Kotanipay, &retry);
    assert_eq!(ended(&again), (5, "refused"), "{}", again.1);
    let settle = [
        "reconcile",
        "kotanipay",
        "offramp-2",
        "--settle",
        "rejected",
    ];
    let settled = bench.json(Provider::Kotanipay, &settle);
    assert_eq!(ended(&settled), (3, "rejected"), "{}", settled.1);
    assert_eq!(bench.requests_of("retry_refund"), 1);
    let again = bench.json(Provider::Kotanipay, &retry);
    assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
    assert_eq!(bench.requests_of("retry_refund"), 2);
}
