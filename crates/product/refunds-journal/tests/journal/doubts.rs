//! What is in doubt is never sent again.

use std::time::Duration;

use refunds_journal::{Conclusion, Cursor, Filter, JournalError, Settings, Settled, State};
use refunds_sandbox::{Commit, Fault, Provider, ScriptedFault};

use crate::support::{
    World, client, found, money, of_order, on_each, part, place, reference, second, short,
};

#[test]
fn what_is_in_doubt_is_not_sent_again_and_is_settled_by_what_the_provider_shows() {
    on_each(|database| async move {
        let world = World::new();
        let lost =
            ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.optty()).await;
        let conclusion = refunds
            .create(&reference("r-1"), of_order("30 AUD"))
            .await
            .unwrap();
        assert!(
            conclusion.outcome().unwrap().unknown().is_some(),
            "{conclusion:?}"
        );
        // Another process, after a restart.
        let restarted = second(&database, world.optty()).await;
        let again = restarted
            .create(&reference("r-1"), of_order("30 AUD"))
            .await;
        assert!(
            matches!(again, Err(JournalError::InDoubt { .. })),
            "{again:?}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
        let swept = restarted.sweep().await.unwrap();
        assert_eq!((swept.looked_at, swept.failed), (1, 0));
        let again = restarted
            .create(&reference("r-1"), of_order("30 AUD"))
            .await
            .unwrap();
        assert!(matches!(again, Conclusion::Before(_)), "{again:?}");
        assert_eq!(world.paid_at_optty("r-1"), 1);
    });
}

#[test]
fn a_sender_that_ended_leaves_a_doubt_once_its_lease_has_ended_and_its_payment_reserved() {
    on_each(|database| async move {
        let world = World::new();
        let slow = Fault::Delay {
            by: Duration::from_secs(20),
            commit: Commit::Before,
        };
        world
            .sandbox
            .inject(ScriptedFault::at(Provider::Optty, slow).operation("refund_order"))
            .unwrap();
        let journal = client(&database, world.optty()).await.journal().clone();
        let second_of_rest = short()
            .with_lease(Duration::from_millis(2_500))
            .with_settle_after(Duration::from_secs(1));
        let journal = journal.with_settings(second_of_rest).unwrap();
        let sender = journal.client(world.optty(), place());
        let call = tokio::spawn(async move {
            let order = refunds_journal::Order::new(of_order("60 AUD"))
                .with_payment_total("100 AUD".parse().unwrap());
            sender.create(&reference("r-1"), order).await
        });
        tokio::time::sleep(Duration::from_millis(400)).await;
        call.abort();
        let restarted = second(&database, world.optty()).await;
        let busy = restarted
            .create(&reference("r-1"), of_order("60 AUD"))
            .await;
        let Err(error @ JournalError::Busy { seconds, .. }) = busy else {
            panic!("{busy:?}");
        };
        // The call was dropped: a second is left, or the lease if that could not be said.
        assert!(seconds.is_some_and(|seconds| (1..=3).contains(&seconds)));
        assert!(error.to_string().contains("if it was killed"), "{error}");
        tokio::time::sleep(Duration::from_millis(1_400)).await;
        let doubt = restarted
            .create(&reference("r-1"), of_order("60 AUD"))
            .await;
        assert!(
            matches!(doubt, Err(JournalError::InDoubt { .. })),
            "{doubt:?}"
        );
        let beyond = restarted
            .create(&reference("r-2"), of_order("60 AUD"))
            .await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        let open = Filter {
            states: vec![State::InDoubt],
            ..Filter::default()
        };
        assert_eq!(restarted.journal().list(&open).await.unwrap().len(), 1);
        let settled = restarted.reconcile(&reference("r-1")).await.unwrap();
        assert!(matches!(settled, Settled::Now(_)), "{settled:?}");
        assert_eq!(world.paid_at_optty("r-1"), 1);
    });
}

#[test]
fn a_person_can_settle_what_nothing_else_can_once_nothing_is_under_way() {
    on_each(|database| async move {
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropBeforeCommit);
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let conclusion = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().unknown().is_some());
        let early = refunds.settle_as_rejected(&reference("r-1")).await;
        assert!(
            matches!(early, Err(JournalError::MayBeUnderWay { .. })),
            "{early:?}"
        );
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 1);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let entry = refunds.settle_as_rejected(&reference("r-1")).await.unwrap();
        assert_eq!(entry.state, State::Rejected);
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 0);
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let contradicted = refunds.settle_as_rejected(&reference("r-1")).await;
        assert!(matches!(
            contradicted,
            Err(JournalError::Contradicted { .. })
        ));
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn a_reconciliation_of_what_nobody_put_down_says_so() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let unknown = refunds.reconcile(&reference("r-1")).await;
        assert!(matches!(unknown, Err(JournalError::NotKnown { .. })));
        let _ = refunds
            .create(&reference("r-1"), part("1 USD"))
            .await
            .unwrap();
        let before = refunds.reconcile(&reference("r-1")).await.unwrap();
        assert!(matches!(before, Settled::Before(_)));
    });
}

#[test]
fn a_lease_that_could_end_during_an_attempt_is_refused() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let hasty = Settings::default().with_lease(Duration::from_secs(180));
        let refused = refunds.journal().with_settings(hasty).unwrap_err();
        assert!(matches!(refused, JournalError::Times(_)), "{refused}");
    });
}

#[test]
fn a_lease_can_be_as_long_as_one_likes() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let long = Settings::default().with_lease(Duration::MAX);
        let journal = refunds.journal().with_settings(long).unwrap();
        let refunds = journal.client(world.tazapay(), place());
        let conclusion = refunds.create(&reference("r-1"), part("1 USD")).await;
        assert!(conclusion.unwrap().outcome().unwrap().accepted().is_some());
    });
}

#[test]
fn a_refund_that_somebody_says_was_accepted_is_looked_after() {
    on_each(|database| async move {
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let entry = refunds.settle_as_accepted(&reference("r-1")).await.unwrap();
        assert_eq!(entry.state, State::Pending);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let swept = refunds.sweep().await.unwrap();
        assert_eq!((swept.looked_at, swept.failed), (1, 0));
        // Without the provider's id nothing can be read: only an event, or a person, can tell its end.
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 1);
    });
}

#[test]
fn what_a_reconciliation_has_found_is_not_lost_where_it_cannot_be_put_down() {
    on_each(|database| async move {
        let world = World::new();
        let lost =
            ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.optty()).await;
        let _ = refunds
            .create(&reference("r-1"), of_order("30 AUD"))
            .await
            .unwrap();
        // The journal takes a refund on, and nothing that is found.
        let (refuse, allow) = match database.is_postgres() {
            true => (
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$; \
                 CREATE TRIGGER refuse BEFORE UPDATE ON refunds FOR EACH ROW \
                 WHEN (NEW.state = 'pending' OR NEW.state = 'succeeded') EXECUTE FUNCTION refuse()",
                "DROP TRIGGER refuse ON refunds",
            ),
            false => (
                "CREATE TRIGGER refuse BEFORE UPDATE ON refunds \
                 WHEN NEW.state = 'pending' OR NEW.state = 'succeeded' BEGIN SELECT RAISE(ABORT, 'no room'); END",
                "DROP TRIGGER refuse",
            ),
        };
        database.change(refuse).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let unkept = refunds.reconcile(&reference("r-1")).await;
        let Err(JournalError::FindingNotKept { reconciled, .. }) = unkept else {
            panic!("{unkept:?}");
        };
        assert!(reconciled.accepted().is_some(), "{reconciled:?}");
        database.change(allow).await;
        assert_eq!(found(&refunds, "r-1").await.state, State::InDoubt);
        let settled = refunds.reconcile(&reference("r-1")).await.unwrap();
        assert!(matches!(settled, Settled::Now(_)), "{settled:?}");
        assert!(found(&refunds, "r-1").await.state.is_accepted());
        assert_eq!(world.paid_at_optty("r-1"), 1);
    });
}

#[test]
fn a_list_is_read_page_by_page() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for number in 0..7 {
            let reference = reference(&format!("r-{number}"));
            refunds.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        // Several of one moment are told apart as well.
        database
            .change("UPDATE refunds SET changed_at = 1000 WHERE reference <> 'r-6'")
            .await;
        let mut page = Filter {
            limit: Some(3),
            ..Filter::default()
        };
        let mut pages = Vec::new();
        loop {
            let entries = refunds.journal().list(&page).await.unwrap();
            let Some(last) = entries.last() else { break };
            page.after = Some(Cursor::behind(last));
            let names = entries.iter().map(|entry| entry.reference.to_string());
            pages.push(names.collect::<Vec<_>>());
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(pages[0][0], "r-6");
        let mut all = pages.concat();
        all.sort();
        let expected: Vec<_> = (0..7).map(|number| format!("r-{number}")).collect();
        assert_eq!(all, expected);
    });
}

#[test]
fn a_pending_refund_that_its_order_does_not_name_waits_for_a_person() {
    on_each(|database| async move {
        let mut settings = refunds_sandbox::Settings::default();
        settings.optty.pending = Some(refunds_sandbox::PendingRefunds {
            word: "PENDING".to_owned(),
            lasting: Duration::from_secs(3_600),
            failed_word: None,
        });
        let world = World::with(settings);
        let refunds = client(&database, world.optty()).await;
        let unnamed = refunds::OpttyRefund::new("order-1", money("30 AUD"), "Damaged");
        let conclusion = refunds.create(&reference("r-1"), unnamed).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 0);
        world.sandbox.clock().advance(Duration::from_secs(7_200));
        refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 1);
    });
}
