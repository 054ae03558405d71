//! What the journal knows: lists, single refunds, and what is settled or forgotten of it.

use std::{collections::HashSet, fs};

use refunds_sandbox::{Fault, Payin, Provider};

use crate::support::{Bench, MCE, OPTTY, RETRY, TAZAPAY, ended};

/// One refund in doubt, one that has succeeded, one that is pending, one that failed and one that was rejected.
fn busy() -> Bench {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
    assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 0);
    let other = |reference: &'static str, payin: &'static str| {
        let mut other = TAZAPAY;
        (other[3], other[5]) = (reference, payin);
        bench.json(Provider::Tazapay, &other).0
    };
    assert_eq!(other("r-pending", "chk_1"), 0);
    let word = "failed".to_owned();
    bench.fault(
        Provider::Tazapay,
        "create_refund",
        Fault::FailedAtOnce { word },
    );
    assert_eq!(other("r-failed", "chk_1"), 6);
    assert_eq!(other("r-rejected", "chk_none"), 3);
    bench
}

fn references(bench: &Bench, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["list"], arguments].concat();
    let (code, lines) = bench.lines(Provider::Tazapay, &arguments);
    assert_eq!(code, 0, "{lines:?}");
    let mut references: Vec<_> = lines
        .iter()
        .map(|line| {
            format!(
                "{} {}",
                line["provider"].as_str().unwrap(),
                line["reference"].as_str().unwrap()
            )
        })
        .collect();
    references.sort();
    references
}

#[test]
fn refunds_are_listed_by_what_became_of_them() {
    let bench = busy();
    assert_eq!(references(&bench, &[]).len(), 5);
    assert_eq!(references(&bench, &["--in-doubt"]), ["tazapay r-1"]);
    assert_eq!(references(&bench, &["--pending"]), ["tazapay r-pending"]);
    assert_eq!(
        references(&bench, &["--failed"]),
        ["tazapay r-failed", "tazapay r-rejected"]
    );
    assert_eq!(
        references(&bench, &["--in-doubt", "--pending"]),
        ["tazapay r-1", "tazapay r-pending"]
    );
    assert_eq!(references(&bench, &["--provider", "optty"]), ["optty r-1"]);
    assert_eq!(references(&bench, &["--since", "10m"]).len(), 5);
    assert_eq!(references(&bench, &["--since", "2999-01-01"]).len(), 0);
    assert_eq!(references(&bench, &["--limit", "2"]).len(), 2);
}

#[test]
fn a_list_is_a_table_for_people() {
    let bench = busy();
    let output = bench.run(Provider::Tazapay, &["list"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let table = String::from_utf8(output.stdout).unwrap();
    for told in [
        "provider",
        "r-pending",
        "19.90 USD",
        "in_doubt",
        "succeeded",
    ] {
        assert!(table.contains(told), "{told}: {table}");
    }
    let none = bench.run(Provider::Tazapay, &["list", "--provider", "mce"]);
    assert_eq!(none.stdout, b"The journal has no such refund.\n");
}

#[test]
fn a_refund_is_shown_with_its_history_and_what_would_settle_it() {
    let bench = busy();
    let (code, json) = bench.json(Provider::Tazapay, &["show", "tazapay", "r-1"]);
    assert_eq!((code, &json["state"]), (0, &"in_doubt".into()), "{json}");
    assert_eq!(json["payment"], "chk_1");
    assert_eq!(json["amount"], "19.90 USD");
    let event = json["settling_event"].as_str().unwrap();
    assert!(event.contains("`refund_reference`: `r-1`"), "{event}");
    assert!(
        json["question"].as_str().unwrap().contains("chk_1"),
        "{json}"
    );
    assert_eq!(json["next"], "await_event", "{json}");
    let command = json["commands"][0].as_str().unwrap();
    assert!(
        command.contains("reconcile tazapay r-1 --event FILE"),
        "{command}"
    );
    let (_, pending) = bench.json(Provider::Tazapay, &["show", "tazapay", "r-pending"]);
    assert_eq!(pending["next"], "read_again", "{pending}");
    let whats: Vec<_> = json["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| told["what"].as_str().unwrap())
        .collect();
    assert_eq!(whats, ["sending", "in_doubt"]);
    let output = bench.run(Provider::Tazapay, &["show", "tazapay", "r-1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("tazapay r-1, in_doubt\n"), "{text}");
    let unknown = bench.json(Provider::Tazapay, &["show", "tazapay", "r-9"]);
    assert_eq!(ended(&unknown), (5, "refused"), "{}", unknown.1);
}

#[test]
fn a_refund_of_another_place_is_not_shown() {
    let bench = busy();
    let arguments = ["show", "tazapay", "r-1"];
    let mut command = bench.command_at("http://127.0.0.1:1", Provider::Tazapay, &arguments);
    let refused = crate::support::outcome(command.arg("--json"));
    assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
}

#[test]
fn all_that_is_in_doubt_or_pending_is_settled_at_once() {
    let bench = Bench::new();
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 4);
    let (code, lines) = bench.lines(Provider::Optty, &["reconcile", "--all"]);
    assert_eq!((code, lines.len()), (0, 1), "{lines:?}");
    assert_eq!(lines[0]["outcome"], "accepted");
    assert_eq!(lines[0]["reference"], "r-1");
    let (code, lines) = bench.lines(Provider::Optty, &["reconcile", "--all"]);
    assert_eq!((code, lines.len()), (0, 0), "{lines:?}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn what_stays_unknown_among_all_ends_with_4_and_keeps_no_other_from_being_settled() {
    let bench = busy();
    let (code, lines) = bench.lines(Provider::Tazapay, &["reconcile", "--all"]);
    assert_eq!((code, lines.len()), (4, 2), "{lines:?}");
    for (reference, outcome) in [("r-1", "unknown"), ("r-pending", "accepted")] {
        let line = lines.iter().find(|line| line["reference"] == reference);
        assert_eq!(line.unwrap()["outcome"], outcome, "{lines:?}");
    }
    assert_eq!(bench.requests_of("create_refund"), 4);
}

#[test]
fn what_is_of_another_place_or_has_no_credentials_is_left_and_told() {
    let bench = busy();
    bench.fault(
        Provider::Mce,
        "create_crypto_refund",
        Fault::DropAfterCommit,
    );
    assert_eq!(bench.json(Provider::Mce, &MCE).0, 4);
    let output = bench.run(Provider::Kotanipay, &["reconcile", "--all"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("2 of tazapay") && told.contains("1 of mce"),
        "{told}"
    );
    let both = ["reconcile", "optty", "r-1", "--all"];
    assert_eq!(bench.run(Provider::Optty, &both).status.code(), Some(2));
    assert_eq!(
        bench.run(Provider::Optty, &["reconcile"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_try_that_has_succeeded_meanwhile_is_read_among_all() {
    let bench = Bench::new();
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 0);
    bench
        .sandbox
        .clock()
        .advance(std::time::Duration::from_secs(3600));
    let (code, lines) = bench.lines(Provider::Kotanipay, &["reconcile", "--all"]);
    assert_eq!((code, lines.len()), (0, 1), "{lines:?}");
    assert_eq!(lines[0]["standing"], "succeeded", "{lines:?}");
    assert_eq!(bench.states(), ["succeeded"]);
}

#[test]
fn the_request_of_a_refund_at_its_end_can_be_forgotten() {
    let bench = Bench::new();
    let mut personal = OPTTY;
    personal[9] = "for Ms Example";
    assert_eq!(bench.json(Provider::Optty, &personal).0, 0);
    let holds = || {
        let shown = bench.sql("SELECT COALESCE(action, '') FROM refunds");
        shown.iter().any(|action| action.contains("Ms Example"))
    };
    assert!(holds());
    let (code, json) = bench.json(Provider::Optty, &["forget", "optty", "r-1"]);
    assert_eq!((code, &json["outcome"]), (0, &"forgotten".into()), "{json}");
    assert!(!holds());
    let (_, json) = bench.json(Provider::Optty, &["show", "optty", "r-1"]);
    assert_eq!(
        (&json["state"], &json["forgotten"], &json["next"]),
        (&"succeeded".into(), &true.into(), &serde_json::Value::Null)
    );
    // It is known again all the same.
    let (code, json) = bench.json(Provider::Optty, &personal);
    assert_eq!((code, &json["already"]), (0, &true.into()), "{json}");
    assert_eq!(bench.requests_of("refund_order"), 1);
}

#[test]
fn what_is_not_at_its_end_is_not_forgotten() {
    let bench = busy();
    for reference in ["r-1", "r-pending"] {
        let refused = bench.json(Provider::Tazapay, &["forget", "tazapay", reference]);
        assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
    }
}

#[test]
fn a_list_and_a_reconciliation_of_all_go_through_more_refunds_than_fit_a_page() {
    const LINES: usize = 1_030;
    let bench = Bench::new();
    let mut text = "reference,provider,payment,amount,currency\n".to_owned();
    for line in 0..LINES {
        let payin = Payin::new(format!("payin-{line}"), 10.into(), "USD");
        bench.sandbox.add_payin(payin).unwrap();
        text.push_str(&format!("b-{line},tazapay,payin-{line},1,USD\n"));
    }
    fs::write(bench.directory.path().join("refunds.csv"), text).unwrap();
    let (_, planned) = bench.lines(Provider::Tazapay, &["batch", "plan", "refunds.csv"]);
    let id = planned[0]["batch"].as_str().unwrap();
    let listed = |arguments: &[&str]| {
        let arguments = [&["list"], arguments].concat();
        let (code, lines) = bench.lines(Provider::Tazapay, &arguments);
        assert_eq!(code, 0);
        let references = lines.iter().map(|line| line["reference"].to_string());
        (lines.len(), references.collect::<HashSet<_>>().len())
    };
    assert_eq!(listed(&["--limit", "5000"]), (LINES, LINES));
    assert_eq!(listed(&["--limit", "1029"]), (1_029, 1_029));
    assert_eq!(listed(&["--limit", "1000"]), (1_000, 1_000));
    let approve = [
        "batch",
        "approve",
        id,
        "--sum",
        "tazapay 1030 USD",
        "--by",
        "ann",
    ];
    assert_eq!(bench.lines(Provider::Tazapay, &approve).0, 0);
    assert_eq!(bench.lines(Provider::Tazapay, &["batch", "run", id]).0, 0);
    let waiting = listed(&["--pending", "--limit", "5000"]).0;
    assert!(waiting > 500, "{waiting}");
    let (_, settled) = bench.lines(Provider::Tazapay, &["reconcile", "--all"]);
    assert_eq!(settled.len(), waiting);
}
