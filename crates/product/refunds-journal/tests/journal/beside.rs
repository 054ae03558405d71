//! Two refunds under one reference, of which each may be paid: both count, and a person is told until it is known.

use std::time::Duration;

use refunds::{Lookup, Refunds, TazapayRefund};
use refunds_journal::{Conclusion, JournalError, JournaledRefunds, Order, State};
use refunds_sandbox::{Commit, Fault, Provider, ScriptedFault};
use serde_json::json;
use tokio::{
    io::copy,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    events::{event, event_at},
    second_refunds::{How, ids, patient, sent_again, sent_again_by},
    support::{
        World, client, comes, found, money, of_order, on_each, part, place, policy, reference,
        second, short,
    },
};

/// Tazapay, each answer of which comes late.
async fn late_tazapay(world: &World, by: Duration) -> Refunds {
    let server = world.sandbox.base_url(Provider::Tazapay);
    let server = server.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&server).await.unwrap();
            let (mut near_in, mut near_out) = near.into_split();
            let (mut far_in, mut far_out) = far.into_split();
            tokio::spawn(async move { copy(&mut near_in, &mut far_out).await });
            tokio::spawn(async move {
                far_in.readable().await.unwrap();
                tokio::time::sleep(by).await;
                copy(&mut far_in, &mut near_out).await
            });
        }
    });
    world.tazapay_at(format!("http://{address}"))
}

/// What waits for a person, and of how much the payment is, where this is told.
async fn waiting(refunds: &JournaledRefunds) -> u64 {
    refunds.journal().waiting().await.unwrap().count
}

/// A second refund that is accepted beside one that is under way.
async fn accepted_beside(
    world: &World,
    refunds: &JournaledRefunds,
) -> JoinHandle<Result<Conclusion, JournalError>> {
    let call = sent_again(world, refunds).await;
    let earlier = ids(world).remove(0);
    let told = refunds.apply(&event("pending", &earlier, "r-1")).await;
    assert_eq!(told.unwrap().entry.state, State::Pending);
    call
}

#[test]
fn what_a_late_sender_is_told_of_its_own_refund_does_not_end_the_one_that_is_sent_since() {
    for state in ["sending", "in_doubt"] {
        on_each(|database| async move {
            let world = World::new();
            let failed = Fault::FailedAtOnce {
                word: "failed".to_owned(),
            };
            let failed = ScriptedFault::at(Provider::Tazapay, failed);
            world.sandbox.inject(failed).unwrap();
            let refunds = patient(&database, &world).await;
            let late = late_tazapay(&world, Duration::from_millis(800)).await;
            let late = refunds.with_refunds(late);
            let call =
                tokio::spawn(
                    async move { late.create(&reference("r-1"), part("19.90 USD")).await },
                );
            assert!(comes(async || !world.sandbox.requests().is_empty()).await);
            // It was taken for interrupted, a person said that there is none, and it is sent once more.
            let again = format!(
                "UPDATE refunds SET state = '{state}', fence = fence + 1, attempts = attempts + 1, tries = 2"
            );
            database.change(&again).await;
            let conclusion = call.await.unwrap().unwrap();
            assert!(conclusion.outcome().unwrap().accepted().is_some());
            assert_eq!(found(&refunds, "r-1").await.state.as_str(), state);
        });
    }
}

#[test]
fn that_it_may_have_happened_before_is_not_forgotten_on_the_way_to_the_next_attempt() {
    for how in [How::Queued, How::AfterARefusal] {
        on_each(|database| async move {
            let world = World::new();
            let refunds = patient(&database, &world).await;
            let call = sent_again_by(&world, &refunds, how).await;
            let earlier = ids(&world).remove(0);
            let told = refunds.apply(&event("failed", &earlier, "r-1")).await;
            assert_eq!(told.unwrap().entry.state, State::Sending);
            call.await.unwrap();
            assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
        });
    }
}

#[test]
fn both_of_two_refunds_under_one_reference_count_and_are_told_after_the_end_of_the_first() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = patient(&database, &world).await;
        let call = accepted_beside(&world, &refunds).await;
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let order = Order::new(part("19.90 USD")).with_payment_total(money("50 USD"));
        let beyond = refunds.create(&reference("r-2"), order).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        world
            .sandbox
            .clock()
            .advance(Duration::from_secs(7 * 86_400));
        let _ = refunds.advance(&reference("r-1")).await.unwrap();
        let known = found(&refunds, "r-1").await;
        assert_eq!(known.state, State::Succeeded);
        assert!(known.why.unwrap().contains(&ids(&world)[1]));
        assert_eq!(waiting(&refunds).await, 1);
        // Somebody has seen to it, and both have been paid.
        let seen = refunds.settle_as_accepted(&reference("r-1")).await.unwrap();
        assert_eq!((seen.state, seen.waits_since), (State::Succeeded, None));
        let beyond = refunds.create(&reference("r-2"), part("19.90 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
    });
}

#[test]
fn where_the_first_of_two_refunds_has_failed_the_second_stands() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = patient(&database, &world).await;
        let call = accepted_beside(&world, &refunds).await;
        let _ = call.await.unwrap().unwrap();
        let [earlier, later] = <[String; 2]>::try_from(ids(&world)).unwrap();
        let _ = refunds
            .apply(&event("failed", &earlier, "r-1"))
            .await
            .unwrap();
        let known = found(&refunds, "r-1").await;
        assert_eq!(
            (known.state, known.refund_id),
            (State::Pending, Some(later.clone()))
        );
        assert_eq!(waiting(&refunds).await, 0);
        let told = refunds.apply(&event("succeeded", &later, "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::Succeeded);
    });
}

#[test]
fn a_read_of_the_second_refund_tells_that_it_has_failed() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let failed = Fault::FailedAtOnce {
            word: "failed".to_owned(),
        };
        let failed = ScriptedFault::at(Provider::Tazapay, failed);
        world.sandbox.inject(failed).unwrap();
        // Somebody else's, of another journal.
        let own = reference("r-1");
        let other = refunds.refunds().create(&own, part("19.90 USD")).await;
        let other = other.unwrap();
        let other = other.accepted().unwrap().refund_id().unwrap().to_owned();
        world
            .sandbox
            .clock()
            .advance(Duration::from_secs(25 * 3_600));
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let _ = refunds
            .apply(&event("pending", &other, "r-1"))
            .await
            .unwrap();
        assert_eq!(waiting(&refunds).await, 1);
        let _ = refunds.fetch(&Lookup::TazapayRefund(other)).await.unwrap();
        assert_eq!(waiting(&refunds).await, 0);
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
    });
}

#[test]
fn an_event_that_tells_of_a_second_refund_has_the_first_wait_for_a_person_until_it_tells_that_it_has_failed()
 {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = Order::new(part("19.90 USD")).with_payment_total(money("50 USD"));
        let _ = refunds.create(&reference("r-1"), order).await.unwrap();
        let told = refunds
            .apply(&event("pending", "rfd_other", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Pending);
        assert!(told.entry.why.unwrap().contains("rfd_other"));
        assert_eq!(waiting(&refunds).await, 1);
        let beyond = refunds.create(&reference("r-2"), part("19.90 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        let id = ids(&world).remove(0);
        let told = refunds.apply(&event("succeeded", &id, "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::Succeeded);
        assert_eq!(waiting(&refunds).await, 1);
        let failed = event("failed", "rfd_other", "r-1");
        let told = refunds.apply(&failed).await.unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
        assert_eq!(waiting(&refunds).await, 0);
        let conclusion = refunds.create(&reference("r-2"), part("19.90 USD")).await;
        assert!(conclusion.unwrap().outcome().unwrap().accepted().is_some());
    });
}

#[test]
fn an_event_that_tells_of_a_second_refund_counts_where_the_first_has_failed() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = Order::new(part("19.90 USD")).with_payment_total(money("30 USD"));
        let _ = refunds.create(&reference("r-1"), order).await.unwrap();
        let id = ids(&world).remove(0);
        let told = refunds.apply(&event("failed", &id, "r-1")).await.unwrap();
        assert_eq!(told.entry.state, State::Failed);
        let told = refunds
            .apply(&event("succeeded", "rfd_other", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
        assert_eq!(told.entry.refund_id.as_deref(), Some("rfd_other"));
        let beyond = refunds.create(&reference("r-2"), part("19.90 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
    });
}

#[test]
fn events_of_the_refund_that_stands_count_after_those_of_one_that_has_failed() {
    on_each(|database| async move {
        let world = World::new();
        let slow = Fault::Delay {
            by: Duration::from_millis(900),
            commit: Commit::Before,
        };
        let slow = ScriptedFault::at(Provider::Tazapay, slow);
        world.sandbox.inject(slow).unwrap();
        let refunds = patient(&database, &world).await;
        let sender = refunds.clone();
        let call =
            tokio::spawn(async move { sender.create(&reference("r-1"), part("19.90 USD")).await });
        assert!(comes(async || ids(&world).len() == 1).await);
        database.change("UPDATE refunds SET leased_until = 1").await;
        let other = second(&database, world.tazapay()).await;
        let _ = other.reconcile(&reference("r-1")).await.unwrap();
        let told = other.apply(&event("failed", "rfd_9", "r-1")).await.unwrap();
        assert_eq!(told.entry.state, State::Failed);
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let id = ids(&world).remove(0);
        let known = found(&refunds, "r-1").await;
        assert_eq!(
            (known.state, known.refund_id.as_ref()),
            (State::Pending, Some(&id))
        );
        let told = other.apply(&event("succeeded", &id, "r-1")).await.unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
    });
}

#[test]
fn a_refund_that_an_order_names_otherwise_than_the_late_answer_is_no_second_one() {
    on_each(|database| async move {
        let world = World::new();
        let slow = Fault::Delay {
            by: Duration::from_millis(1_500),
            commit: Commit::Before,
        };
        let slow = ScriptedFault::at(Provider::Optty, slow).operation("refund_order");
        world.sandbox.inject(slow).unwrap();
        let journal = client(&database, world.optty()).await.journal().clone();
        let long = short().with_lease(Duration::from_secs(20));
        let journal = journal.with_settings(long).unwrap();
        let refunds = journal.client(world.optty(), place());
        let sender = refunds.clone();
        let call =
            tokio::spawn(async move { sender.create(&reference("r-1"), of_order("30 AUD")).await });
        assert!(comes(async || world.paid_at_optty("r-1") == 1).await);
        database.change("UPDATE refunds SET leased_until = 1").await;
        let other = second(&database, world.optty()).await;
        let _ = other.reconcile(&reference("r-1")).await.unwrap();
        assert!(found(&other, "r-1").await.state.is_accepted());
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(waiting(&refunds).await, 0);
        assert_eq!(found(&refunds, "r-1").await.why, None);
    });
}

#[test]
fn that_an_earlier_refund_has_failed_is_not_said_of_one_that_was_not_sent_yet() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = part("19.90 USD");
        refunds.enqueue(&reference("r-1"), order).await.unwrap();
        let told = refunds.apply(&event("failed", "rfd_9", "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::NotSent);
        refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn of_two_ends_told_for_one_moment_the_one_that_has_paid_counts() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = Order::new(part("19.90 USD")).with_payment_total(money("30 USD"));
        let _ = refunds.create(&reference("r-1"), order).await.unwrap();
        let id = ids(&world).remove(0);
        let metadata = json!({"refund_reference": "r-1"});
        let moment = "2099-01-02T00:00:00.000000Z";
        for (word, state) in [
            ("failed", State::Failed),
            ("succeeded", State::Succeeded),
            ("pending", State::Succeeded),
        ] {
            let told = event_at(word, &id, &metadata, moment);
            let told = refunds.apply(&told).await.unwrap();
            assert_eq!(told.entry.state, state, "{:?}", told.change);
        }
    });
}

#[test]
fn that_a_refund_of_everything_has_failed_is_told_by_an_event_that_names_it() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let everything = TazapayRefund::of_payin("chk_1");
        let _ = refunds.create(&reference("r-1"), everything).await.unwrap();
        // Of which refund it tells is not known, and one of several may have paid.
        let id = ids(&world).remove(0);
        let told = refunds.apply(&event("failed", &id, "r-1")).await.unwrap();
        assert_eq!(told.entry.state, State::Failed);
    });
}

#[test]
fn a_key_is_as_old_as_its_first_request_whatever_a_person_has_said_in_between() {
    struct Later(Duration);

    impl refunds::Clock for Later {
        fn now(&self) -> std::time::SystemTime {
            std::time::SystemTime::now() + self.0
        }
    }

    on_each(|database| async move {
        let hours = |count: u64| Duration::from_secs(count * 3_600);
        let world = World::new();
        let risky = policy().with_risk_of_paying_twice().with_max_attempts(1);
        let refunds = client(&database, world.tazapay().with_policy(risky.clone())).await;
        for _ in 0..2 {
            let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
            world
                .sandbox
                .inject(lost.operation("create_refund"))
                .unwrap();
            let lost = refunds.create(&reference("r-1"), part("19.90 USD")).await;
            assert!(lost.unwrap().outcome().unwrap().unknown().is_some());
            if found(&refunds, "r-1").await.attempts == 1 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let _ = refunds.settle_as_rejected(&reference("r-1")).await.unwrap();
                world.sandbox.clock().advance(hours(20));
                let ago = "UPDATE refunds SET first_sent_at = first_sent_at - 72000000";
                database.change(ago).await;
            }
        }
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
        world.sandbox.clock().advance(hours(5));
        let later = world.tazapay().with_policy(risky);
        let later = later.with_clock(std::sync::Arc::new(Later(hours(5))));
        tokio::time::sleep(Duration::from_millis(200)).await;
        let _ = refunds
            .with_refunds(later)
            .reconcile(&reference("r-1"))
            .await
            .unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
        assert_eq!(found(&refunds, "r-1").await.state, State::InDoubt);
    });
}
