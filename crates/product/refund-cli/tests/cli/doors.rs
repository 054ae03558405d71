//! Values that cannot be meant are refused at the door, and answers that blame the call come with advice that fits.

use refunds_sandbox::{Fault, Provider};

use crate::support::{Bench, OPTTY, TAZAPAY, ended, make_journal, outcome, refund};

/// In pieces, since the code of no currency is a mark of unfinished work elsewhere.
const NO_CURRENCY: &str = concat!("5 X", "XX");

#[test]
fn what_cannot_be_meant_is_wrong_usage_and_reaches_neither_journal_nor_provider() {
    let bench = Bench::new();
    let amount = |amount| {
        let mut arguments = TAZAPAY;
        arguments[7] = amount;
        arguments.to_vec()
    };
    for (arguments, because) in [
        (amount("-5 USD"), "above zero"),
        (amount("0 USD"), "above zero"),
        (amount("5 XTS"), "no money"),
        (amount(NO_CURRENCY), "no money"),
        (amount("5 XAU"), "no money"),
        (amount("5 XDR"), "no money"),
        (amount("5 CLF"), "no money"),
        ([&TAZAPAY[..], &["--deadline", "0"]].concat(), "--deadline"),
        ([&TAZAPAY[..], &["--attempts", "0"]].concat(), "--attempts"),
        (
            vec!["correct-total", "tazapay", "chk_1", "-1 USD"],
            "above zero",
        ),
        (vec!["create", "kotanipay", "r-1"], "refund retry kotanipay"),
        (
            [&TAZAPAY[..], &["--deadline", "-1"]].concat(),
            "whole number from 1",
        ),
        (
            [&TAZAPAY[..], &["--deadline", "1.5"]].concat(),
            "whole number from 1",
        ),
        (
            [&TAZAPAY[..], &["--attempts", "many"]].concat(),
            "whole number from 1",
        ),
        (
            [&TAZAPAY[..], &["--webhook-url", "shop"]].concat(),
            "a whole URL",
        ),
        (
            [&TAZAPAY[..], &["--customer-email", "ann"]].concat(),
            "an address",
        ),
        (vec!["list", "--limit", "0"], "whole number from 1"),
        (vec!["worker", "--in-the-air", "0"], "whole number from 1"),
        (
            vec!["worker", "--rate", "paypal=1"],
            "one of kotanipay, mce, optty, tazapay",
        ),
        (
            vec!["worker", "--at", "paypal=http://127.0.0.1:1"],
            "one of kotanipay, mce, optty, tazapay",
        ),
        (
            vec!["sandbox", "--port", "65532"],
            "whole number from 1 to 65531",
        ),
        (
            vec![
                "create",
                "mce",
                "r-1",
                "--transaction-type",
                "first",
                "--transaction-id",
                "t",
            ],
            "such as 1",
        ),
        (vec!["reconcil", "tazapay", "r-1"], "reconcile"),
    ] {
        let result = bench.json(Provider::Tazapay, &arguments);
        assert_eq!(ended(&result), (2, "wrong_usage"), "{}", result.1);
        assert_eq!(result.1["next"], "check_arguments", "{}", result.1);
        assert_eq!(result.1["retryable"], false);
        let why = result.1["why"].as_str().unwrap();
        assert!(why.contains(because) && !why.contains('\n'), "{why}");
    }
    assert!(bench.states().is_empty());
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn a_command_that_is_not_complete_says_what_is_missing_in_json() {
    let directory = tempfile::tempdir().unwrap();
    for verb in ["create", "batch", "webhook", "journal"] {
        let result = outcome(&mut refund(directory.path(), &["--json", verb]));
        assert_eq!(ended(&result), (2, "wrong_usage"), "{}", result.1);
        assert_eq!(
            result.1["why"],
            format!("what is to be done is missing: refund {verb} [OPTIONS] <COMMAND>")
        );
    }
}

#[test]
fn what_a_client_refuses_is_told_in_the_words_of_the_command() {
    let directory = tempfile::tempdir().unwrap();
    make_journal(directory.path());
    for (extra, because) in [
        (
            &["--base-url", "http://me:hidden@127.0.0.1:1"][..],
            "--credentials",
        ),
        (&["--base-url", "ftp://127.0.0.1:1"], "cannot be read"),
        (
            &["--base-url", "http://api.example", "--live"],
            "give one with https",
        ),
        (&["--base-url", "http://127.0.0.1:1"], "--token-url"),
        (
            &[
                "--base-url",
                "http://127.0.0.1:1?a=b",
                "--token-url",
                "http://127.0.0.1:1",
            ],
            "query",
        ),
    ] {
        let mut command = refund(directory.path(), &[&OPTTY[..], extra].concat());
        command
            .args(["--json", "--journal", "refunds.db"])
            .envs([("OPTTY_CLIENT_ID", "id"), ("OPTTY_CLIENT_SECRET", "s3cret")]);
        let result = outcome(&mut command);
        assert_eq!(ended(&result), (2, "wrong_usage"), "{}", result.1);
        let why = result.1["why"].as_str().unwrap();
        assert!(why.contains(because), "{why}");
        assert!(!why.contains('`') && !why.contains("hidden"), "{why}");
    }
}

#[test]
fn whatever_did_nothing_or_failed_says_what_is_next_as_a_code() {
    let bench = Bench::new();
    let mut no_such_currency = TAZAPAY;
    no_such_currency[7] = "5 ZZZ";
    for (arguments, code, next) in [
        (&no_such_currency[..], 5, "ask_otherwise"),
        (&["retry", "tazapay", "r-1"], 5, "ask_otherwise"),
        (&["fetch", "tazapay", ""], 5, "ask_otherwise"),
        (&["batch", "status", "none"], 5, "check_id"),
        (&["batch", "run", "none"], 5, "check_id"),
        (&["show", "tazapay", "none"], 5, "check_id"),
        (&["batch", "plan", "none.csv"], 2, "check_arguments"),
        (&["import-records", "none"], 1, "mend_machine"),
        (&["sandbox", "--faults", "none.json"], 1, "mend_machine"),
    ] {
        let (ended, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!((ended, &json["next"]), (code, &next.into()), "{json}");
        assert_eq!(json["retryable"], false, "{json}");
        // A cause is told once.
        let why = json["why"].as_str().unwrap();
        assert!(why.matches("os error").count() <= 1, "{why}");
    }
}

#[test]
fn an_argument_that_hides_something_is_quoted_as_what_it_is() {
    let directory = tempfile::tempdir().unwrap();
    for reference in ["a\u{202e}b", "a\u{1b}[2Jb", "a\u{9b}2Jb", "a\u{200b}b"] {
        let output = refund(directory.path(), &["show", "tazapay", reference])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            !text.contains(['\u{202e}', '\u{1b}', '\u{9b}', '\u{200b}']),
            "{text:?}"
        );
    }
}

#[test]
fn a_try_at_a_provider_that_has_none_says_so_and_leaves_no_trace() {
    let bench = Bench::new();
    for provider in [Provider::Mce, Provider::Optty, Provider::Tazapay] {
        let result = bench.json(provider, &["retry", provider.name(), "r-1"]);
        assert_eq!(ended(&result), (5, "refused"), "{}", result.1);
        let why = result.1["why"].as_str().unwrap();
        assert!(why.contains("has no call for that"), "{why}");
    }
    assert!(bench.states().is_empty());
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn wrong_keys_are_told_apart_from_what_is_worth_another_try() {
    let bench = Bench::new();
    let create = (TAZAPAY.to_vec(), "create");
    let fetch = (vec!["fetch", "tazapay", "rfd_1"], "fetch");
    for ((arguments, name), code) in [(create, 3), (fetch, 1)] {
        let mut command = bench.command(Provider::Tazapay, &arguments);
        let (ended, json) = outcome(command.arg("--json").env("TAZAPAY_API_KEY", "wrong"));
        assert_eq!(ended, code, "{name}: {json}");
        assert_eq!(json["http_status"], 401);
        assert_eq!(json["next"], "check_credentials", "{name}: {json}");
        assert_eq!(json["retryable"], false, "{name}: {json}");
        let advice = json["next_text"].as_str().unwrap();
        assert!(
            advice.contains("TAZAPAY_API_KEY and TAZAPAY_API_SECRET"),
            "{advice}"
        );
    }
    // Optty's token is refused before anything else is sent.
    let mut command = bench.command(Provider::Optty, &OPTTY);
    let (code, json) = outcome(command.arg("--json").env("OPTTY_CLIENT_SECRET", "wrong"));
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    assert_eq!(
        (&json["next"], &json["retryable"]),
        (&"check_credentials".into(), &false.into())
    );
}

#[test]
fn what_a_provider_does_not_know_is_to_be_looked_up_and_not_to_be_asked_for_again() {
    let bench = Bench::new();
    for (provider, arguments) in [
        (Provider::Tazapay, ["fetch", "tazapay", "rfd_none"]),
        (Provider::Optty, ["fetch", "optty", "order-none"]),
        // Of a form that no id has.
        (Provider::Tazapay, ["fetch", "tazapay", "none"]),
    ] {
        let (code, json) = bench.json(provider, &arguments);
        let status = if arguments[2] == "none" { 400 } else { 404 };
        assert_eq!((code, &json["http_status"]), (1, &status.into()), "{json}");
        assert_eq!(
            (&json["next"], &json["retryable"]),
            (&"check_id".into(), &false.into()),
            "{json}"
        );
        assert!(
            !json["why"].as_str().unwrap().contains("safe to read again"),
            "{json}"
        );
    }
}

#[test]
fn what_was_not_sent_ends_with_8_and_can_be_called_again() {
    let bench = Bench::new();
    let mut command = bench.command_at("http://127.0.0.1:1", Provider::Tazapay, &TAZAPAY);
    let nobody = outcome(command.args(["--attempts", "1", "--json"]));
    bench.fault(
        Provider::Tazapay,
        "create_refund",
        Fault::TooManyRequests { hint: None },
    );
    let once = [&TAZAPAY[..], &["--attempts", "1"]].concat();
    let limited = bench.json(Provider::Tazapay, &once);
    for (result, next) in [(&nobody, "call_again"), (&limited, "call_again_later")] {
        assert_eq!(ended(result), (8, "not_sent"), "{}", result.1);
        assert_eq!(
            (&result.1["next"], &result.1["retryable"]),
            (&next.into(), &true.into()),
            "{}",
            result.1
        );
    }
    let again = bench.json(Provider::Tazapay, &once);
    assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_read_that_failed_says_whether_another_can_be_answered() {
    let bench = Bench::new();
    let broken = Fault::ServerError {
        status: 503,
        html: false,
        after_commit: false,
    };
    bench.fault(Provider::Optty, "order_details", broken);
    let fetch = ["fetch", "optty", "order-1", "--attempts", "1"];
    let (code, json) = bench.json(Provider::Optty, &fetch);
    assert_eq!(
        (code, &json["retryable"], &json["next"]),
        (1, &true.into(), &"call_again".into()),
        "{json}"
    );
}
