//! What a plan is checked against, and what is left of it when it is planned anew.

use std::io::Write as _;

use refunds::ProviderName;
use refunds_journal::{Approval, Batch, BatchError, BatchState, Order, PlanOptions, State};
use tempfile::TempDir;

use crate::support::{World, client, money, on_each, part, place, reference};

const HEADING: &str = "reference,provider,payment,amount,currency,payment_total,reason";

fn options() -> PlanOptions {
    PlanOptions::new()
        .with_place(ProviderName::Tazapay, place())
        .with_place(ProviderName::Optty, place())
}

fn file(directory: &TempDir, name: &str, lines: &str) -> std::path::PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, format!("{HEADING}\n{lines}")).unwrap();
    path
}

#[test]
fn lines_that_go_beyond_a_payment_together_are_found_by_the_total_that_the_journal_knows() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let order = Order::new(part("10 USD")).with_payment_total(money("100 USD"));
        let _ = refunds.create(&reference("r-0"), order).await.unwrap();
        let lines = "a,tazapay,chk_1,50,USD,,\nb,tazapay,chk_1,50,USD,,\n";
        let path = file(&directory, "refunds.csv", lines);
        let error = Batch::plan(refunds.journal(), &path, &options()).await;
        let Err(BatchError::Problems { problems, .. }) = error else {
            panic!("{error:?}");
        };
        let told: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(told, [3]);
        assert!(problems[0].reason.contains("110"), "{}", problems[0]);
    });
}

#[test]
fn a_line_that_was_planned_anew_in_another_file_stays_in_the_report_of_the_first() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let journal = refunds.journal();
        let first = "a,tazapay,chk_1,1,USD,,\nb,tazapay,chk_1,2,USD,,\n";
        let first = file(&directory, "first.csv", first);
        let first = Batch::plan(journal, &first, &options()).await.unwrap();
        first.batch.cancel().await.unwrap();
        let second = "b,tazapay,chk_1,3,USD,,\nc,tazapay,chk_1,4,USD,,\n";
        let second = file(&directory, "second.csv", second);
        let second = Batch::plan(journal, &second, &options()).await.unwrap();
        let sums = ["tazapay 7 USD".to_owned()];
        let approval = Approval::new("ann", sums);
        assert!(second.batch.approve(&approval).await.unwrap());
        let tally = first.batch.tally().await.unwrap();
        assert_eq!((tally.state, tally.lines), (BatchState::Cancelled, 2));
        assert_eq!(tally.count(State::Withdrawn), 2);
        let report = first.batch.page(0).await.unwrap();
        let told: Vec<_> = report
            .iter()
            .map(|entry| {
                (
                    entry.line.unwrap(),
                    entry.reference.to_string(),
                    entry.state,
                )
            })
            .collect();
        let expected =
            [(2, "a"), (3, "b")].map(|(line, name)| (line, name.to_owned(), State::Withdrawn));
        assert_eq!(told, expected);
        let moved = report.last().unwrap();
        assert!(moved.why.as_ref().unwrap().contains(second.batch.id()));
        assert_eq!(second.batch.page(0).await.unwrap().len(), 2);
    });
}

#[test]
fn of_the_cancel_windows_of_several_persons_the_longest_counts() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let path = file(&directory, "refunds.csv", "a,tazapay,chk_1,7,USD,,\n");
        let options = options().with_second_person_above(money("5 USD"));
        let plan = Batch::plan(refunds.journal(), &path, &options)
            .await
            .unwrap();
        let by = |person| Approval::new(person, ["tazapay 7 USD".to_owned()]);
        let hour = std::time::Duration::from_secs(3_600);
        let first = by("ann").with_cancel_window(hour);
        assert!(!plan.batch.approve(&first).await.unwrap());
        assert!(plan.batch.approve(&by("bob")).await.unwrap());
        let from = plan.batch.check_approved().await.unwrap().unwrap();
        let left = from.duration_since(std::time::SystemTime::now()).unwrap();
        assert!(left > hour / 2, "{left:?}");
        let step = refunds.advance(&reference("a")).await.unwrap();
        assert_eq!(step, refunds_journal::Step::Nothing);
    });
}

#[test]
fn a_file_that_is_changed_while_it_is_planned_is_not_planned_with_sums_that_are_not_its_own() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let lines = |amount: u32| -> String {
            let line = |number| format!("r-{number},tazapay,chk_{number},{amount},USD,,\n");
            (0..20_000).map(line).collect()
        };
        let path = file(&directory, "refunds.csv", &lines(1));
        let (journal, planned) = (refunds.journal().clone(), path.clone());
        let plan = tokio::spawn(async move { Batch::plan(&journal, planned, &options()).await });
        // It was checked, and is being put down.
        while database.number("SELECT COUNT(*) FROM batches").await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let mut open = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        write!(open, "{HEADING}\n{}", lines(9)).unwrap();
        let error = plan.await.unwrap();
        assert!(matches!(error, Err(BatchError::State { .. })), "{error:?}");
        assert_eq!(database.number("SELECT COUNT(*) FROM refunds").await, 0);
        let plan = Batch::plan(refunds.journal(), &path, &options()).await;
        assert_eq!(
            plan.unwrap().sums[0].to_string(),
            "tazapay 180000.00 USD (20000)"
        );
    });
}

#[test]
fn a_file_too_large_to_be_remembered_whole_is_compared_from_end_to_end() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let order = Order::new(part("10 USD")).with_payment_total(money("100 USD"));
        let _ = refunds.create(&reference("r-50"), order).await.unwrap();
        // Forty megabytes in few lines; a pass remembers 32.
        let line = |number: usize, payment: usize| {
            format!(
                r#"{{"reference":"r-{number}","provider":"tazapay","payment":"p-{payment}","amount":60,"currency":"USD","payment_total":100}}{:2000}"#,
                ""
            )
        };
        let mut lines: Vec<_> = (0..20_000).map(|number| line(number, number)).collect();
        // The first sixteen references once more, and the payments of the sixteen after them.
        lines.extend((0..16).map(|number| line(number, 20_000 + number)));
        lines.extend((16..32).map(|number| line(20_000 + number, number)));
        let path = directory.path().join("refunds.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        let error = Batch::plan(refunds.journal(), &path, &options()).await;
        let Err(BatchError::Problems {
            count, problems, ..
        }) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!(count, 33);
        // The reference that the journal knows, the sixteen, and the first of the payments.
        let told: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        let expected: Vec<u64> = std::iter::once(51).chain(20_001..20_020).collect();
        assert_eq!(told, expected);
        assert!(problems[1].reason.contains("twice"), "{}", problems[1]);
        assert!(problems[19].reason.contains("120"), "{}", problems[19]);
    });
}

#[test]
fn a_file_of_more_lines_than_one_transaction_takes_is_planned_approved_and_cancelled_whole() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let line = |number| format!("r-{number},tazapay,chk_{number},1,USD,,\n");
        // More than 64 lots of 500, and than twice 20,000.
        let lines: String = (0..40_100).map(line).collect();
        let path = file(&directory, "refunds.csv", &lines);
        let plan = Batch::plan(refunds.journal(), &path, &options())
            .await
            .unwrap();
        assert_eq!(plan.lines, 40_100);
        let count = |condition: &str| format!("SELECT COUNT(*) FROM refunds WHERE {condition}");
        let planned = count("state = 'not_sent' AND queued = 0");
        assert_eq!(database.number(&planned).await, 40_100);
        let approval = Approval::new("ann", ["tazapay 40100 USD".to_owned()]);
        assert!(plan.batch.approve(&approval).await.unwrap());
        let queued = count("state = 'not_sent' AND queued = 1 AND due_at > 0");
        assert_eq!(database.number(&queued).await, 40_100);
        assert_eq!(plan.batch.cancel().await.unwrap(), 40_100);
        assert_eq!(database.number(&count("state = 'withdrawn'")).await, 40_100);
    });
}

/// A plan of a file that is not planned, and what is wrong with it.
async fn problems(
    refunds: &refunds_journal::JournaledRefunds,
    path: &std::path::Path,
) -> Vec<refunds_journal::Problem> {
    let planned = Batch::plan(refunds.journal(), path, &options()).await;
    let Err(BatchError::Problems { problems, .. }) = planned else {
        panic!("{planned:?}");
    };
    problems
}

#[test]
fn lines_that_end_with_a_carriage_return_alone_have_numbers_of_their_own() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        // More than a page of the report.
        let lines = (0..600).map(|line| format!("r-{line},tazapay,chk_{line},1,USD,,\r"));
        let text = format!("{HEADING}\r{}", lines.collect::<String>());
        let path = directory.path().join("refunds.csv");
        std::fs::write(&path, text).unwrap();
        let plan = Batch::plan(refunds.journal(), &path, &options()).await;
        let batch = plan.unwrap().batch;
        let first = batch.page(0).await.unwrap();
        let last = first.last().and_then(|entry| entry.line).unwrap();
        let second = batch.page(last).await.unwrap();
        assert_eq!((first.len(), second.len()), (500, 100));
        assert_eq!(second.last().and_then(|entry| entry.line), Some(601));
        // What is planned anew elsewhere is kept by its number.
        batch.cancel().await.unwrap();
        let lines = (0..600).map(|line| format!("r-{line},tazapay,chk_{line},2,USD,,\r"));
        std::fs::write(&path, format!("{HEADING}\r{}", lines.collect::<String>())).unwrap();
        let again = Batch::plan(refunds.journal(), &path, &options()).await;
        again.unwrap();
        assert_eq!(batch.tally().await.unwrap().count(State::Withdrawn), 600);
    });
}

#[test]
fn a_quote_that_is_not_closed_is_told_and_the_file_is_not_read_into_memory() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let line = |number: usize| format!("r-{number},tazapay,chk_{number},1,USD,,\n");
        let lines: String = (0..50_000).map(line).collect();
        for (heading, first, number) in [
            (format!("\"{HEADING}"), String::new(), 1),
            (
                HEADING.to_owned(),
                "a,tazapay,chk_1,1,USD,,\"cut\n".to_owned(),
                2,
            ),
        ] {
            let path = directory.path().join("refunds.csv");
            std::fs::write(&path, format!("{heading}\n{first}{lines}")).unwrap();
            let problems = problems(&refunds, &path).await;
            let told: Vec<_> = problems.iter().map(|problem| problem.line).collect();
            assert_eq!(told, [number]);
            let reason = &problems[0].reason;
            assert!(
                reason.contains("quote") && reason.len() < 500,
                "{}",
                reason.len()
            );
        }
    });
}

#[test]
fn lines_are_not_taken_for_the_text_of_one_whose_quote_is_not_closed() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let line = |name| format!("{name},tazapay,chk_{name},1,USD,,\n");
        let cut = "a,tazapay,chk_1,1,USD,,\"cut\n";
        let lines = format!("{cut}{}{}", line("b"), line("c"));
        let path = file(&directory, "refunds.csv", &lines);
        let told: Vec<_> = problems(&refunds, &path).await;
        assert_eq!(told.len(), 1);
        assert!(
            told[0].line == 2 && told[0].reason.contains("`reason`"),
            "{}",
            told[0]
        );
        // In JSON a text can have several lines; the file may begin with a mark of its encoding.
        let path = directory.path().join("refunds.jsonl");
        let line =
            r#"{"reference":"a","provider":"tazapay","payment":"chk_1","reason":"one\ntwo"}"#;
        std::fs::write(&path, format!("\u{feff}{line}\n")).unwrap();
        let plan = Batch::plan(refunds.journal(), &path, &options()).await;
        assert_eq!(plan.unwrap().lines, 1);
    });
}

#[test]
fn a_plan_whose_journal_has_failed_is_made_at_once_when_that_is_mended() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let path = file(&directory, "refunds.csv", "a,tazapay,chk_1,1,USD,,\n");
        // Only what puts a line down asks for it.
        let column = "ALTER TABLE refunds DROP COLUMN looks";
        database.change(column).await;
        let failed = Batch::plan(refunds.journal(), &path, &options()).await;
        assert!(matches!(failed, Err(BatchError::Journal(_))), "{failed:?}");
        let column = "ALTER TABLE refunds ADD COLUMN looks BIGINT NOT NULL DEFAULT 0";
        database.change(column).await;
        let plan = Batch::plan(refunds.journal(), &path, &options()).await;
        assert_eq!(plan.unwrap().lines, 1);
    });
}

#[test]
fn a_payment_that_no_database_can_hold_is_a_problem_of_its_line() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let lines = "a,tazapay,chk_1\0,1,USD,,\nb,tazapay,\"chk\n1\",1,USD,,\nc,tazapay,chk_1,1,USD,,a\0b\n";
        let path = file(&directory, "refunds.csv", lines);
        let told: Vec<_> = problems(&refunds, &path)
            .await
            .iter()
            .map(|problem| (problem.line, problem.column))
            .collect();
        assert_eq!(told, [(2, Some("payment")), (3, None)]);
    });
}

#[test]
fn sums_that_are_too_large_together_need_a_second_person() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let refunds = client(&database, world.tazapay()).await;
        // A decimal holds no more than 79228162514264337593543950335.
        let lines = "a,optty,order-1,79228162514264300000000000000,USD,,Damaged\n\
            b,optty,order-2,37593543950000,USD,,Damaged\nc,tazapay,chk_1,1000000,USD,,\n";
        let path = file(&directory, "refunds.csv", lines);
        let options = options().with_second_person_above(money("5 USD"));
        let plan = Batch::plan(refunds.journal(), &path, &options).await;
        assert!(plan.unwrap().needs_second);
    });
}
