//! One grammar for all sub-commands, told by help, man pages and completions alike.

use std::fs;

use refunds_sandbox::Provider;

use crate::support::{Bench, ended, refund};

#[test]
fn a_refund_is_named_after_its_provider_everywhere() {
    let bench = Bench::new();
    let create = [
        "create",
        "tazapay",
        "r-1",
        "--payin",
        "chk_1",
        "--amount",
        "19.90 USD",
    ];
    let first = bench.json(Provider::Tazapay, &create);
    assert_eq!(ended(&first), (0, "accepted"), "{}", first.1);
    // As earlier versions wrote it.
    let again = bench.json(Provider::Tazapay, &crate::support::TAZAPAY);
    assert_eq!(again.1["already"], true, "{}", again.1);
    for verb in ["show", "reconcile"] {
        assert_eq!(
            bench.json(Provider::Tazapay, &[verb, "tazapay", "r-1"]).0,
            0,
            "{verb}"
        );
    }
    for list in [&["list", "tazapay"][..], &["list", "--provider", "tazapay"]] {
        assert_eq!(bench.lines(Provider::Tazapay, list).1.len(), 1, "{list:?}");
    }
    assert!(
        bench
            .lines(Provider::Tazapay, &["list", "optty"])
            .1
            .is_empty()
    );
    let nameless = ["create", "tazapay", "--payin", "chk_1"];
    assert_eq!(bench.json(Provider::Tazapay, &nameless).0, 2);
}

#[test]
fn global_options_stand_under_a_heading_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    for command in [
        &["create", "tazapay", "--help"][..],
        &["list", "--help"],
        &["batch", "run", "--help"],
    ] {
        let output = refund(directory.path(), command).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let (own, global) = help.split_once("\nGlobal options:\n").unwrap();
        for option in [
            "--json",
            "--base-url <URL>",
            "--journal <URL>",
            "--verbose",
            "--profile <NAME>",
        ] {
            assert!(
                global.contains(option) && !own.contains(option),
                "{option}: {help}"
            );
        }
        assert!(
            !help.contains("--reference <REFERENCE>") && !help.contains("--provider"),
            "{help}"
        );
    }
}

#[test]
fn there_is_a_man_page_for_every_command() {
    let directory = tempfile::tempdir().unwrap();
    let made = refund(directory.path(), &["man", "pages"])
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let page = |name: &str| fs::read_to_string(directory.path().join("pages").join(name)).unwrap();
    assert!(page("refund.1").contains("Exit codes"));
    assert!(page("refund-create-tazapay.1").contains(r"\-\-payin"));
    assert!(page("refund-batch-run.1").contains(r"\-\-in\-the\-air"));
    let printed = refund(directory.path(), &["man"]).output().unwrap();
    assert!(String::from_utf8(printed.stdout).unwrap() == page("refund.1"));
}

#[test]
fn the_readme_has_a_line_for_every_command() {
    let directory = tempfile::tempdir().unwrap();
    let output = refund(directory.path(), &["--help"])
        .env("COLUMNS", "200")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let (_, commands) = help.split_once("\nCommands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let readme = include_str!("../../README.md");
    let missing: Vec<_> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help" && !readme.contains(&format!("| `refund {command}")))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_schema_of_what_is_printed_is_reviewed() {
    let directory = tempfile::tempdir().unwrap();
    let output = refund(directory.path(), &["schema"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
