//! Many refunds from a file, also when the command is killed in the middle.

use std::{fs, thread, time::Duration};

use refunds_sandbox::{Payin, Provider};
use serde_json::Value;

use crate::support::Bench;

pub(crate) const LINES: usize = 120;

/// A file in which each of many payins is refunded once.
pub(crate) fn bench_with_a_file() -> Bench {
    let bench = Bench::new();
    let mut text = "reference,provider,payment,amount,currency,payment_total,reason\n".to_owned();
    for line in 0..LINES {
        let payin = format!("payin-{line}");
        bench
            .sandbox
            .add_payin(Payin::new(&payin, 10.into(), "USD"))
            .unwrap();
        text.push_str(&format!("b-{line},tazapay,{payin},1.50,USD,10,late\n"));
    }
    fs::write(bench.directory.path().join("refunds.csv"), text).unwrap();
    bench
}

fn planned(bench: &Bench) -> String {
    let (code, lines) = bench.lines(Provider::Tazapay, &["batch", "plan", "refunds.csv"]);
    assert_eq!(code, 0, "{lines:?}");
    assert_eq!(lines[0]["sums"][0], "tazapay 180.00 USD (120)");
    lines[0]["batch"].as_str().unwrap().to_owned()
}

pub(crate) fn approved(bench: &Bench) -> String {
    let id = planned(bench);
    let sum = "tazapay 180 USD";
    let approve = ["batch", "approve", &id, "--sum", sum, "--by", "ann"];
    let (code, lines) = bench.lines(Provider::Tazapay, &approve);
    assert_eq!((code, lines[0]["state"].as_str()), (0, Some("approved")));
    id
}

pub(crate) fn count(shown: &Value, state: &str) -> u64 {
    shown["counts"][state].as_u64().unwrap_or(0)
}

#[test]
fn a_batch_that_is_killed_and_run_again_refunds_each_line_once_and_accounts_for_all() {
    let bench = bench_with_a_file();
    let id = approved(&bench);
    let run = ["batch", "run", &id, "--in-the-air", "4"];
    let mut killed = bench.command(Provider::Tazapay, &run).spawn().unwrap();
    while bench.sandbox.ledger().entries().len() < 10 {
        thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    // What it was sending is taken for interrupted when its lease has ended.
    bench.an_hour_passes();
    let (code, lines) = bench.lines(Provider::Tazapay, &run);
    let shown = lines.last().unwrap();
    let accepted = count(shown, "pending") + count(shown, "succeeded");
    let in_doubt = count(shown, "in_doubt") + count(shown, "sending");
    assert_eq!(accepted + in_doubt, LINES as u64, "{shown}");
    assert!(in_doubt <= 4, "{shown}");
    assert_eq!(code, if in_doubt == 0 { 0 } else { 4 });
    assert!(bench.sandbox.ledger().refunded_twice().is_empty());
    let (_, report) = bench.lines(Provider::Tazapay, &["batch", "report", &id]);
    assert_eq!(report.len(), LINES);
    let open = report.iter().filter(|line| line["state"] == "in_doubt");
    for line in open {
        // What would settle it is said.
        assert!(line["question"].as_str().unwrap().contains("b-"), "{line}");
    }
}

#[test]
fn a_batch_that_nobody_approved_is_not_sent_and_one_that_is_cancelled_neither() {
    let bench = bench_with_a_file();
    let id = planned(&bench);
    let run = ["batch", "run", &id];
    let refused = bench.run(Provider::Tazapay, &run);
    assert_eq!(refused.status.code(), Some(5));
    let wrong = [
        "batch",
        "approve",
        &id,
        "--sum",
        "tazapay 18 USD",
        "--by",
        "ann",
    ];
    assert_eq!(bench.run(Provider::Tazapay, &wrong).status.code(), Some(5));
    let (code, lines) = bench.lines(Provider::Tazapay, &["batch", "cancel", &id]);
    assert_eq!((code, count(&lines[0], "withdrawn")), (0, LINES as u64));
    assert_eq!(bench.run(Provider::Tazapay, &run).status.code(), Some(5));
    assert!(bench.sandbox.ledger().entries().is_empty());
}

#[test]
fn a_file_with_a_wrong_line_names_the_line_and_the_column_and_puts_nothing_down() {
    let bench = Bench::new();
    let text = "reference,provider,payment,amount,currency\nb-1,tazapay,chk_1,1,USD\nb-2,tazapay,chk_1,1.5.0,USD\n";
    fs::write(bench.directory.path().join("refunds.csv"), text).unwrap();
    let refused = bench.run(Provider::Tazapay, &["batch", "plan", "refunds.csv"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("line 3, amount"), "{told}");
    assert!(bench.states().is_empty());
}

#[test]
fn a_report_is_a_table_of_comma_separated_values_with_a_heading() {
    let bench = bench_with_a_file();
    let id = planned(&bench);
    let report = bench.run(Provider::Tazapay, &["batch", "report", &id]);
    let text = String::from_utf8(report.stdout).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "line,reference,provider,payment,amount,currency,state,status,refund_id,why,settling_event,question"
        )
    );
    assert_eq!(
        lines.next(),
        Some("2,b-0,tazapay,payin-0,1.50,USD,not_sent,,,,,")
    );
    assert_eq!(lines.count(), LINES - 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file_of_refunds_and_nobody_waits_for_it() {
    use std::process::{Command, Stdio};

    let bench = bench_with_a_file();
    let pipe = bench.directory.path().join("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for (file, input) in [("pipe.csv", Stdio::null()), ("/dev/stdin", Stdio::piped())] {
        let mut command = bench.command(Provider::Tazapay, &["batch", "plan", file]);
        let command = command.stdin(input).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let begun = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(20));
        }
        let is_over = child.try_wait().unwrap().is_some();
        let _ = child.kill();
        let ended = child.wait_with_output().unwrap();
        assert!(is_over, "{file}");
        assert_eq!(ended.status.code(), Some(2));
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(told.contains("no regular file"), "{told}");
    }
    // What is given as standard input can be a file all the same.
    let file = fs::File::open(bench.directory.path().join("refunds.csv")).unwrap();
    let mut command = bench.command(Provider::Tazapay, &["batch", "plan", "/dev/stdin"]);
    let planned = command.stdin(file).output().unwrap();
    assert_eq!(planned.status.code(), Some(0), "{planned:?}");
}
