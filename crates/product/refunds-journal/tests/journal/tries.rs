//! Tries of a failed refund, one after the other (Kotani Pay).

use std::time::Duration;

use refunds_journal::{JournalError, State};
use refunds_sandbox::{Commit, Fault, Offramp, Provider, ScriptedFault};

use crate::support::{World, client, found, on_each, reference, second};

/// One whose refund failed, and fails once more when it is tried again.
fn failed_offramp(world: &World) {
    let failed = Offramp::with_failed_refund("offramp-1", "25.5".parse().unwrap());
    let offramp = Offramp {
        failures_to_come: 1,
        ..failed
    };
    world.sandbox.add_offramp(offramp).unwrap();
}

#[test]
fn what_was_read_does_not_end_a_try_that_is_being_sent_since() {
    on_each(|database| async move {
        let world = World::new();
        failed_offramp(&world);
        let refunds = client(&database, world.kotanipay()).await;
        let conclusion = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        let reader = second(&database, world.kotanipay()).await;
        let begun = "UPDATE refunds SET state = 'sending', before = 'failed', leased_until = 9000000000000, \
            fence = fence + 1";
        database
            .during(begun, async move {
                reader.advance(&reference("offramp-1")).await
            })
            .await
            .unwrap();
        assert_eq!(found(&refunds, "offramp-1").await.state, State::Sending);
    });
}

#[test]
fn a_word_of_no_does_not_take_back_a_retry_that_has_paid() {
    on_each(|database| async move {
        let world = World::new();
        failed_offramp(&world);
        let refunds = client(&database, world.kotanipay()).await;
        let _ = refunds.retry(&reference("offramp-1")).await.unwrap();
        database
            .change("UPDATE refunds SET state = 'succeeded', due_at = NULL")
            .await;
        let no = refunds.settle_as_rejected(&reference("offramp-1")).await;
        assert!(
            matches!(no, Err(JournalError::Contradicted { .. })),
            "{no:?}"
        );
    });
}

#[test]
fn a_try_before_which_nothing_could_be_read_has_no_mark_of_the_try_before_it() {
    on_each(|database| async move {
        let world = World::new();
        failed_offramp(&world);
        let refunds = client(&database, world.kotanipay()).await;
        let _ = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(found(&refunds, "offramp-1").await.retry_mark.is_some());
        // It runs, and fails; and somebody says that there is none.
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        database
            .change("UPDATE refunds SET state = 'rejected'")
            .await;
        let unreadable = ScriptedFault::at(Provider::Kotanipay, Fault::DropBeforeCommit);
        world
            .sandbox
            .inject(unreadable.operation("refund_status"))
            .unwrap();
        let conclusion = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(found(&refunds, "offramp-1").await.retry_mark, None);
    });
}

#[test]
fn an_end_of_a_try_that_is_told_late_does_not_replace_that_of_the_next_one() {
    on_each(|database| async move {
        let world = World::new();
        failed_offramp(&world);
        let slow = Fault::Delay {
            by: Duration::from_millis(600),
            commit: Commit::Before,
        };
        let slow = ScriptedFault::at(Provider::Kotanipay, slow);
        world
            .sandbox
            .inject(slow.operation("retry_refund"))
            .unwrap();
        let refunds = client(&database, world.kotanipay()).await;
        let sender = refunds.clone();
        let call = tokio::spawn(async move { sender.retry(&reference("offramp-1")).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        // The try is taken for interrupted, seen to have failed, and followed by another, which has been accepted.
        let next = "UPDATE refunds SET state = 'pending', fence = fence + 1, leased_until = 0, \
            attempts = attempts + 1, why = 'the next'";
        database.change(next).await;
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let next = found(&refunds, "offramp-1").await;
        assert_eq!(
            (next.state, next.retry_mark, next.why.as_deref()),
            (State::Pending, None, Some("the next"))
        );
    });
}

#[test]
fn a_failure_of_which_nobody_can_tell_whether_it_is_of_the_last_try_waits_for_a_person() {
    on_each(|database| async move {
        let world = World::new();
        failed_offramp(&world);
        let refunds = client(&database, world.kotanipay()).await;
        let unreadable = ScriptedFault::at(Provider::Kotanipay, Fault::DropBeforeCommit);
        world
            .sandbox
            .inject(unreadable.operation("refund_status"))
            .unwrap();
        let conclusion = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let waiting = async || refunds.journal().waiting().await.unwrap().count;
        refunds.advance(&reference("offramp-1")).await.unwrap();
        assert_eq!(waiting().await, 0);
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        refunds.advance(&reference("offramp-1")).await.unwrap();
        assert_eq!(found(&refunds, "offramp-1").await.state, State::Pending);
        assert_eq!(waiting().await, 1);
        // They ask the provider, and it is tried again.
        let no = refunds.settle_as_rejected(&reference("offramp-1")).await;
        assert_eq!(no.unwrap().state, State::Rejected);
        let _ = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert_eq!(waiting().await, 0);
    });
}
