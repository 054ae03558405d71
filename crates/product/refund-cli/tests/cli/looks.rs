//! What is shown fits whoever looks: its width, its characters, and that nothing steers it.

use std::process::{Command, Stdio};

use refunds_sandbox::{Fault, Literal, Provider};

use crate::support::{Bench, OPTTY, TAZAPAY, refund};

fn plain(arguments: &[&str]) -> Command {
    refund(&std::env::temp_dir(), arguments)
}

fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn width(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap()
}

#[test]
fn tables_and_help_are_as_wide_as_columns_says_and_cut_no_word() {
    for (arguments, columns) in [
        (&["capabilities"][..], 120),
        (&["capabilities"], 60),
        (&["demo"], 110),
        (&["demo"], 50),
        (&["--help"], 60),
        (&["create", "tazapay", "--help"], 70),
        // The line of usage is longer.
        (&["create", "optty", "--help"], 80),
        (&["correct-total", "-h"], 50),
    ] {
        let text = shown(plain(arguments).env("COLUMNS", columns.to_string()));
        assert!(
            width(&text) <= columns,
            "{arguments:?} {columns}: {} of\n{text}",
            width(&text)
        );
    }
    let words = |columns: &str| {
        let text = shown(plain(&["capabilities"]).env("COLUMNS", columns));
        let mut words: Vec<_> = text
            .split(|letter: char| letter.is_whitespace() || "│┆".contains(letter))
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .map(str::to_owned)
            .collect();
        words.sort();
        words.dedup();
        words
    };
    assert_eq!(words("70"), words("400"));
    assert_eq!(words("100"), words("400"));
}

#[test]
fn reports_are_wrapped_and_commands_to_paste_are_not() {
    let bench = Bench::new();
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    let text = shown(bench.command(Provider::Optty, &OPTTY).env("COLUMNS", "60"));
    let (commands, rest): (Vec<_>, Vec<_>) = text
        .lines()
        .partition(|line| line.contains("  refund reconcile"));
    assert_eq!(commands.len(), 1, "{text}");
    assert!(
        commands[0].len() > 60 && commands[0].ends_with("--journal refunds.db"),
        "{text}"
    );
    assert!(
        rest.iter()
            .all(|line| line.contains('/') || line.chars().count() <= 60),
        "{text}"
    );
    for arguments in [
        &["show", "optty", "r-1"][..],
        &["correct-total", "optty", "order-1", "24.98 AUD"],
        &["list", "--limit", "none"],
        &["listt"],
    ] {
        let text = shown(
            bench
                .command(Provider::Optty, arguments)
                .env("COLUMNS", "40"),
        );
        let fits = |line: &str| line.contains('/') || line.chars().count() <= 40;
        assert!(text.lines().all(fits), "{arguments:?}:\n{text}");
    }
}

#[test]
fn another_character_set_and_a_dumb_terminal_get_plain_characters() {
    for (name, value) in [("LANG", "C"), ("LC_ALL", "POSIX"), ("TERM", "dumb")] {
        for arguments in [
            &["capabilities"][..],
            &["demo"],
            &["--help"],
            &["create", "tazapay", "--help"],
        ] {
            let text = shown(plain(arguments).env(name, value));
            assert!(text.is_ascii(), "{name}={value} {arguments:?}: {text}");
        }
    }
    let text = shown(plain(&["capabilities"]).env("LANG", "de_DE.UTF-8"));
    assert!(text.contains('┆'), "{text}");
}

#[test]
fn a_reader_who_leaves_ends_it_well() {
    for arguments in [
        &["demo"][..],
        &["capabilities"],
        &["schema"],
        &["--help"],
        &["completions", "bash"],
    ] {
        let mut child = plain(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(output.stderr, b"", "{arguments:?}");
    }
}

#[test]
fn a_verdict_is_told_by_the_code_though_nobody_reads_it() {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    std::fs::write(bench.directory.path().join("empty"), "{}").unwrap();
    let unread = |arguments: &[&str]| {
        let mut command = bench.command(Provider::Tazapay, arguments);
        let event = std::fs::File::open(bench.directory.path().join("empty")).unwrap();
        command
            .env("REFUND_WEBHOOK_SECRET", "whsec_test")
            .stdin(event)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap().status.code()
    };
    let first = TAZAPAY.iter().copied().chain(["--attempts", "1"]);
    for (arguments, code) in [
        (vec!["webhook", "verify", "tazapay"], 3),
        (vec!["webhook", "verify", "tazapay", "--json"], 3),
        (first.collect(), 4),
        (vec!["reconcile", "--all", "--deadline", "1"], 4),
        (vec!["list"], 0),
    ] {
        assert_eq!(unread(&arguments), Some(code), "{arguments:?}");
    }
}

#[test]
fn what_turns_hides_or_steers_reaches_no_terminal_and_is_escaped_in_json() {
    let hidden = [
        '\u{202e}',
        '\u{2066}',
        '\u{200b}',
        '\u{9b}',
        '\u{85}',
        '\u{feff}',
        '\u{e0041}',
    ];
    let word: String = hidden.iter().flat_map(|letter| ['a', *letter]).collect();
    for is_json in [false, true] {
        let bench = Bench::new();
        assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 0);
        let reason = Fault::Contradict {
            member: "/refunds/*/refundReason".to_owned(),
            value: Some(Literal::new(word.as_str())),
            after_commit: false,
        };
        bench.fault(Provider::Optty, "order_details", reason);
        let refusal = Fault::Replace {
            status: Some(400),
            body: format!(
                r#"{{"status":"error","message":"{word}","errors":[{{"code":30000,"message":"{word}"}}]}}"#
            ),
            content_type: None,
            after_commit: false,
        };
        bench.fault(Provider::Tazapay, "create_refund", refusal);
        let json: &[_] = if is_json { &["--json"] } else { &[] };
        for (provider, arguments) in [
            (Provider::Optty, &["fetch", "optty", "order-1"][..]),
            (Provider::Tazapay, &TAZAPAY),
        ] {
            let text = shown(&mut bench.command(provider, &[arguments, json].concat()));
            assert!(!text.contains(hidden), "{text:?}");
            // What the facade quotes is escaped there; a description comes as it is.
            match (provider, is_json) {
                (Provider::Optty, true) => {
                    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(line["refunds"][0]["description"], word.as_str());
                    assert!(
                        text.contains(r"\u202e") && text.contains(r"\udb40\udc41"),
                        "{text}"
                    );
                }
                (Provider::Optty, false) => {
                    assert!(text.contains("a\u{fffd}a\u{fffd}"), "{text:?}")
                }
                (Provider::Kotanipay | Provider::Mce | Provider::Tazapay, _) => {}
            }
        }
    }
}

#[test]
fn refunds_of_one_order_are_told_apart() {
    let bench = Bench::new();
    let mut second = OPTTY;
    (second[3], second[7], second[9]) = ("r-2", "9.99 AUD", "Late");
    for arguments in [&OPTTY, &second] {
        assert_eq!(bench.json(Provider::Optty, arguments).0, 0);
    }
    let (_, json) = bench.json(Provider::Optty, &["fetch", "optty", "order-1"]);
    let references: Vec<_> = (0..2)
        .map(|index| json["refunds"][index]["reference"].as_str().unwrap())
        .collect();
    assert_eq!(references, ["r-1", "r-2"], "{json}");
    let text = shown(&mut bench.command(Provider::Optty, &["fetch", "optty", "order-1"]));
    assert!(
        text.contains("reason    Damaged [r-1]") && text.contains("reason    Late [r-2]"),
        "{text}"
    );
    let text = shown(
        bench
            .command(Provider::Optty, &["list"])
            .env("COLUMNS", "80"),
    );
    let ids: Vec<_> = bench.sql("SELECT refund_id FROM refunds");
    for told in ids.iter().map(String::as_str).chain(["r-1", "r-2"]) {
        assert!(text.contains(told), "{told}: {text}");
    }
}
