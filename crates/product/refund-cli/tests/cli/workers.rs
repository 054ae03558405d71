//! Workers and batches that are killed or told to stop, on either database.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use refunds_sandbox::{Commit, Fault, Provider};
use rexpect::session::spawn_command;

use crate::{
    batches::{LINES, approved, bench_with_a_file, count},
    support::{Bench, signal},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A bench on each database that there is.
fn benches() -> impl Iterator<Item = Bench> {
    [Some(bench_with_a_file()), bench_with_a_file().on_postgres()]
        .into_iter()
        .flatten()
}

fn paid(bench: &Bench) -> usize {
    bench.sandbox.ledger().entries().len()
}

/// Waits until something holds.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What was handed to workers is free again, and all leases end, as both do by themselves after a while.
fn leases_end(bench: &Bench) {
    bench.sql("UPDATE refunds SET handed_until = 0");
    bench.sql(
        "UPDATE refunds SET leased_until = 0, due_at = due_at - 3600000, first_sent_at = first_sent_at - 3600000 \
         WHERE state = 'sending'",
    );
}

#[test]
fn workers_that_are_killed_send_each_line_once_and_the_report_accounts_for_all() {
    for bench in benches() {
        let id = approved(&bench);
        let worker = || {
            let work = ["worker", "--in-the-air", "4"];
            let mut command = bench.command(Provider::Tazapay, &work);
            command.stderr(Stdio::null()).spawn().unwrap()
        };
        for killed_at in [15, 40] {
            let mut workers = [worker(), worker(), worker()];
            wait_until("something is sent", || paid(&bench) >= killed_at);
            for worker in &mut workers {
                worker.kill().unwrap();
                worker.wait().unwrap();
            }
        }
        leases_end(&bench);
        let workers = [worker(), worker(), worker()];
        wait_until("everything is sent", || {
            let open = "SELECT id FROM refunds WHERE state IN ('not_sent', 'sending')";
            bench.sql(open).is_empty()
        });
        for mut worker in workers {
            signal(&worker, "INT");
            assert_eq!(worker.wait().unwrap().code(), Some(0));
        }
        assert!(bench.sandbox.ledger().refunded_twice().is_empty());
        let (_, report) = bench.lines(Provider::Tazapay, &["batch", "report", &id]);
        assert_eq!(report.len(), LINES);
        let is_paid = |reference: &str| {
            bench
                .sandbox
                .ledger()
                .payments(Provider::Tazapay, reference)
                == 1
        };
        let mut in_doubt = 0;
        for line in &report {
            let reference = line["reference"].as_str().unwrap();
            match line["state"].as_str().unwrap() {
                "pending" | "succeeded" => assert!(is_paid(reference), "{line}"),
                // Twice three workers were killed with four in the air.
                "in_doubt" => in_doubt += 1,
                _ => panic!("{line}"),
            }
        }
        assert!(in_doubt <= 24, "{in_doubt}");
        assert_eq!(
            paid(&bench),
            report
                .iter()
                .filter(|line| is_paid(line["reference"].as_str().unwrap()))
                .count()
        );
    }
}

#[test]
fn a_run_in_a_log_tells_how_far_it_is_and_ctrl_c_finishes_what_is_in_the_air_and_no_more() {
    for bench in benches() {
        let id = approved(&bench);
        let run = ["batch", "run", &id];
        // So slow that it cannot end before the log gets its line, after 10 s.
        let slowly = [&run[..], &["--rate", "tazapay=6"]].concat();
        let mut command = bench.command(Provider::Tazapay, &slowly);
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = log.next().unwrap().unwrap();
        assert!(
            told.contains(" refunds at an end") && told.ends_with(" 0 failed"),
            "{told}"
        );
        signal(&child, "INT");
        let stopping = log.find(|line| !line.as_ref().unwrap().is_empty());
        let stopping = stopping.unwrap().unwrap();
        assert!(
            stopping.starts_with("finishing what is in the air"),
            "{stopping}"
        );
        let rest: Vec<_> = log.map(Result::unwrap).collect();
        let sent = paid(&bench);
        assert!((30..LINES).contains(&sent), "{sent}");
        assert_eq!(child.wait().unwrap().code(), Some(1));
        let left = format!("{} are not sent yet", LINES - sent);
        assert!(rest.iter().any(|line| line.contains(&left)), "{rest:?}");
        let open = "SELECT id FROM refunds WHERE state IN ('sending', 'in_doubt')";
        assert!(bench.sql(open).is_empty());
        let (code, lines) = bench.lines(Provider::Tazapay, &run);
        let shown = lines.last().unwrap();
        assert_eq!(code, 0, "{shown}");
        let accepted = count(shown, "pending") + count(shown, "succeeded");
        assert_eq!(accepted, LINES as u64, "{shown}");
        assert_eq!(paid(&bench), LINES);
    }
}

#[test]
fn a_run_that_is_told_to_stop_twice_ends_at_once_with_what_was_in_the_air_in_doubt() {
    let bench = bench_with_a_file();
    let id = approved(&bench);
    let slow = Fault::Delay {
        by: Duration::from_secs(600),
        commit: Commit::Before,
    };
    bench.fault(Provider::Tazapay, "create_refund", slow);
    let run = ["batch", "run", &id, "--in-the-air", "1"];
    let mut command = bench.command(Provider::Tazapay, &run);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    wait_until("it is paid", || paid(&bench) == 1);
    signal(&child, "INT");
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    log.find(|line| line.as_ref().unwrap().starts_with("finishing"));
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert_eq!(
        bench.sql("SELECT state FROM refunds WHERE state <> 'not_sent'"),
        ["sending"]
    );
}

#[test]
fn a_run_that_ends_early_tells_what_it_left_in_doubt() {
    let bench = bench_with_a_file();
    let id = approved(&bench);
    for _ in 0..3 {
        let lost = Fault::DropBeforeCommit;
        bench.fault(Provider::Tazapay, "create_refund", lost);
    }
    // Whatever is sent after these three is refused, since the credentials are wrong.
    let run = ["batch", "run", &id, "--in-the-air", "1"];
    let mut command = bench.command(Provider::Tazapay, &run);
    command.env("TAZAPAY_API_SECRET", "wrong");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("it ended early"), "{told}");
    let left = format!("{} are not sent yet", LINES - 3);
    assert!(told.contains(&left), "{told}");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("in_doubt  3"), "{shown}");
}

#[test]
fn a_person_sees_a_bar_while_a_batch_is_sent() {
    let bench = bench_with_a_file();
    let id = approved(&bench);
    let mut command = bench.command(Provider::Tazapay, &["batch", "run", &id]);
    command.env("TERM", "xterm-256color");
    let patience = PATIENCE.as_millis().try_into().unwrap();
    let mut session = spawn_command(command, Some(patience)).unwrap();
    let shown = session.exp_eof().unwrap();
    assert!(shown.contains("/120 "), "{shown:?}");
    assert!(shown.contains("pending   120"), "{shown:?}");
}
