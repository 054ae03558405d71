//! What a plan is checked against, and what is left of it when it is planned anew.

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
