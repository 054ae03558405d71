//! Refunds that go well, or are refused.

use refunds_journal::{Conclusion, JournalError, State, Step};
use refunds_sandbox::{Fault, Hint, Provider, ScriptedFault};

use crate::support::{Database, World, client, on_each, part, place, reference, second};

#[test]
fn a_refund_is_put_down_before_it_is_sent_and_its_end_afterwards() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let conclusion = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
        let journal = refunds.journal();
        let provider = refunds.refunds().provider();
        let entry = journal
            .find(provider, &place(), &reference("r-1"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(entry.state, State::Pending);
        assert_eq!(entry.payment, "chk_1");
        assert!(entry.refund_id.unwrap().starts_with("rfd_"));
        let facts = journal
            .history(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        let story: Vec<_> = facts
            .iter()
            .map(|fact| (&*fact.source, &*fact.what))
            .collect();
        assert_eq!(story, [("call", "sending"), ("call", "pending")]);
    });
}

#[test]
fn what_was_accepted_is_not_sent_again_and_another_request_under_its_reference_is_refused() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let elsewhere = second(&database, world.tazapay()).await;
        for client in [&refunds, &elsewhere] {
            let again = client
                .create(&reference("r-1"), part("19.90 USD"))
                .await
                .unwrap();
            let Conclusion::Before(entry) = again else {
                panic!("sent again: {again:?}");
            };
            assert_eq!(entry.state, State::Pending);
            let differs = client.create(&reference("r-1"), part("19.91 USD")).await;
            assert!(
                matches!(differs, Err(JournalError::Differs { .. })),
                "{differs:?}"
            );
        }
        assert_eq!(world.sandbox.requests().len(), 1);
    });
}

#[test]
fn a_definite_no_is_put_down_and_may_be_corrected_under_the_same_reference() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let wrong = refunds::TazapayRefund::of_payin("chk_unknown");
        let conclusion = refunds.create(&reference("r-1"), wrong).await.unwrap();
        assert!(
            conclusion.outcome().unwrap().rejected().is_some(),
            "{conclusion:?}"
        );
        let provider = refunds.refunds().provider();
        let find = || async {
            let journal = refunds.journal();
            journal
                .find(provider, &place(), &reference("r-1"))
                .await
                .unwrap()
                .unwrap()
        };
        assert_eq!(find().await.state, State::Rejected);
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        assert_eq!(find().await.state, State::Pending);
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn an_attempt_that_did_nothing_is_followed_by_another_of_the_same_call() {
    on_each(|database| async move {
        let world = World::new();
        let limited = Fault::TooManyRequests { hint: None };
        world
            .sandbox
            .inject(ScriptedFault::at(Provider::Tazapay, limited))
            .unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let conclusion = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        assert_eq!(
            conclusion.outcome().unwrap().accepted().unwrap().attempts(),
            2
        );
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
        let provider = refunds.refunds().provider();
        let entry = refunds
            .journal()
            .find(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        assert_eq!(entry.unwrap().attempts, 2);
    });
}

#[test]
fn what_is_queued_is_tried_again_no_sooner_than_the_provider_asks_for() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for (name, seconds, wait) in [("r-1", 3_600, 3_600), ("r-2", 9_999_999, 6 * 3_600)] {
            let hint = Some(Hint::HeaderSeconds(seconds));
            let limited = Fault::TooManyRequests { hint };
            let limited = ScriptedFault::at(Provider::Tazapay, limited);
            world.sandbox.inject(limited).unwrap();
            let order = part("1 USD");
            refunds.enqueue(&reference(name), order).await.unwrap();
            let step = refunds.advance(&reference(name)).await.unwrap();
            assert_eq!(step, Step::Later);
            let asked =
                format!("SELECT due_at - changed_at FROM refunds WHERE reference = '{name}'");
            let waits = database.number(&asked).await;
            // The hint counts from the answer.
            assert!(
                (wait * 1_000 - 5_000..=wait * 1_000).contains(&waits),
                "{waits}"
            );
        }
    });
}

/// How many transactions the log of a SQLite journal holds: the frames that end one tell the size of the file after
/// it (sqlite.org/fileformat2.html, 4.1: a header of 32 bytes, then frames of 24 bytes and a page each).
fn commits(database: &Database) -> usize {
    let path = database.url.replace("sqlite:", "") + "-wal";
    let log = std::fs::read(path).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let page = usize::try_from(number(8)).unwrap();
    let frames = (32..log.len()).step_by(24 + page);
    frames.filter(|frame| number(frame + 4) != 0).count()
}

#[tokio::test]
async fn a_refund_that_goes_well_costs_the_journal_at_most_three_commits() {
    let database = Database::sqlite();
    let world = World::new();
    let refunds = client(&database, world.tazapay()).await;
    let before = commits(&database);
    for number in 1..=5 {
        let reference = reference(&format!("r-{number}"));
        let conclusion = refunds.create(&reference, part("1 USD")).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let made = commits(&database) - before;
        // What is about to be sent has to be on the disk, and how it ended.
        assert!(
            (2 * number..=3 * number).contains(&made),
            "{made} for {number}"
        );
    }
}
