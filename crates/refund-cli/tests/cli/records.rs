//! Records that keep a refund from being sent twice by two processes.

use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::support::{Bench, OPTTY, TAZAPAY};

fn lose_an_answer(bench: &Bench, provider: Provider, operation: &str) {
    let lost = ScriptedFault::at(provider, Fault::DropAfterCommit).operation(operation);
    bench.sandbox.inject(lost).unwrap();
}

/// Makes the only record older, so that nothing can be under way any more.
fn an_hour_passes(bench: &Bench) {
    let is_record = |path: &std::path::PathBuf| path.extension().is_some_and(|own| own == "json");
    let files = std::fs::read_dir(bench.directory.path().join("records")).unwrap();
    let mut records = files.map(|file| file.unwrap().path()).filter(is_record);
    let path = records.next().unwrap();
    let text = std::fs::read(&path).unwrap();
    let mut entry: serde_json::Value = serde_json::from_slice(&text).unwrap();
    for time in ["first_sent_at", "quiet_since"] {
        let seconds = &mut entry["record"][time]["secs_since_epoch"];
        *seconds = (seconds.as_u64().unwrap() - 3600).into();
    }
    std::fs::write(&path, entry.to_string()).unwrap();
}

#[test]
fn a_refund_in_doubt_is_not_sent_again_until_it_is_reconciled() {
    let bench = Bench::new();
    lose_an_answer(&bench, Provider::Optty, "refund_order");
    assert_eq!(bench.run(Provider::Optty, &OPTTY).status.code(), Some(4));

    let (code, json) = bench.json(Provider::Optty, &OPTTY);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    let why = json["why"].as_str().unwrap();
    assert!(why.contains("refund reconcile optty r-1"), "{why}");

    let (code, json) = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn an_accepted_refund_is_not_sent_again() {
    let bench = Bench::new();
    assert_eq!(
        bench.run(Provider::Tazapay, &TAZAPAY).status.code(),
        Some(0)
    );
    let (code, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn a_rejected_refund_can_be_corrected_under_its_reference() {
    let bench = Bench::new();
    let mut too_much = TAZAPAY;
    too_much[7] = "900.01 USD";
    assert_eq!(
        bench.run(Provider::Tazapay, &too_much).status.code(),
        Some(3)
    );
    assert_eq!(
        bench.run(Provider::Tazapay, &TAZAPAY).status.code(),
        Some(0)
    );
}

#[test]
fn what_no_api_can_tell_is_settled_by_a_person() {
    let bench = Bench::new();
    let create = [
        "create",
        "mce",
        "--reference",
        "r-1",
        "--transaction-type",
        "1",
        "--transaction-id",
        "transaction-1",
    ];
    lose_an_answer(&bench, Provider::Mce, "create_crypto_refund");
    assert_eq!(bench.run(Provider::Mce, &create).status.code(), Some(4));

    let reconciled = bench.run(Provider::Mce, &["reconcile", "mce", "r-1"]);
    assert_eq!(reconciled.status.code(), Some(5), "{reconciled:?}");
    let settle = ["reconcile", "mce", "r-1", "--settle", "accepted"];
    assert_eq!(bench.run(Provider::Mce, &settle).status.code(), Some(0));
    assert_eq!(bench.run(Provider::Mce, &create).status.code(), Some(5));
    assert_eq!(bench.sandbox.ledger().payments(Provider::Mce, "r-1"), 1);
}

#[test]
fn a_process_that_was_killed_leaves_its_refund_in_doubt() {
    let bench = Bench::new();
    let never = Fault::Delay {
        by: std::time::Duration::from_secs(30),
        commit: refunds_sandbox::Commit::Before,
    };
    bench
        .sandbox
        .inject(ScriptedFault::at(Provider::Optty, never).operation("refund_order"))
        .unwrap();
    let mut child = bench.command(Provider::Optty, &OPTTY).spawn().unwrap();
    while bench.sandbox.ledger().entries().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(bench.run(Provider::Optty, &OPTTY).status.code(), Some(4));
    let (code, json) = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn the_state_before_a_retry_settles_nothing() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Kotanipay, Fault::DropBeforeCommit);
    bench
        .sandbox
        .inject(lost.operation("retry_refund"))
        .unwrap();
    let retry = ["retry", "kotanipay", "offramp-1"];
    assert_eq!(
        bench.run(Provider::Kotanipay, &retry).status.code(),
        Some(4)
    );
    an_hour_passes(&bench);
    let reconcile = ["reconcile", "kotanipay", "offramp-1"];
    let (code, json) = bench.json(Provider::Kotanipay, &reconcile);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["refunds"][0]["status"], "failed");
    assert_eq!(
        bench.run(Provider::Kotanipay, &retry).status.code(),
        Some(4)
    );
}
