//! The journal, which keeps a refund from being sent twice by two processes.

use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::support::{Bench, MCE, OPTTY, TAZAPAY, outcome};

fn lose_an_answer(bench: &Bench, provider: Provider, operation: &str) {
    let lost = ScriptedFault::at(provider, Fault::DropAfterCommit).operation(operation);
    bench.sandbox.inject(lost).unwrap();
}

#[test]
fn a_refund_in_doubt_is_not_sent_again_until_it_is_reconciled() {
    let bench = Bench::new();
    lose_an_answer(&bench, Provider::Optty, "refund_order");
    assert_eq!(bench.run(Provider::Optty, &OPTTY).status.code(), Some(4));

    let (code, json) = bench.json(Provider::Optty, &OPTTY);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    let next = json["commands"].to_string();
    assert!(next.contains("refund reconcile optty r-1"), "{next}");

    let (code, json) = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn an_accepted_refund_is_accepted_and_not_sent_again() {
    let bench = Bench::new();
    let (_, first) = bench.json(Provider::Tazapay, &TAZAPAY);
    for arguments in [
        &TAZAPAY[..],
        &["reconcile", "tazapay", "r-1"],
        &["reconcile", "tazapay", "r-1", "--settle", "accepted"],
    ] {
        let (code, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
        assert_eq!(json["already"], true);
        assert_eq!(json["reference"], "r-1");
        assert_eq!(
            json["refunds"][0]["refund_id"],
            first["refunds"][0]["refund_id"]
        );
    }
    assert_eq!(first.get("already"), None);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn another_refund_under_the_reference_of_an_accepted_one_is_refused() {
    let bench = Bench::new();
    bench.json(Provider::Tazapay, &TAZAPAY);
    let mut other = TAZAPAY;
    other[7] = "19.91 USD";
    let reject = ["reconcile", "tazapay", "r-1", "--settle", "rejected"];
    for arguments in [&other[..], &reject] {
        let (code, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
        assert_eq!(json["provider"], "tazapay");
        assert_eq!(json["reference"], "r-1");
    }
    // What was contradicted is still there.
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn another_spelling_of_the_place_does_not_send_a_refund_again() {
    for (fault, code) in [(None, 0), (Some(Fault::DropAfterCommit), 4)] {
        let bench = Bench::new();
        if fault.is_some() {
            lose_an_answer(&bench, Provider::Optty, "refund_order");
        }
        let base_url = bench.sandbox.base_url(Provider::Optty);
        for spelling in [
            base_url.to_owned(),
            format!("{base_url}/"),
            base_url.replace("127.0.0.1", "localhost"),
            base_url.replace("http", "HTTP"),
        ] {
            let mut command = bench.command_at(&spelling, Provider::Optty, &OPTTY);
            let (ended, json) = outcome(command.arg("--json"));
            assert_eq!(ended, code, "{spelling}: {json}");
        }
        assert_eq!(bench.requests_of("refund_order"), 1);
        assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
    }
}

#[test]
fn a_write_that_cannot_be_made_leaves_nothing_in_doubt() {
    let bench = Bench::new();
    for _ in 0..2 {
        let (code, json) = bench.json(Provider::Kotanipay, &["retry", "kotanipay", ".."]);
        assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    }
    let (code, json) = bench.json(Provider::Kotanipay, &["reconcile", "kotanipay", ".."]);
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    let why = json["why"].as_str().unwrap();
    assert!(why.contains("is not in doubt"), "{why}");
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn a_rejected_refund_can_be_corrected_under_its_reference() {
    let bench = Bench::new();
    let mut mistyped = TAZAPAY;
    mistyped[5] = "chk_none";
    assert_eq!(
        bench.run(Provider::Tazapay, &mistyped).status.code(),
        Some(3)
    );
    assert_eq!(
        bench.run(Provider::Tazapay, &TAZAPAY).status.code(),
        Some(0)
    );
}

#[test]
fn what_an_earlier_success_would_explain_is_not_corrected_but_settled() {
    let bench = Bench::new();
    let mut too_much = TAZAPAY;
    too_much[7] = "900.01 USD";
    for arguments in [&too_much, &TAZAPAY] {
        let (code, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    }
    assert_eq!(bench.requests_of("create_refund"), 1);
    let settle = ["reconcile", "tazapay", "r-1", "--settle", "rejected"];
    assert_eq!(bench.json(Provider::Tazapay, &settle).0, 3);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
}

#[test]
fn what_no_api_can_tell_is_settled_by_a_person() {
    let bench = Bench::new();
    lose_an_answer(&bench, Provider::Mce, "create_crypto_refund");
    assert_eq!(bench.run(Provider::Mce, &MCE).status.code(), Some(4));

    let (code, json) = bench.json(Provider::Mce, &["reconcile", "mce", "r-1"]);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["provider"], "mce");
    assert_eq!(json["reference"], "r-1");
    let question = json["question"].as_str().unwrap();
    assert!(question.contains("clientReference `r-1`"), "{question}");
    let next = json["commands"].to_string();
    assert!(next.contains("reconcile mce r-1 --settle"), "{next}");
    let settle = ["reconcile", "mce", "r-1", "--settle", "accepted"];
    assert_eq!(bench.run(Provider::Mce, &settle).status.code(), Some(0));
    let (code, json) = bench.json(Provider::Mce, &MCE);
    assert_eq!((code, &json["already"]), (0, &true.into()), "{json}");
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

    // Until its lease is over, nobody can tell that it was killed; it may have happened.
    for arguments in [&OPTTY[..], &["reconcile", "optty", "r-1"]] {
        let (code, json) = bench.json(Provider::Optty, arguments);
        assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
        assert_eq!(json["next"], "reconcile_later");
        let next = json["next_text"].as_str().unwrap();
        assert!(next.contains("killed"), "{next}");
    }
    bench.an_hour_passes();
    assert_eq!(bench.run(Provider::Optty, &OPTTY).status.code(), Some(4));
    let (code, json) = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn a_process_that_was_killed_while_nothing_had_happened_leaves_nothing_in_doubt() {
    let bench = Bench::new();
    let later = Fault::TooManyRequests {
        hint: Some(refunds_sandbox::Hint::HeaderSeconds(60)),
    };
    let later = ScriptedFault::at(Provider::Tazapay, later);
    bench.sandbox.inject(later).unwrap();
    let mut child = bench.command(Provider::Tazapay, &TAZAPAY).spawn().unwrap();
    // It waits for its next attempt, once the first has been answered and the journal knows of that.
    let is_waiting = || {
        let requests = bench.sandbox.requests();
        let is_answered = requests.iter().any(|request| request.answered == Some(429));
        is_answered && bench.sql("SELECT state FROM refunds WHERE clean = 1").len() == 1
    };
    let patience = std::time::Instant::now();
    while !is_waiting() && patience.elapsed() < std::time::Duration::from_secs(20) {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    bench.an_hour_passes();

    let (code, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
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
    bench.an_hour_passes();
    let reconcile = ["reconcile", "kotanipay", "offramp-1"];
    let (code, json) = bench.json(Provider::Kotanipay, &reconcile);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["refunds"][0]["status"], "failed");
    assert_eq!(
        bench.run(Provider::Kotanipay, &retry).status.code(),
        Some(4)
    );
}
