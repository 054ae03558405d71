//! What is lost, refused or cut off, and what the command does then: it never pays twice by itself.

use std::time::Duration;

use refunds_sandbox::{Ending, Fault, Literal, Provider, Settings, WaitClock};
use serde_json::Value;

use crate::support::{Bench, MCE, OPTTY, RETRY, TAZAPAY, TAZAPAY_FULL, ended};

/// A sandbox that keeps no key for an answer that nobody heard.
fn keyless() -> Bench {
    let mut settings = Settings::default();
    settings.tazapay.lost_answer_keeps_key = false;
    Bench::with(settings)
}

/// The ways in which a provider pays and nobody hears of it.
fn unheard() -> Vec<Fault> {
    vec![
        Fault::DropAfterCommit,
        Fault::ResetAfterCommit,
        Fault::ServerError {
            status: 500,
            html: false,
            after_commit: true,
        },
        Fault::LateServerError {
            after: Duration::from_secs(3),
            clock: WaitClock::Real,
            status: 500,
        },
        Fault::CrashAfterCommit {
            ending: Ending::CutHead,
        },
        Fault::Truncated,
        Fault::Garbage,
    ]
}

fn payments(bench: &Bench, provider: Provider, reference: &str) -> usize {
    bench.sandbox.ledger().payments(provider, reference)
}

fn text<'a>(json: &'a Value, member: &str) -> &'a str {
    json[member].as_str().unwrap_or_default()
}

#[test]
fn a_refund_of_a_part_whose_answer_is_lost_is_never_repeated_and_says_what_settles_it() {
    for fault in unheard() {
        for extra in [&[][..], &["--attempts", "1"]] {
            let bench = keyless();
            bench.fault(Provider::Tazapay, "create_refund", fault.clone());
            let create = [&TAZAPAY[..], &["--deadline", "2"], extra].concat();
            let first = bench.json(Provider::Tazapay, &create);
            assert_eq!(ended(&first), (4, "unknown"), "{fault:?}: {}", first.1);
            let next = first.1["commands"].to_string();
            assert!(next.contains("--event FILE"), "{fault:?}: {next}");
            // The late one pays only now.
            while bench.sandbox.ledger().entries().is_empty() {
                std::thread::sleep(Duration::from_millis(20));
            }
            bench.an_hour_passes();
            let reconciled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
            assert_eq!(ended(&reconciled), (4, "unknown"), "{}", reconciled.1);
            let event = text(&reconciled.1, "settling_event");
            assert!(event.contains("`refund_reference`: `r-1`"), "{event}");
            let question = text(&reconciled.1, "question");
            assert!(question.contains("19.90 USD of chk_1"), "{question}");
            let again = bench.json(Provider::Tazapay, &TAZAPAY);
            assert_eq!(ended(&again), (4, "unknown"), "{}", again.1);
            assert_eq!(bench.requests_of("create_refund"), 1, "{fault:?}");
            assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1, "{fault:?}");
        }
    }
}

#[test]
fn a_refund_of_everything_is_settled_by_repeating_it_under_its_key() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    let create = [&TAZAPAY_FULL[..], &["--attempts", "1"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &create).0, 4);
    bench.an_hour_passes();
    let settled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
    let again = bench.json(Provider::Tazapay, &TAZAPAY_FULL);
    assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
    assert_eq!(again.1["already"], true);
    assert_eq!(again.1["refunds"][0]["status"], "pending");
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_refund_of_everything_whose_key_is_lost_is_refused_and_stays_unknown() {
    let bench = keyless();
    bench.fault(Provider::Tazapay, "create_refund", Fault::ResetAfterCommit);
    let create = [&TAZAPAY_FULL[..], &["--attempts", "1"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &create).0, 4);
    for _ in 0..2 {
        bench.an_hour_passes();
        let settled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
        assert_eq!(ended(&settled), (4, "unknown"), "{}", settled.1);
    }
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn only_the_option_that_names_the_risk_repeats_a_refund_of_a_part() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    let create = [&TAZAPAY[..], &["--attempts", "1"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &create).0, 4);
    bench.an_hour_passes();
    let reconcile = ["reconcile", "tazapay", "r-1"];
    assert_eq!(bench.json(Provider::Tazapay, &reconcile).0, 4);
    assert_eq!(bench.requests_of("create_refund"), 1);
    let risky = [&reconcile[..], &["--risk-paying-twice"]].concat();
    let settled = bench.json(Provider::Tazapay, &risky);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
    assert_eq!(bench.requests_of("create_refund"), 2);
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn nothing_is_risked_where_anything_was_heard() {
    let bench = keyless();
    let heard = Fault::CrashAfterCommit {
        ending: Ending::CutHead,
    };
    bench.fault(Provider::Tazapay, "create_refund", heard);
    let create = [&TAZAPAY[..], &["--risk-paying-twice"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &create).0, 4);
    bench.an_hour_passes();
    let risky = ["reconcile", "tazapay", "r-1", "--risk-paying-twice"];
    assert_eq!(bench.json(Provider::Tazapay, &risky).0, 4);
    assert_eq!(bench.requests_of("create_refund"), 1);
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_second_machine_that_is_refused_does_not_take_it_for_a_no() {
    for (provider, create) in [
        (Provider::Tazapay, &TAZAPAY_FULL[..]),
        (Provider::Mce, &MCE),
        (Provider::Optty, &OPTTY),
    ] {
        let bench = Bench::new();
        assert_eq!(bench.json(provider, create).0, 0);
        bench.lose_journal();
        // Tazapay keeps its key for a day.
        bench
            .sandbox
            .clock()
            .advance(Duration::from_secs(25 * 3600));
        for _ in 0..2 {
            let second = bench.json(provider, create);
            assert_eq!(ended(&second), (4, "unknown"), "{}", second.1);
            let told = second.1.to_string();
            for advice in ["another reference", "orrect what", "nothing happened"] {
                assert!(!told.contains(advice), "{told}");
            }
        }
        assert_eq!(payments(&bench, provider, "r-1"), 1, "{}", provider.name());
    }
}

#[test]
fn a_journal_that_is_lost_within_the_day_of_the_key_shows_the_first_refund() {
    let bench = Bench::new();
    let first = bench.json(Provider::Tazapay, &TAZAPAY);
    bench.lose_journal();
    let second = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(ended(&second), (0, "accepted"), "{}", second.1);
    assert_eq!(second.1["refunds"], first.1["refunds"]);
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_deadline_of_nothing_sends_nothing_and_leaves_no_doubt() {
    for (provider, write, operation) in [
        (Provider::Tazapay, &TAZAPAY[..], "create_refund"),
        (Provider::Mce, &MCE, "create_crypto_refund"),
        (Provider::Optty, &OPTTY, "refund_order"),
        (Provider::Kotanipay, &RETRY, "retry_refund"),
    ] {
        let bench = Bench::new();
        let hasty = [write, &["--deadline", "0"]].concat();
        let refused = bench.json(provider, &hasty);
        assert_eq!(ended(&refused), (2, "wrong_usage"), "{}", refused.1);
        assert!(
            text(&refused.1, "why").contains("--deadline"),
            "{}",
            refused.1
        );
        assert_eq!(bench.requests_of(operation), 0, "{operation}");
        assert!(
            !bench.states().iter().any(|state| state == "in_doubt"),
            "{operation}"
        );
        let made = bench.json(provider, write);
        assert_eq!(ended(&made), (0, "accepted"), "{}", made.1);
        assert_eq!(bench.requests_of(operation), 1, "{operation}");
    }
}

#[test]
fn a_process_that_was_killed_in_a_refund_of_a_part_is_never_followed_by_a_repetition() {
    let bench = keyless();
    let late = Fault::LateServerError {
        after: Duration::from_millis(200),
        clock: WaitClock::Real,
        status: 500,
    };
    bench.fault(Provider::Tazapay, "create_refund", late);
    let mut child = bench.command(Provider::Tazapay, &TAZAPAY).spawn().unwrap();
    while bench.sandbox.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while bench.sandbox.ledger().entries().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    bench.an_hour_passes();
    for arguments in [
        &TAZAPAY[..],
        &["reconcile", "tazapay", "r-1"],
        &["reconcile", "tazapay", "r-1", "--risk-paying-twice"],
        &TAZAPAY,
    ] {
        let result = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended(&result), (4, "unknown"), "{}", result.1);
    }
    assert_eq!(bench.requests_of("create_refund"), 1);
    assert_eq!(payments(&bench, Provider::Tazapay, "r-1"), 1);
}

#[test]
fn nobody_says_no_while_the_request_can_still_be_under_way() {
    let bench = Bench::new();
    let late = Fault::LateServerError {
        after: Duration::from_secs(3),
        clock: WaitClock::Real,
        status: 500,
    };
    bench.fault(Provider::Tazapay, "create_refund", late);
    let hasty = [&TAZAPAY[..], &["--deadline", "1"]].concat();
    assert_eq!(bench.json(Provider::Tazapay, &hasty).0, 4);
    let settle = ["reconcile", "tazapay", "r-1", "--settle", "rejected"];
    for (arguments, told) in [
        (
            &settle[..],
            "refund reconcile tazapay r-1 --settle rejected ",
        ),
        (&TAZAPAY, "refund reconcile tazapay r-1 "),
    ] {
        let result = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended(&result), (4, "unknown"), "{}", result.1);
        let commands = result.1["commands"].to_string();
        assert!(commands.contains(told), "{}", result.1);
    }
    bench.an_hour_passes();
    assert_eq!(bench.json(Provider::Tazapay, &settle).0, 3);
    assert_eq!(bench.requests_of("create_refund"), 1);
}

#[test]
fn what_the_journal_knows_as_another_refund_is_not_believed_of_this_one_and_ends_with_4() {
    let bench = Bench::new();
    let second = OPTTY.map(|word| if word == "r-1" { "r-2" } else { word });
    for (create, fault) in [
        (&OPTTY, Fault::DropAfterCommit),
        (&second, Fault::DropBeforeCommit),
    ] {
        bench.fault(Provider::Optty, "refund_order", fault);
        assert_eq!(bench.json(Provider::Optty, create).0, 4);
    }
    bench.an_hour_passes();
    let first = bench.json(Provider::Optty, &["reconcile", "optty", "r-1"]);
    assert_eq!(ended(&first), (0, "accepted"), "{}", first.1);
    let swapped = Fault::Contradict {
        member: "/refunds/0/refundReason".to_owned(),
        value: Some(Literal::new("Damaged [r-2]")),
        after_commit: true,
    };
    bench.fault(Provider::Optty, "order_details", swapped);
    let second = bench.json(Provider::Optty, &["reconcile", "optty", "r-2"]);
    assert_eq!(ended(&second), (4, "unknown"), "{}", second.1);
    assert_eq!(text(&second.1, "next"), "ask_the_provider");
    let next = second.1["commands"].to_string();
    assert!(next.contains("show optty r-1"), "{next}");
    assert_eq!(bench.states()[1], "in_doubt");
}
