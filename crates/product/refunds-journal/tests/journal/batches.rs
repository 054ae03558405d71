//! Batches: planned, approved, sent and reported.

use std::path::PathBuf;

use refunds::ProviderName;
use refunds_journal::{
    Approval, Batch, BatchError, BatchState, Journal, JournaledRefunds, PlanOptions, State, Worker,
};
use tempfile::TempDir;

use crate::support::{World, client, money, of_order, on_each, part, place, reference};

const HEADING: &str = "reference,provider,payment,amount,currency,payment_total,reason";

fn options() -> PlanOptions {
    PlanOptions::new()
        .with_place(ProviderName::Tazapay, place())
        .with_place(ProviderName::Optty, place())
}

fn file(directory: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn twenty() -> String {
    let mut text = format!("{HEADING}\n");
    for line in 0..20 {
        match line % 2 {
            0 => text.push_str(&format!("t-{line},tazapay,chk_1,1.50,USD,100,\n")),
            _ => text.push_str(&format!(
                "o-{line},optty,order-1,2,AUD,100,\"Damaged, sent back\"\n"
            )),
        }
    }
    text
}

async fn clients(database: &crate::support::Database, world: &World) -> [JournaledRefunds; 2] {
    let tazapay = client(database, world.tazapay()).await;
    let optty = tazapay.journal().client(world.optty(), place());
    [tazapay, optty]
}

fn problems(error: &BatchError) -> Vec<(u64, Option<&str>)> {
    match error {
        BatchError::Problems { problems, .. } => problems
            .iter()
            .map(|problem| (problem.line, problem.column))
            .collect(),
        other => panic!("{other}"),
    }
}

async fn drain(journal: &Journal, clients: &[JournaledRefunds; 2], batch: &Batch) {
    let [tazapay, optty] = clients;
    let worker = Worker::new(journal)
        .with_client(tazapay.clone(), None)
        .with_client(optty.clone(), None)
        .with_in_the_air(4)
        .of_batch(batch.id());
    worker.drain(std::future::pending(), |_| ()).await.unwrap();
}

#[test]
fn a_file_of_twenty_is_planned_approved_sent_once_and_accounted_for() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let clients = clients(&database, &world).await;
        let journal = clients[0].journal().clone();
        let path = file(&directory, "refunds.csv", &twenty());
        let plan = Batch::plan(&journal, &path, &options()).await.unwrap();
        let sums: Vec<_> = plan.sums.iter().map(ToString::to_string).collect();
        assert_eq!(sums, ["optty 20.00 AUD (10)", "tazapay 15.00 USD (10)"]);
        // Planned once more it is the same; and nothing is sent before it is approved.
        let again = Batch::plan(&journal, &path, &options()).await.unwrap();
        assert_eq!(again.batch.id(), plan.batch.id());
        drain(&journal, &clients, &plan.batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 0);
        let wrong = Approval::new(
            "ann",
            ["optty 20 AUD".to_owned(), "tazapay 16 USD".to_owned()],
        );
        let refused = plan.batch.approve(&wrong).await;
        assert!(
            matches!(refused, Err(BatchError::Sums { .. })),
            "{refused:?}"
        );
        let right = Approval::new(
            "ann",
            ["tazapay 15 USD".to_owned(), "optty 20.00 AUD".to_owned()],
        );
        assert!(plan.batch.approve(&right).await.unwrap());
        // Run twice, since somebody always does.
        for _ in 0..2 {
            drain(&journal, &clients, &plan.batch).await;
        }
        let ledger = world.sandbox.ledger();
        assert_eq!(ledger.entries().len(), 20);
        assert!(ledger.refunded_twice().is_empty());
        let tally = plan.batch.tally().await.unwrap();
        assert_eq!(
            tally.count(State::Pending) + tally.count(State::Succeeded),
            20
        );
        let report = plan.batch.page(0).await.unwrap();
        let lines: Vec<_> = report.iter().map(|entry| entry.line.unwrap()).collect();
        assert_eq!(lines, (2..22).collect::<Vec<_>>());
        assert!(plan.batch.page(21).await.unwrap().is_empty());
    });
}

#[test]
fn every_line_is_checked_before_anything_is_put_down() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let [tazapay, optty] = clients(&database, &world).await;
        let journal = tazapay.journal().clone();
        let _ = tazapay
            .create(&reference("known"), part("60 USD"))
            .await
            .unwrap();
        let _ = optty
            .create(&reference("o"), of_order("1 AUD"))
            .await
            .unwrap();
        let text = format!(
            "{HEADING}\n\
             known,tazapay,chk_2,1,USD,,\n\
             a,tazapay,chk_1,50,USD,100,\n\
             b,tazapay,chk_3,1.999,USD,,\n\
             c,tazapay,chk_4,-1,USD,,\n\
             d,tazapay,chk_5,1,,,\n\
             e,tazapay,chk_6,1,XXQ1,,\n\
             f,optty,order-9,,,,why\n\
             g,stripe,x,1,USD,,\n\
             h,tazapay,chk_7,60,USD,100,\n\
             i,tazapay,chk_7,60,USD,100,\n\
             h,tazapay,chk_8,1,USD,,\n\
             j,tazapay,chk_9,,,,\n\
             k,tazapay,chk_9,1,USD,,\n\
             l,tazapay,chk_10,1,XTS,,\n\
             m,tazapay,chk_11,,XAU,10,\n"
        );
        let path = file(&directory, "wrong.csv", &text);
        let error = Batch::plan(&journal, &path, &options()).await.unwrap_err();
        assert_eq!(
            problems(&error),
            [
                (2, Some("reference")),
                (3, Some("payment")),
                (4, Some("amount")),
                (5, Some("amount")),
                (6, Some("currency")),
                (7, Some("amount")),
                (8, Some("amount")),
                (9, Some("provider")),
                (11, Some("amount")),
                (12, Some("reference")),
                (14, Some("payment")),
                (15, Some("currency")),
                (16, Some("currency")),
            ],
            "{error}"
        );
        let not_put_down = journal
            .find(ProviderName::Tazapay, &place(), &reference("a"))
            .await;
        assert!(not_put_down.unwrap().is_none());
    });
}

#[test]
fn unknown_columns_and_files_that_are_none_are_told() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let [tazapay, _] = clients(&database, &world).await;
        let journal = tazapay.journal().clone();
        for (name, text, line) in [
            (
                "a.csv",
                "reference,provider,payment,ammount\nr,tazapay,chk_1,1\n",
                1,
            ),
            ("b.csv", "reference,provider\nr,tazapay\n", 1),
            ("c.csv", "", 1),
            ("d.csv", "reference,provider,payment\nr,tazapay\n", 2),
            (
                "e.jsonl",
                "{\"reference\":\"r\",\"provider\":\"tazapay\",\"payment\":\"chk_1\",\"what\":1}\n",
                1,
            ),
            ("f.jsonl", "\nno json\n", 2),
            ("g.csv", "reference,provider,payment\n", 1),
        ] {
            let path = file(&directory, name, text);
            let error = Batch::plan(&journal, &path, &options()).await.unwrap_err();
            let first = problems(&error).first().copied();
            assert_eq!(first.map(|(line, _)| line), Some(line), "{name}: {error}");
        }
        let none = Batch::plan(&journal, directory.path().join("none.csv"), &options()).await;
        assert!(matches!(none, Err(BatchError::File { .. })));
    });
}

#[test]
fn amounts_in_json_lines_are_taken_as_they_are_written() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let [tazapay, _] = clients(&database, &world).await;
        let line = |reference: &str, amount: &str| {
            format!(
                "{{\"reference\":\"{reference}\",\"provider\":\"tazapay\",\"payment\":\"{reference}\",\"amount\":{amount},\"currency\":\"USD\"}}\n"
            )
        };
        let text = [
            line("a", "90071992547409.93"),
            line("b", "\"0.10\""),
            line("c", "0.20"),
        ]
        .concat();
        let path = file(&directory, "refunds.jsonl", &text);
        let plan = Batch::plan(tazapay.journal(), &path, &options())
            .await
            .unwrap();
        assert_eq!(plan.sums[0].amount, Some(money("90071992547410.23 USD")));
    });
}

#[test]
fn above_a_sum_a_second_person_approves_and_a_batch_can_be_cancelled() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let clients = clients(&database, &world).await;
        let journal = clients[0].journal().clone();
        let path = file(&directory, "refunds.csv", &twenty());
        let limited = options().with_second_person_above(money("14 USD"));
        let plan = Batch::plan(&journal, &path, &limited).await.unwrap();
        assert!(plan.needs_second);
        let sums = || ["tazapay 15 USD".to_owned(), "optty 20 AUD".to_owned()];
        let hour = std::time::Duration::from_secs(3_600);
        let by = |person: &str| Approval::new(person, sums()).with_cancel_window(hour);
        for person in ["ann", "ann", " ann "] {
            assert!(!plan.batch.approve(&by(person)).await.unwrap());
        }
        assert!(plan.batch.check_approved().await.is_err());
        assert!(plan.batch.approve(&by("bob")).await.unwrap());
        let from = plan.batch.check_approved().await.unwrap().unwrap();
        assert!(from > std::time::SystemTime::now() + hour / 2);
        assert_eq!(plan.batch.cancel().await.unwrap(), 20);
        drain(&journal, &clients, &plan.batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 0);
        let tally = plan.batch.tally().await.unwrap();
        assert_eq!(
            (tally.state, tally.count(State::Withdrawn)),
            (BatchState::Cancelled, 20)
        );
        // A corrected file may name the same references, since nothing of them was sent.
        let corrected = file(
            &directory,
            "corrected.csv",
            &twenty().replace("1.50", "1.60"),
        );
        let plan = Batch::plan(&journal, &corrected, &options()).await.unwrap();
        assert_eq!(plan.batch.tally().await.unwrap().count(State::NotSent), 20);
        plan.batch.cancel().await.unwrap();
        // Planned anew, it can be sent after all.
        let plan = Batch::plan(&journal, &path, &options()).await.unwrap();
        assert!(
            plan.batch
                .approve(&Approval::new("ann", sums()))
                .await
                .unwrap()
        );
        drain(&journal, &clients, &plan.batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 20);
    });
}

async fn planned(
    database: &crate::support::Database,
    world: &World,
) -> (Journal, [JournaledRefunds; 2], Batch, PathBuf, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let clients = clients(database, world).await;
    let journal = clients[0].journal().clone();
    let path = file(&directory, "refunds.csv", &twenty());
    let plan = Batch::plan(&journal, &path, &options()).await.unwrap();
    (journal, clients, plan.batch, path, directory)
}

fn sums() -> Vec<String> {
    ["tazapay 15 USD", "optty 20 AUD"]
        .map(str::to_owned)
        .to_vec()
}

#[test]
fn what_was_in_the_air_at_a_cancel_is_not_sent_again() {
    on_each(|database| async move {
        let world = World::new();
        let (journal, clients, batch, _, _directory) = planned(&database, &world).await;
        assert!(batch.approve(&Approval::new("ann", sums())).await.unwrap());
        assert_eq!(batch.cancel().await.unwrap(), 20);
        // As a sender puts it down that was told to come again later.
        database
            .change("UPDATE refunds SET state = 'not_sent', queued = 1, due_at = 0 WHERE line = 2")
            .await;
        drain(&journal, &clients, &batch).await;
        assert_eq!(world.sandbox.requests().len(), 0);
        let tally = batch.tally().await.unwrap();
        assert_eq!(tally.count(State::Withdrawn), 20);
        let history = journal
            .history(ProviderName::Tazapay, &place(), &reference("t-0"))
            .await
            .unwrap();
        let told: Vec<_> = history
            .iter()
            .filter_map(|fact| fact.detail.as_deref())
            .collect();
        assert_eq!(
            told,
            [
                "the batch is approved",
                "the batch is cancelled",
                "its batch was cancelled"
            ]
        );
    });
}

#[test]
fn a_file_whose_batch_was_cancelled_is_planned_anew_and_one_that_cannot_be_leaves_the_report() {
    on_each(|database| async move {
        let world = World::new();
        let (journal, clients, batch, path, _directory) = planned(&database, &world).await;
        assert!(batch.approve(&Approval::new("ann", sums())).await.unwrap());
        clients[0].advance(&reference("t-0")).await.unwrap();
        assert_eq!(batch.cancel().await.unwrap(), 19);
        let again = Batch::plan(&journal, &path, &options()).await.unwrap_err();
        assert_eq!(problems(&again), [(2, Some("reference"))]);
        let tally = batch.tally().await.unwrap();
        assert_eq!(
            (tally.state, tally.count(State::Withdrawn)),
            (BatchState::Cancelled, 19)
        );
    });
    on_each(|database| async move {
        let world = World::new();
        let (journal, clients, batch, path, _directory) = planned(&database, &world).await;
        batch.cancel().await.unwrap();
        let again = Batch::plan(&journal, &path, &options()).await.unwrap();
        assert_eq!(again.batch.id(), batch.id());
        assert!(batch.approve(&Approval::new("ann", sums())).await.unwrap());
        drain(&journal, &clients, &batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 20);
    });
}

#[test]
fn a_plan_that_was_cut_off_is_begun_anew_once_its_planner_is_taken_for_dead() {
    on_each(|database| async move {
        let world = World::new();
        let (journal, clients, batch, path, _directory) = planned(&database, &world).await;
        let alive = "UPDATE batches SET state = 'planning', planned_until = 9000000000000; \
            DELETE FROM refunds WHERE line > 11";
        database.change(alive).await;
        let refused = Batch::plan(&journal, &path, &options()).await.unwrap_err();
        assert!(refused.to_string().contains("somebody else"), "{refused}");
        assert_eq!(database.number("SELECT COUNT(*) FROM refunds").await, 10);
        database
            .change("UPDATE batches SET planned_until = 0")
            .await;
        let plan = Batch::plan(&journal, &path, &options()).await.unwrap();
        assert_eq!(plan.lines, 20);
        assert!(batch.approve(&Approval::new("ann", sums())).await.unwrap());
        drain(&journal, &clients, &batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 20);
    });
}

#[test]
fn a_second_person_is_another_person_and_two_at_once_are_two() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let [tazapay, _optty] = clients(&database, &world).await;
        let journal = tazapay.journal().clone();
        let path = file(&directory, "refunds.csv", &twenty());
        let limited = options().with_second_person_above(money("10 USD"));
        let plan = Batch::plan(&journal, &path, &limited).await.unwrap();
        assert!(plan.needs_second);
        // The limit is the plan's: another one is not ignored.
        let other = Batch::plan(&journal, &path, &options()).await.unwrap_err();
        assert!(other.to_string().contains("second person"), "{other}");
        let batch = plan.batch;
        for name in ["Ann Lee", " ann  lee", "ANN LEE"] {
            assert!(!batch.approve(&Approval::new(name, sums())).await.unwrap());
        }
        let nobody = batch
            .approve(&Approval::new(" ", sums()))
            .await
            .unwrap_err();
        assert!(matches!(nobody, BatchError::NoPerson { .. }), "{nobody}");
        let at_once = ["bob", "cy"].map(|name| {
            let batch = batch.clone();
            tokio::spawn(async move { batch.approve(&Approval::new(name, sums())).await })
        });
        let mut approved = 0;
        for call in at_once {
            match call.await.unwrap() {
                Ok(is_approved) => approved += usize::from(is_approved),
                Err(BatchError::State { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(approved, 1);
        assert_eq!(batch.tally().await.unwrap().state, BatchState::Approved);
    });
}

#[test]
fn a_line_that_is_only_planned_is_not_queued_by_itself() {
    on_each(|database| async move {
        let world = World::new();
        let (_, clients, _, _, _directory) = planned(&database, &world).await;
        let refused = clients[0]
            .enqueue(&reference("t-0"), part("1.50 USD"))
            .await;
        assert!(
            matches!(refused, Err(refunds_journal::JournalError::OfBatch { .. })),
            "{refused:?}"
        );
    });
}

#[test]
fn a_total_in_a_later_line_holds_for_the_payment() {
    on_each(|database| async move {
        let world = World::new();
        let directory = tempfile::tempdir().unwrap();
        let [tazapay, _optty] = clients(&database, &world).await;
        let text = format!("{HEADING}\na,tazapay,chk_1,30,USD,,\nb,tazapay,chk_1,30,USD,100,\n");
        let path = file(&directory, "refunds.csv", &text);
        Batch::plan(tazapay.journal(), &path, &options())
            .await
            .unwrap();
        let beyond = tazapay.enqueue(&reference("r-1"), part("101 USD")).await;
        assert!(
            matches!(beyond, Err(refunds_journal::JournalError::Beyond { .. })),
            "{beyond:?}"
        );
    });
}

#[test]
fn a_line_that_somebody_was_sending_by_itself_is_approved_with_the_others() {
    on_each(|database| async move {
        let world = World::new();
        let (journal, clients, batch, _, _directory) = planned(&database, &world).await;
        database
            .change("UPDATE refunds SET state = 'sending', before = 'not_sent', clean = 1 WHERE line = 2")
            .await;
        assert!(batch.approve(&Approval::new("ann", sums())).await.unwrap());
        database
            .change("UPDATE refunds SET due_at = 0 WHERE line = 2")
            .await;
        drain(&journal, &clients, &batch).await;
        assert_eq!(world.sandbox.ledger().entries().len(), 20);
    });
}

#[test]
fn nothing_of_a_batch_is_sent_in_its_cancel_window() {
    on_each(|database| async move {
        let world = World::new();
        let (_, clients, batch, _, _directory) = planned(&database, &world).await;
        let approval =
            Approval::new("ann", sums()).with_cancel_window(std::time::Duration::from_secs(3_600));
        assert!(batch.approve(&approval).await.unwrap());
        let step = clients[0].advance(&reference("t-0")).await.unwrap();
        assert_eq!(step, refunds_journal::Step::Nothing);
        assert_eq!(world.sandbox.requests().len(), 0);
    });
}

#[test]
fn what_was_planned_is_not_another_refund_when_it_is_approved() {
    on_each(|database| async move {
        let world = World::new();
        let (_, clients, _, _, _directory) = planned(&database, &world).await;
        let other = clients[0].create(&reference("t-0"), part("90 USD")).await;
        assert!(
            matches!(other, Err(refunds_journal::JournalError::Differs { .. })),
            "{other:?}"
        );
        assert_eq!(world.sandbox.requests().len(), 0);
    });
}
