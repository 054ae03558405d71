//! The command in a real pseudo-terminal.

use rexpect::session::spawn_command;

use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::support::{Bench, OPTTY, TAZAPAY_FULL, refund};

const PATIENCE_MS: u64 = 60_000;

fn on_a_terminal(environment: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut command = refund(directory.path(), &["demo"]);
    command.envs(environment.iter().copied());
    shown(command)
}

fn shown(mut command: std::process::Command) -> String {
    command.env("TERM", "xterm-256color");
    let mut session = spawn_command(command, Some(PATIENCE_MS)).unwrap();
    session.exp_eof().unwrap()
}

#[test]
fn a_person_sees_progress_and_colours() {
    let shown = on_a_terminal(&[]);
    assert!(shown.contains("refunding at optty"), "{shown}");
    // Bold green.
    assert!(
        shown.contains("\x1b[1m\x1b[32maccepted\x1b[0m"),
        "{shown:?}"
    );
    assert!(shown.contains("none of them twice"), "{shown}");
    // Progress is wiped away before the table.
    let table = shown.find("Refunds at the four providers").unwrap();
    assert!(shown[..table].ends_with("\r\x1b[2K"), "{shown:?}");
}

#[test]
fn a_person_who_wants_no_colours_gets_none() {
    let shown = on_a_terminal(&[("NO_COLOR", "1")]);
    assert!(!shown.contains("\x1b[32m"), "{shown:?}");
    assert!(shown.contains("accepted"), "{shown}");
}

#[test]
fn a_person_sees_what_is_waited_for_and_each_outcome_in_its_colour() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
    bench.sandbox.inject(lost).unwrap();
    let reconcile = ["reconcile", "optty", "r-1"];
    let mut refused = OPTTY;
    (refused[3], refused[7]) = ("r-2", "9.999 AUD");
    for (arguments, waits_for, outcome) in [
        // Bold yellow, green and red.
        (
            &OPTTY[..],
            "waiting for optty",
            "\x1b[1m\x1b[33munknown\x1b[0m optty r-1",
        ),
        (
            &reconcile,
            "settling it with optty",
            "\x1b[1m\x1b[32maccepted\x1b[0m optty r-1",
        ),
        (
            &refused,
            "waiting for optty",
            "\x1b[1m\x1b[31mrefused\x1b[0m optty r-2",
        ),
    ] {
        let shown = shown(bench.command(Provider::Optty, arguments));
        let progress = shown.find(waits_for).unwrap_or_else(|| panic!("{shown:?}"));
        let end = shown.find(outcome).unwrap_or_else(|| panic!("{shown:?}"));
        assert!(progress < end, "{shown:?}");
        assert!(shown[..end].ends_with("\r\x1b[2K"), "{shown:?}");
    }
}

#[test]
fn a_wait_counts_down_and_is_cut_by_ctrl_c() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
    bench.sandbox.inject(lost).unwrap();
    let mut command = bench.command(Provider::Tazapay, &TAZAPAY_FULL);
    command.env("TERM", "xterm-256color");
    let mut session = spawn_command(command, Some(PATIENCE_MS)).unwrap();
    for shown in [
        "waiting 60 s: ",
        "Ctrl-C ends the wait",
        "waiting 59 s: ",
        "waiting 58 s: ",
    ] {
        session.exp_string(shown).unwrap();
    }
    session.send_control('c').unwrap();
    let rest = session.exp_eof().unwrap();
    assert!(
        rest.contains("interrupted while its outcome was open"),
        "{rest:?}"
    );
    assert!(
        rest.contains("refund reconcile tazapay r-1 --base-url"),
        "{rest:?}"
    );
}

#[test]
fn a_wait_breaks_between_words_where_there_are_few_columns() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
    bench.sandbox.inject(lost).unwrap();
    let mut command = bench.command(Provider::Tazapay, &TAZAPAY_FULL);
    command.env("TERM", "xterm-256color").env("COLUMNS", "40");
    let mut session = spawn_command(command, Some(PATIENCE_MS)).unwrap();
    session.exp_string("waiting 60 s: sent, but not").unwrap();
    for line in [
        "answered; asking again in a way that",
        "cannot pay twice; Ctrl-C ends the wait",
    ] {
        let between = session.exp_string(line).unwrap();
        // The rest of the line before is filled with blanks.
        assert!(
            between.len() > 10 && between.trim().is_empty(),
            "{between:?}"
        );
    }
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn a_person_types_the_sum_of_a_batch_to_approve_it_and_another_sum_approves_nothing() {
    let bench = Bench::new();
    let file = "reference,provider,payment,amount,currency\nr-1,tazapay,payin-1,1.50,USD\n";
    std::fs::write(bench.directory.path().join("refunds.csv"), file).unwrap();
    let (code, lines) = bench.lines(Provider::Tazapay, &["batch", "plan", "refunds.csv"]);
    assert_eq!(code, 0, "{lines:?}");
    let id = lines[0]["batch"].as_str().unwrap().to_owned();
    let approve = ["batch", "approve", &id, "--by", "ann"];
    for (typed, told) in [
        ("tazapay 1.05 USD", "refused"),
        ("tazapay 1.50 USD", "approved"),
    ] {
        let mut command = bench.command(Provider::Tazapay, &approve);
        command.env("TERM", "xterm-256color").env("NO_COLOR", "1");
        let mut session = spawn_command(command, Some(PATIENCE_MS)).unwrap();
        // What is typed stands on the line of the question.
        let before = session.exp_string("type it to approve it: ").unwrap();
        assert!(before.ends_with("tazapay 1.50 USD (1)\r\n"), "{before:?}");
        session.send_line(typed).unwrap();
        let shown = session.exp_eof().unwrap();
        assert!(shown.contains(told), "{typed}: {shown:?}");
    }
    let (_, lines) = bench.lines(Provider::Tazapay, &["batch", "status", &id]);
    assert_eq!(lines[0]["state"], "approved");
}
