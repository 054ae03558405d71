//! What is told of one refund is never taken for another under the same reference, and what has paid stays paid.

use std::time::Duration;

use refunds::Lookup;
use refunds_journal::{Conclusion, JournalError, JournaledRefunds, Order, State};
use refunds_sandbox::{Commit, Fault, Offramp, Provider, ScriptedFault};
use serde_json::json;

use crate::{
    events::{event, event_with},
    support::{
        Database, World, client, comes, found, money, on_each, part, place, reference, short,
    },
};

fn lose_the_next_answer(world: &World) {
    let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
    world
        .sandbox
        .inject(lost.operation("create_refund"))
        .unwrap();
}

/// On which way a refund is sent again of which a person says that there is none.
#[derive(Clone, Copy)]
pub(crate) enum How {
    AtOnce,
    /// Queued, and sent by a worker.
    Queued,
    /// After an attempt that was refused.
    AfterARefusal,
}

/// A refund whose answer was lost and of which a person says that there is none, and which is being sent once more.
pub(crate) async fn sent_again(
    world: &World,
    refunds: &JournaledRefunds,
) -> tokio::task::JoinHandle<Result<Conclusion, JournalError>> {
    let call = sent_again_by(world, refunds, How::AtOnce).await;
    tokio::spawn(async move { call.await.unwrap().unwrap() })
}

/// The same; what a worker sends has no conclusion.
pub(crate) async fn sent_again_by(
    world: &World,
    refunds: &JournaledRefunds,
    how: How,
) -> tokio::task::JoinHandle<Option<Result<Conclusion, JournalError>>> {
    lose_the_next_answer(world);
    let order = part("19.90 USD");
    let _ = refunds.create(&reference("r-1"), order).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let _ = refunds.settle_as_rejected(&reference("r-1")).await.unwrap();
    // Keys are kept for 24 h.
    world
        .sandbox
        .clock()
        .advance(Duration::from_secs(25 * 3_600));
    if let How::AfterARefusal = how {
        let limited = Fault::TooManyRequests { hint: None };
        let limited = ScriptedFault::at(Provider::Tazapay, limited);
        world.sandbox.inject(limited).unwrap();
        let once = refunds.refunds().policy().clone().with_max_attempts(1);
        let once = refunds.with_refunds(refunds.refunds().with_policy(once));
        let no = once.create(&reference("r-1"), part("19.90 USD")).await;
        assert!(no.unwrap().outcome().unwrap().rejected().is_some());
    }
    let late = Fault::Delay {
        by: Duration::from_secs(3),
        commit: Commit::Before,
    };
    let late = ScriptedFault::at(Provider::Tazapay, late);
    world.sandbox.inject(late).unwrap();
    let sender = refunds.clone();
    let call = tokio::spawn(async move {
        let (reference, order) = (reference("r-1"), part("19.90 USD"));
        if let How::Queued = how {
            sender.enqueue(&reference, order).await.unwrap();
            sender.advance(&reference).await.unwrap();
            return None;
        }
        Some(sender.create(&reference, order).await)
    });
    assert!(comes(async || ids(world).len() == 2).await);
    assert_eq!(found(refunds, "r-1").await.state, State::Sending);
    call
}

/// With a lease in which a late answer is waited for.
pub(crate) async fn patient(database: &Database, world: &World) -> JournaledRefunds {
    let journal = client(database, world.tazapay()).await.journal().clone();
    let long = short().with_lease(Duration::from_secs(20));
    let journal = journal.with_settings(long).unwrap();
    journal.client(world.tazapay(), place())
}

pub(crate) fn ids(world: &World) -> Vec<String> {
    let ledger = world.sandbox.ledger();
    let entries = ledger.entries().iter();
    entries.map(|entry| entry.refund_id.clone()).collect()
}

#[test]
fn that_an_earlier_refund_has_failed_is_not_said_of_the_one_that_is_being_sent() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = patient(&database, &world).await;
        let call = sent_again(&world, &refunds).await;
        let earlier = &ids(&world)[0];
        let told = refunds.apply(&event("failed", earlier, "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::Sending);
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let known = found(&refunds, "r-1").await;
        assert_eq!(known.state, State::Pending);
        assert_eq!(known.refund_id.as_ref(), Some(&ids(&world)[1]));
    });
}

#[test]
fn a_second_refund_that_is_accepted_beside_one_that_was_paid_waits_for_a_person() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = patient(&database, &world).await;
        let call = sent_again(&world, &refunds).await;
        let earlier = ids(&world)[0].clone();
        let told = refunds.apply(&event("succeeded", &earlier, "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::Succeeded);
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let later = ids(&world)[1].clone();
        let known = found(&refunds, "r-1").await;
        assert_eq!(
            (known.state, known.refund_id),
            (State::Succeeded, Some(earlier))
        );
        assert!(known.why.unwrap().contains(&later));
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 1);
        let provider = refunds.refunds().provider();
        let facts = refunds
            .journal()
            .history(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        let last = facts.last().unwrap().detail.as_ref().unwrap();
        assert!(
            last.contains(&later) && last.contains("both may be paid"),
            "{last}"
        );
    });
}

#[test]
fn a_refund_that_has_paid_is_not_tried_again_whatever_is_shown_of_it_later() {
    on_each(|database| async move {
        let world = World::new();
        let failed = Offramp::with_failed_refund("offramp-1", money("25.5 USD").amount());
        let offramp = Offramp {
            failures_to_come: 1,
            ..failed
        };
        world.sandbox.add_offramp(offramp).unwrap();
        let refunds = client(&database, world.kotanipay()).await;
        let _ = refunds.retry(&reference("offramp-1")).await.unwrap();
        // An event tells that it has paid; what is read shows a failure that came after the try.
        database
            .change(
                "UPDATE refunds SET state = 'succeeded', status = '\"succeeded\"', due_at = NULL",
            )
            .await;
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        let again = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(matches!(again, Conclusion::Before(_)), "{again:?}");
        assert_eq!(found(&refunds, "offramp-1").await.state, State::Succeeded);
        let requests = world.sandbox.requests();
        let tries = requests
            .iter()
            .filter(|request| request.operation.as_deref() == Some("retry_refund"));
        assert_eq!(tries.count(), 1);
    });
}

#[test]
fn a_read_that_shows_as_paid_what_was_said_to_have_failed_reserves_its_part_again() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = || Order::new(part("19.90 USD")).with_payment_total(money("30 USD"));
        let _ = refunds.create(&reference("r-1"), order()).await.unwrap();
        let id = ids(&world).remove(0);
        let told = refunds.apply(&event("failed", &id, "r-1")).await.unwrap();
        assert_eq!(told.entry.state, State::Failed);
        world
            .sandbox
            .clock()
            .advance(Duration::from_secs(7 * 86_400));
        let read = refunds.fetch(&Lookup::TazapayRefund(id)).await.unwrap();
        let learnt: Vec<_> = read.learnt.iter().map(|entry| entry.state).collect();
        assert_eq!(learnt, [State::Succeeded]);
        assert_eq!(found(&refunds, "r-1").await.state, State::Succeeded);
        let beyond = refunds.create(&reference("r-2"), order()).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        assert_eq!(ids(&world).len(), 1);
    });
}

#[test]
fn an_event_about_a_refund_whose_id_is_known_is_of_that_one_whatever_reference_it_repeats() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = part("19.90 USD");
        let _ = refunds.create(&reference("r-1"), order).await.unwrap();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropBeforeCommit);
        world.sandbox.inject(lost).unwrap();
        let order = part("19.90 USD");
        let _ = refunds.create(&reference("r-2"), order).await.unwrap();
        let id = ids(&world).remove(0);
        let told = refunds
            .apply(&event("succeeded", &id, "r-2"))
            .await
            .unwrap();
        assert_eq!(told.entry.reference, reference("r-1"));
        assert_eq!(found(&refunds, "r-2").await.state, State::InDoubt);
    });
}

#[test]
fn an_event_settles_a_doubt_by_an_entry_of_ones_own() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for name in ["r-1", "r-2"] {
            lose_the_next_answer(&world);
            let order = part("19.90 USD").with_reference_key("my_reference");
            let _ = refunds.create(&reference(name), order).await.unwrap();
        }
        let told = event_with("succeeded", "rfd_9", &json!({"my_reference": "r-2"}));
        let told = refunds.apply(&told).await.unwrap();
        assert_eq!(told.entry.reference, reference("r-2"));
        assert_eq!(told.entry.state, State::Succeeded);
        assert_eq!(found(&refunds, "r-1").await.state, State::InDoubt);
    });
}
