//! A call that is ended while it waits loses nothing.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use refunds_sandbox::{Fault, Provider};

use crate::support::{Bench, TAZAPAY_FULL, checked, ended, signal};

fn spawned(mut command: Command) -> Child {
    command
        .arg("--json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_wait_is_told_beforehand_and_can_be_cut_and_the_refund_is_settled_later() {
    for name in ["INT", "TERM"] {
        let bench = Bench::new();
        bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
        let mut child = spawned(bench.command(Provider::Tazapay, &TAZAPAY_FULL));
        let mut told = String::new();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        log.read_line(&mut told).unwrap();
        assert!(
            told.starts_with("waiting 60 s: ") && told.contains("Ctrl-C"),
            "{told}"
        );
        signal(&child, name);
        let code = child.wait().unwrap().code();
        let mut shown = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut shown)
            .unwrap();
        let json = checked(shown.trim_end());
        assert_eq!(
            (code, &json["outcome"]),
            (Some(4), &"unknown".into()),
            "{json}"
        );
        assert_eq!(json["next"], "reconcile_later", "{json}");
        assert_eq!(json["retry_after_seconds"], 60, "{json}");
        assert!(
            json["commands"][0]
                .as_str()
                .unwrap()
                .starts_with("refund reconcile tazapay r-1 --base-url")
        );
        // What a person says now cannot be put down yet, and the command that is told says it again.
        let early = ["reconcile", "tazapay", "r-1", "--settle", "rejected"];
        let (code, json) = bench.json(Provider::Tazapay, &early);
        assert_eq!(
            (code, &json["next"]),
            (4, &"reconcile_later".into()),
            "{json}"
        );
        assert!(
            json["commands"][0]
                .as_str()
                .unwrap()
                .starts_with("refund reconcile tazapay r-1 --settle rejected --base-url"),
            "{json}"
        );
        // Nothing of it is lost: the journal has it, and it is settled without a second payment.
        assert_eq!(bench.states(), ["sending"]);
        bench.an_hour_passes();
        let settled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
        assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
        assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
    }
}

#[test]
fn a_command_that_waits_for_standard_input_ends_when_it_is_told_to() {
    for _ in 0..8 {
        let bench = Bench::new();
        let mut command = bench.command(Provider::Tazapay, &["webhook", "apply", "tazapay"]);
        command
            .env("REFUND_WEBHOOK_SECRET", "whsec_test")
            .stdin(Stdio::piped());
        let mut child = spawned(command);
        thread::sleep(Duration::from_millis(200));
        signal(&child, "TERM");
        let mut waited = 0;
        while child.try_wait().unwrap().is_none() {
            waited += 1;
            assert!(waited < 1_000, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a_call_that_is_ended_before_anything_was_sent_says_so() {
    let bench = Bench::new();
    let broken = Fault::ServerError {
        status: 503,
        html: false,
        after_commit: false,
    };
    for _ in 0..9 {
        bench.fault(Provider::Optty, "order_details", broken.clone());
    }
    let fetch = ["fetch", "optty", "order-1", "--attempts", "9", "-v"];
    let mut child = spawned(bench.command(Provider::Optty, &fetch));
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    log.find(|line| line.as_ref().unwrap().contains("reading again"));
    signal(&child, "INT");
    let code = child.wait().unwrap().code();
    let mut shown = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut shown)
        .unwrap();
    let json = checked(shown.trim_end());
    assert_eq!(
        (code, &json["outcome"]),
        (Some(1), &"failed".into()),
        "{json}"
    );
    assert!(
        json["why"].as_str().unwrap().contains("interrupted"),
        "{json}"
    );
}

#[test]
fn a_doubt_that_cannot_be_settled_yet_says_when_to_look_again() {
    let bench = Bench::new();
    bench.fault(Provider::Optty, "refund_order", Fault::DropBeforeCommit);
    assert_eq!(bench.json(Provider::Optty, &crate::support::OPTTY).0, 4);
    let (code, json) = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!(
        (code, &json["next"], &json["retryable"]),
        (4, &"reconcile_later".into(), &true.into()),
        "{json}"
    );
    let seconds = json["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=60).contains(&seconds), "{json}");
    let at = json["look_again_at"].as_str().unwrap();
    assert!(
        at.ends_with('Z') && at.len() == "2026-03-31T09:00:00Z".len(),
        "{at}"
    );
}
