//! Commands that the command tells can be pasted, and its texts speak of no Rust.

use std::{process::Command, time::Duration};

use refunds_sandbox::{Commit, Fault, Provider};
use serde_json::Value;

use crate::support::{Bench, OPTTY, TAZAPAY, ended, outcome};

/// A command that was told, as a shell takes it apart.
fn pasted(bench: &Bench, provider: Provider, told: &str) -> Command {
    let words = shlex::split(told).unwrap();
    assert_eq!(words[0], "refund");
    let mut command = bench.command(provider, &[]);
    // The same credentials, and nothing but the words that were told.
    let environment: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.unwrap_or_default().to_owned()))
        .collect();
    command = Command::new(crate::support::PROGRAM);
    command
        .env_clear()
        .envs(environment)
        .current_dir(bench.directory.path())
        .args(&words[1..]);
    command
}

fn commands(json: &Value) -> Vec<&str> {
    let commands = json["commands"].as_array().unwrap();
    commands
        .iter()
        .map(|command| command.as_str().unwrap())
        .collect()
}

#[test]
fn a_command_that_is_told_goes_where_this_one_went() {
    let bench = Bench::new();
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    let lost = bench.json(Provider::Optty, &OPTTY);
    assert_eq!(
        (ended(&lost), &lost.1["next"]),
        ((4, "unknown"), &"reconcile".into()),
        "{}",
        lost.1
    );
    let again = bench.json(Provider::Optty, &OPTTY);
    for json in [&lost.1, &again.1] {
        let told = commands(json)[0];
        assert!(told.starts_with("refund reconcile optty r-1 "), "{told}");
        let result = outcome(pasted(&bench, Provider::Optty, told).arg("--json"));
        assert_eq!(ended(&result), (0, "accepted"), "{told}: {}", result.1);
    }
}

#[test]
fn a_reference_that_looks_like_an_option_is_none_in_a_command_that_is_told() {
    let bench = Bench::new();
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    let mut arguments = OPTTY.to_vec();
    arguments.splice(2..4, ["--reference=-r-1"]);
    let lost = bench.json(Provider::Optty, &arguments);
    assert_eq!(ended(&lost), (4, "unknown"), "{}", lost.1);
    let told = commands(&lost.1)[0].replacen("refund ", "refund --json ", 1);
    let result = outcome(&mut pasted(&bench, Provider::Optty, &told));
    assert_eq!(ended(&result), (0, "accepted"), "{told}: {}", result.1);
}

#[test]
fn the_words_of_support_are_whole_commands() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropBeforeCommit);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
    bench.an_hour_passes();
    let (_, json) = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(json["next"], "await_event", "{json}");
    let commands = commands(&json);
    let options = format!(
        "--base-url {} --token-url {} --journal refunds.db",
        bench.sandbox.base_url(Provider::Tazapay),
        bench.sandbox.token_url()
    );
    let told = |words: &str| format!("refund reconcile tazapay r-1 {words} {options}");
    assert_eq!(
        commands,
        [
            told("--event FILE"),
            told("--settle accepted"),
            told("--settle rejected")
        ]
    );
    bench.an_hour_passes();
    let result = outcome(pasted(&bench, Provider::Tazapay, commands[2]).arg("--json"));
    assert_eq!(ended(&result), (3, "rejected"), "{}", result.1);
}

#[test]
fn a_journal_that_is_missing_is_made_by_the_command_that_is_told() {
    let bench = Bench::new();
    let url = bench.sandbox.base_url(Provider::Tazapay);
    let create =
        format!("refund create tazapay r-1 --payin chk_1 --base-url {url} --journal 'my other.db'");
    let (code, json) = outcome(pasted(&bench, Provider::Tazapay, &create).arg("--json"));
    assert_eq!((code, &json["next"]), (5, &"make_journal".into()), "{json}");
    let told = commands(&json)[0].to_owned();
    assert!(
        told.starts_with("refund journal init ") && told.contains("'my other.db'"),
        "{told}"
    );
    assert!(
        pasted(&bench, Provider::Tazapay, &told)
            .status()
            .unwrap()
            .success()
    );
    assert!(bench.directory.path().join("my other.db").exists());
}

#[test]
fn texts_speak_of_options_and_not_of_the_library() {
    let bench = Bench::new();
    let late = || Fault::Delay {
        by: Duration::from_secs(20),
        commit: Commit::Before,
    };
    bench.fault(Provider::Optty, "order_details", late());
    bench.fault(Provider::Optty, "refund_order", late());
    let soon = ["--deadline", "1"];
    let calls = [
        (
            Provider::Optty,
            [&["fetch", "optty", "order-1"][..], &soon].concat(),
        ),
        (Provider::Optty, [&OPTTY[..], &soon].concat()),
        (Provider::Mce, vec!["fetch", "mce", "1"]),
        (Provider::Tazapay, vec!["fetch", "tazapay", "/"]),
        (Provider::Kotanipay, vec!["fetch", "kotanipay", "a b"]),
        (Provider::Tazapay, vec!["reconcile", "tazapay", "r-9"]),
        (Provider::Tazapay, vec!["forget", "tazapay", "r-9"]),
    ];
    for (provider, arguments) in calls {
        let output = bench.run(provider, &arguments);
        let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {shown}");
        for word in [
            "::",
            "policy",
            "observer",
            "with_",
            "Lookup",
            "MceRefund",
            "OpttyRefund",
        ] {
            assert!(!shown.contains(word), "{arguments:?}: {shown}");
        }
    }
}
