//! What several processes do to one refund in the same moment; another process is played by statements of its own.

use std::time::Duration;

use refunds::{Action, TazapayRefund};
use refunds_journal::{Imported, JournalError, JournaledRefunds, Order, State, Step, Worker};
use refunds_sandbox::{Commit, Fault, Hint, Provider, ScriptedFault};

use crate::support::{
    Database, World, client, found, money, of_order, on_each, part, place, policy, reference,
    second, short,
};

/// As an attempt of whoever holds the refund is put down.
const PUT_DOWN: &str = "UPDATE refunds SET attempts = attempts + 1, clean = 0, leased_until = 9000000000000, \
    due_at = 9000000000000";
/// As if the journal's clock had gone on to the end of every lease.
const LEASES_END: &str = "UPDATE refunds SET leased_until = 0";

fn of_hundred(amount: &str) -> Order {
    Order::new(part(amount)).with_payment_total(money("100 USD"))
}

/// Once, and with a wait that is long enough for what another process does meanwhile.
fn too_many(world: &World) {
    let hint = Some(Hint::HeaderSeconds(4));
    world
        .sandbox
        .inject(ScriptedFault::at(
            Provider::Tazapay,
            Fault::TooManyRequests { hint },
        ))
        .unwrap();
}

/// The next refund is made at once, and its answer takes longer than anybody waits.
fn slow(world: &World) {
    let by = Duration::from_secs(20);
    let commit = Commit::Before;
    world
        .sandbox
        .inject(ScriptedFault::at(
            Provider::Tazapay,
            Fault::Delay { by, commit },
        ))
        .unwrap();
}

/// A lease that is long enough for the wait after a 429.
async fn with_a_long_lease(database: &Database, world: &World) -> JournaledRefunds {
    let journal = client(database, world.tazapay()).await.journal().clone();
    let long = short().with_lease(Duration::from_secs(10));
    let journal = journal.with_settings(long).unwrap();
    journal.client(world.tazapay(), place())
}

/// A refund of 60 of 100 by whose first attempt nothing happened, and whose sender waits for the second.
async fn waits_for_its_second_attempt(
    database: &Database,
    world: &World,
) -> (
    JournaledRefunds,
    tokio::task::JoinHandle<Result<refunds_journal::Conclusion, JournalError>>,
) {
    too_many(world);
    let refunds = with_a_long_lease(database, world).await;
    let sender = refunds.clone();
    let call =
        tokio::spawn(async move { sender.create(&reference("r-1"), of_hundred("60 USD")).await });
    while database
        .number("SELECT COALESCE(MAX(clean), 0) FROM refunds")
        .await
        == 0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (refunds, call)
}

#[test]
fn whoever_lost_the_lease_does_not_send_and_its_part_of_the_payment_is_free() {
    on_each(|database| async move {
        let world = World::new();
        let (refunds, call) = waits_for_its_second_attempt(&database, &world).await;
        database.change(LEASES_END).await;
        let other = second(&database, world.tazapay()).await;
        let conclusion = other
            .create(&reference("r-2"), part("60 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        // Its first attempt did nothing, and there is no second.
        let conclusion = call.await.unwrap().unwrap();
        let rejected = conclusion.outcome().unwrap().rejected();
        assert_eq!(rejected.unwrap().attempts(), 1);
        assert_eq!(world.paid_at_tazapay("r-1"), 0);
        assert_eq!(world.paid_at_tazapay("r-2"), 1);
        assert_eq!(found(&refunds, "r-1").await.state, State::NotSent);
        let beyond = other.create(&reference("r-1"), part("60 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
    });
}

#[test]
fn an_attempt_that_is_put_down_in_the_moment_of_a_claim_keeps_the_refund_with_its_sender() {
    on_each(|database| async move {
        let world = World::new();
        let (_, call) = waits_for_its_second_attempt(&database, &world).await;
        // Its sender is played by the statements.
        call.abort();
        database.change(LEASES_END).await;
        let other = second(&database, world.tazapay()).await;
        let busy = database
            .during(PUT_DOWN, async move {
                other.create(&reference("r-1"), part("60 USD")).await
            })
            .await;
        assert!(matches!(busy, Err(JournalError::Busy { .. })), "{busy:?}");
        assert_eq!(world.sandbox.requests().len(), 1);
    });
}

#[test]
fn an_attempt_that_is_put_down_in_that_moment_keeps_its_part_of_the_payment() {
    on_each(|database| async move {
        let world = World::new();
        let (_, call) = waits_for_its_second_attempt(&database, &world).await;
        // Its sender is played by the statements.
        call.abort();
        database.change(LEASES_END).await;
        let other = second(&database, world.tazapay()).await;
        let busy = database
            .during(PUT_DOWN, async move {
                other.create(&reference("r-2"), part("60 USD")).await
            })
            .await;
        assert!(
            matches!(busy, Err(JournalError::PaymentBusy { .. })),
            "{busy:?}"
        );
        assert_eq!(world.paid_at_tazapay("r-2"), 0);
    });
}

#[test]
fn a_worker_does_not_send_what_was_withdrawn_or_rejected_since_it_read_it() {
    for state in ["withdrawn", "rejected", "not_sent"] {
        on_each(|database| async move {
            let world = World::new();
            let refunds = client(&database, world.tazapay()).await;
            refunds
                .enqueue(&reference("r-1"), of_hundred("60 USD"))
                .await
                .unwrap();
            let worker = second(&database, world.tazapay()).await;
            let change = format!(
                "UPDATE payments SET turn = turn + 1; UPDATE refunds SET state = '{state}', queued = 0, \
                 fence = fence + 1"
            );
            let step = database
                .during(
                    &change,
                    async move { worker.advance(&reference("r-1")).await },
                )
                .await;
            assert_eq!(step.unwrap(), Step::Nothing);
            assert_eq!(world.sandbox.requests().len(), 0);
        });
    }
}

#[test]
fn a_sweep_sends_nothing_that_was_queued_since_it_began() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.optty()).await;
        for name in ["r-1", "r-2"] {
            let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit);
            world
                .sandbox
                .inject(lost.operation("refund_order"))
                .unwrap();
            let conclusion = refunds.create(&reference(name), of_order("5 AUD")).await;
            assert!(conclusion.unwrap().outcome().unwrap().unknown().is_some());
        }
        database.change("UPDATE refunds SET due_at = 0").await;
        let slow = Fault::Delay {
            by: Duration::from_millis(800),
            commit: Commit::Before,
        };
        world
            .sandbox
            .inject(ScriptedFault::at(Provider::Optty, slow))
            .unwrap();
        let sweeper = refunds.clone();
        let sweep = tokio::spawn(async move { sweeper.sweep().await });
        tokio::time::sleep(Duration::from_millis(400)).await;
        // While the first is read, the second becomes one that a worker may send.
        database
            .change(
                "UPDATE refunds SET state = 'not_sent', queued = 1, fence = fence + 1 WHERE reconciling = 0",
            )
            .await;
        let queued = "SELECT COUNT(*) FROM refunds WHERE state = 'not_sent'";
        assert_eq!(database.number(queued).await, 1);
        assert_eq!(sweep.await.unwrap().unwrap().looked_at, 2);
        assert_eq!(database.number(queued).await, 1);
    });
}

#[test]
fn a_call_ends_before_its_lease_does() {
    on_each(|database| async move {
        let world = World::new();
        slow(&world);
        // Its own deadline is far longer. What is to settle before the lease's end leaves a loaded machine its time.
        let lease = Duration::from_secs(8);
        let times = short()
            .with_lease(lease)
            .with_settle_after(Duration::from_secs(7));
        let refunds = client(&database, world.tazapay()).await;
        let journal = refunds.journal().clone().with_settings(times).unwrap();
        let refunds = journal.client(world.tazapay(), place());
        let begun = std::time::Instant::now();
        let conclusion = refunds
            .create(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().unknown().is_some());
        assert!(begun.elapsed() < lease);
    });
}

#[test]
fn a_doubt_counts_also_if_a_person_has_said_no_meanwhile() {
    on_each(|database| async move {
        let world = World::new();
        slow(&world);
        let refunds = client(&database, world.tazapay()).await;
        let sender = refunds.clone();
        let call =
            tokio::spawn(async move { sender.create(&reference("r-1"), part("60 USD")).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let word = "UPDATE refunds SET state = 'rejected', fence = fence + 1, leased_until = 0";
        database.change(word).await;
        let conclusion = call.await.unwrap().unwrap();
        assert!(conclusion.outcome().unwrap().unknown().is_some());
        assert_eq!(found(&refunds, "r-1").await.state, State::InDoubt);
        let again = refunds.create(&reference("r-1"), part("60 USD")).await;
        assert!(
            matches!(again, Err(JournalError::InDoubt { .. })),
            "{again:?}"
        );
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn what_was_told_no_by_a_call_is_not_sent_by_a_worker_after_all() {
    on_each(|database| async move {
        let world = World::new();
        too_many(&world);
        let refunds = client(&database, world.tazapay()).await;
        refunds
            .enqueue(&reference("r-1"), of_hundred("60 USD"))
            .await
            .unwrap();
        let once = refunds.with_refunds(world.tazapay().with_policy(policy().with_max_attempts(1)));
        let conclusion = once
            .create(&reference("r-1"), of_hundred("60 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().rejected().is_some());
        assert_eq!(
            refunds.advance(&reference("r-1")).await.unwrap(),
            Step::Nothing
        );
        assert_eq!(found(&refunds, "r-1").await.state, State::Rejected);
        assert_eq!(world.sandbox.requests().len(), 1);
        // Put down again, it is sent.
        let entry = refunds
            .enqueue(&reference("r-1"), of_hundred("50 USD"))
            .await
            .unwrap();
        assert_eq!(entry.state, State::NotSent);
        assert_eq!(
            refunds.advance(&reference("r-1")).await.unwrap(),
            Step::Ended
        );
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn a_postgres_that_was_set_to_lose_commits_or_to_refuse_concurrent_ones_is_set_right() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        refunds.journal().close().await;
        database
            .change(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); \
                 EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', \
                 current_database()); END $$",
            )
            .await;
        database
            .change(
                "CREATE TABLE seen (right_ones BIGINT); \
                 CREATE FUNCTION look() RETURNS trigger AS $$ BEGIN INSERT INTO seen SELECT CASE WHEN \
                 current_setting('synchronous_commit') = 'on' AND current_setting('transaction_isolation') = \
                 'read committed' AND current_setting('lock_timeout') <> '0' AND \
                 current_setting('idle_in_transaction_session_timeout') <> '0' THEN 1 ELSE 0 END; RETURN NEW; END $$ \
                 LANGUAGE plpgsql; CREATE TRIGGER look BEFORE INSERT OR UPDATE ON refunds FOR EACH ROW \
                 EXECUTE FUNCTION look()",
            )
            .await;
        let other = second(&database, world.tazapay()).await;
        let _ = other
            .create(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        assert!(database.number("SELECT COUNT(*) FROM seen").await > 0);
        let least = database.number("SELECT MIN(right_ones) FROM seen").await;
        assert_eq!(least, 1);
    });
}

#[test]
fn attempts_by_which_nothing_happened_are_no_repetitions() {
    on_each(|database| async move {
        let world = World::new();
        too_many(&world);
        let refunds = with_a_long_lease(&database, &world).await;
        let conclusion = refunds
            .create(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        let both = "SELECT attempts * 10 + tries FROM refunds";
        assert_eq!(database.number(both).await, 21);
    });
}

#[test]
fn what_is_being_written_when_the_journal_is_closed_comes_to_an_end() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let calls: Vec<_> = (0..60)
            .map(|number| {
                let refunds = refunds.clone();
                tokio::spawn(async move {
                    let reference = reference(&format!("r-{number}"));
                    refunds.enqueue(&reference, part("1 USD")).await.is_ok()
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(15)).await;
        refunds.journal().close().await;
        let mut put_down = 0;
        for call in calls {
            let ended = tokio::time::timeout(Duration::from_secs(10), call).await;
            put_down += i64::from(ended.unwrap().unwrap());
        }
        let other = second(&database, world.tazapay()).await;
        let known = database.number("SELECT COUNT(*) FROM refunds").await;
        // One whose commit was cut off may be there as well; none that was promised is missing.
        assert!(known >= put_down, "{known} of {put_down}");
        other.journal().close().await;
    });
}

#[test]
fn a_refund_that_this_version_cannot_read_does_not_keep_the_others_back() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for (name, payin) in [("r-1", "chk_9"), ("r-2", "chk_1")] {
            let order = TazapayRefund::of_payin(payin).with_amount(money("1 USD"));
            refunds.enqueue(&reference(name), order).await.unwrap();
        }
        database
            .change("UPDATE refunds SET action = '{\"of\": \"tomorrow\"}' WHERE reference = 'r-1'")
            .await;
        let worker = Worker::new(refunds.journal()).with_client(refunds.clone(), None);
        let stop = tokio::time::sleep(Duration::from_secs(1));
        worker.run(stop, |_| ()).await.unwrap();
        assert_eq!(world.paid_at_tazapay("r-2"), 1);
    });
}

#[test]
fn a_slow_refund_does_not_keep_a_worker_from_the_others() {
    on_each(|database| async move {
        let world = World::new();
        slow(&world);
        let refunds = with_a_long_lease(&database, &world).await;
        let other = TazapayRefund::of_payin("chk_2").with_amount(money("1 USD"));
        refunds
            .enqueue(&reference("r-1"), part("1 USD"))
            .await
            .unwrap();
        let worker = Worker::new(refunds.journal()).with_client(refunds.clone(), None);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let run = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            worker.run(stopped, |_| ()).await
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        refunds.enqueue(&reference("r-2"), other).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(found(&refunds, "r-1").await.state, State::Sending);
        assert_ne!(found(&refunds, "r-2").await.state, State::NotSent);
        drop(stop);
        run.abort();
    });
}

#[test]
fn waiting_for_a_turn_does_not_put_off_the_first_look_at_what_was_accepted() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        refunds
            .enqueue(&reference("r-1"), part("1 USD"))
            .await
            .unwrap();
        database.change("UPDATE refunds SET looks = 12").await;
        refunds.advance(&reference("r-1")).await.unwrap();
        let wait = "SELECT due_at - changed_at FROM refunds";
        assert!(database.number(wait).await <= 1_000);
    });
}

#[test]
fn a_drain_with_credentials_that_are_refused_ends_and_says_so() {
    on_each(|database| async move {
        let world = World::new();
        let strange = world.tazapay_with("wrong", "wrong");
        let refunds = client(&database, strange).await;
        for number in 0..30 {
            let payin = format!("chk_{number}");
            let order = TazapayRefund::of_payin(payin).with_amount(money("1 USD"));
            let reference = reference(&format!("r-{number}"));
            refunds.enqueue(&reference, order).await.unwrap();
        }
        let worker = Worker::new(refunds.journal()).with_client(refunds.clone(), None);
        let drained = worker.drain(std::future::pending(), |_| ());
        let drained = tokio::time::timeout(Duration::from_secs(20), drained).await;
        let error = drained.unwrap().unwrap_err();
        assert!(error.to_string().contains("tried again later"), "{error}");
        let queued = "SELECT COUNT(*) FROM refunds WHERE state = 'not_sent' AND queued = 1";
        assert_eq!(database.number(queued).await, 30);
    });
}

#[test]
fn what_was_accepted_elsewhere_is_not_sent_by_a_worker_that_had_it_queued() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        refunds
            .enqueue(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        let imported = Imported::Accepted {
            refund_id: Some("rfd_1".to_owned()),
            status: None,
            retry_mark: None,
        };
        let action = Action::Create(part("60 USD").into());
        let entry = refunds
            .import(&reference("r-1"), action, imported)
            .await
            .unwrap();
        assert_eq!(entry.state, State::Pending);
        let conclusion = refunds
            .create(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        assert!(matches!(conclusion, refunds_journal::Conclusion::Before(_)));
        assert_eq!(world.sandbox.requests().len(), 0);
    });
}

#[test]
fn the_first_attempt_is_not_said_to_be_later_than_by_the_clock_of_the_journal() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
        world.sandbox.inject(lost).unwrap();
        let first = client(&database, world.tazapay()).await;
        first.journal().close().await;
        // The sender's clock is ten minutes ahead of the database's.
        database
            .change(
                "CREATE SCHEMA behind; CREATE FUNCTION behind.clock_timestamp() RETURNS timestamptz LANGUAGE sql \
                 VOLATILE AS $$ SELECT pg_catalog.clock_timestamp() - interval '10 minutes' $$; \
                 DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, behind, pg_catalog', \
                 current_database()); END $$",
            )
            .await;
        let refunds = second(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("60 USD"))
            .await
            .unwrap();
        let entry = found(&refunds, "r-1").await;
        let nine_minutes = Duration::from_secs(540);
        for time in [
            entry.first_sent_at.unwrap(),
            entry.record.unwrap().first_sent_at(),
        ] {
            assert!(time.elapsed().unwrap() > nine_minutes);
        }
    });
}

#[test]
fn a_call_that_was_dropped_keeps_nobody_until_its_lease_would_have_ended() {
    on_each(|database| async move {
        let world = World::new();
        slow(&world);
        let refunds = with_a_long_lease(&database, &world).await;
        let name = reference("r-1");
        let call = refunds.create(&name, part("60 USD"));
        let dropped = tokio::time::timeout(Duration::from_millis(500), call).await;
        assert!(dropped.is_err(), "{dropped:?}");
        // Ten seconds of lease, and a tenth of one to settle.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let settled = refunds.reconcile(&name).await;
        assert!(
            !matches!(settled, Err(JournalError::Busy { .. })),
            "{settled:?}"
        );
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}
