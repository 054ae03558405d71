//! What several tasks of a process want of the journal in one moment is done together, and nothing waits for what
//! another process holds but whoever wants that.

use std::time::{Duration, Instant};

use refunds::TazapayRefund;
use refunds_journal::{JournaledRefunds, Order, State, Step, Worker};
use refunds_sandbox::{Commit, Fault, Payin, Provider, ScriptedFault};
use sqlx::{AnyConnection, Connection as _};

use crate::support::{
    Database, World, client, comes, found, money, on_each, part, place, reference, short,
};

/// Refunds of a dollar, each of a payment of its own.
async fn enqueue(world: &World, refunds: &JournaledRefunds, count: usize) {
    for number in 1..=count {
        let payin = format!("chk_a{number}");
        let new = Payin::new(&payin, 100.into(), "USD");
        world.sandbox.add_payin(new).unwrap();
        let order = TazapayRefund::of_payin(payin).with_amount(money("1 USD"));
        let reference = reference(&format!("r-{number}"));
        refunds.enqueue(&reference, order).await.unwrap();
    }
}

fn worker(refunds: &JournaledRefunds) -> Worker {
    Worker::new(refunds.journal())
        .with_client(refunds.clone(), None)
        .with_in_the_air(64)
}

/// Another process that is in the middle of a transaction with this statement.
async fn locked(database: &Database, statement: &'static str) -> AnyConnection {
    let mut other = AnyConnection::connect(&database.url).await.unwrap();
    for statement in ["BEGIN", statement] {
        sqlx::raw_sql(statement).execute(&mut other).await.unwrap();
    }
    other
}

async fn unlock(mut other: AnyConnection) {
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

async fn with_a_long_lease(database: &Database, world: &World) -> JournaledRefunds {
    let journal = client(database, world.tazapay()).await.journal().clone();
    let long = short().with_lease(Duration::from_secs(20));
    let journal = journal.with_settings(long).unwrap();
    journal.client(world.tazapay(), place())
}

#[test]
fn what_is_taken_on_and_what_is_learnt_in_one_moment_share_transactions() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        enqueue(&world, &refunds, 64).await;
        let worker = worker(&refunds);
        let ran = worker.drain(std::future::pending(), |_| ()).await.unwrap();
        assert_eq!(ran.ended, 64);
        // One by one they would be 64 each.
        for source in ["what = 'sending'", "what <> 'sending' AND number > 1"] {
            let count =
                format!("SELECT COUNT(DISTINCT CAST(xmin AS TEXT)) FROM facts WHERE {source}");
            let transactions = database.number(&count).await;
            assert!(transactions <= 32, "{transactions} where {source}");
        }
    });
}

#[test]
fn a_payment_that_another_process_holds_keeps_no_refund_of_other_payments_back() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let refunds = with_a_long_lease(&database, &world).await;
        enqueue(&world, &refunds, 8).await;
        let lock = "UPDATE payments SET turn = turn + 1 WHERE name = 'chk_a1'";
        let other = locked(&database, lock).await;
        let worker = worker(&refunds);
        let drained =
            tokio::spawn(async move { worker.drain(std::future::pending(), |_| ()).await });
        for number in 2..=8 {
            let name = format!("r-{number}");
            assert!(comes(async || found(&refunds, &name).await.state.is_accepted()).await);
        }
        assert_eq!(world.paid_at_tazapay("r-1"), 0);
        unlock(other).await;
        drained.await.unwrap().unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn a_refund_that_another_process_holds_keeps_no_end_of_another_back() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        for _ in 1..=8 {
            let by = Duration::from_millis(800);
            let commit = Commit::Before;
            let slow = ScriptedFault::at(Provider::Tazapay, Fault::Delay { by, commit });
            world.sandbox.inject(slow).unwrap();
        }
        let refunds = with_a_long_lease(&database, &world).await;
        enqueue(&world, &refunds, 8).await;
        let worker = worker(&refunds);
        let drained =
            tokio::spawn(async move { worker.drain(std::future::pending(), |_| ()).await });
        assert!(comes(async || world.paid_at_tazapay("r-1") == 1).await);
        // All are answered in one moment, while somebody reads an event about one of them.
        let lock = "SELECT 1 FROM refunds WHERE reference = 'r-1' FOR UPDATE";
        let other = locked(&database, lock).await;
        for number in 2..=8 {
            let name = format!("r-{number}");
            assert!(comes(async || found(&refunds, &name).await.state.is_accepted()).await);
        }
        assert_eq!(found(&refunds, "r-1").await.state, State::Sending);
        unlock(other).await;
        drained.await.unwrap().unwrap();
        assert!(found(&refunds, "r-1").await.state.is_accepted());
    });
}

#[test]
fn refunds_of_one_payment_that_are_handed_out_together_do_not_go_beyond_it() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for number in 1..=6 {
            let order = Order::new(part("30 USD")).with_payment_total(money("100 USD"));
            let reference = reference(&format!("r-{number}"));
            refunds.enqueue(&reference, order).await.unwrap();
        }
        let worker = worker(&refunds);
        worker.drain(std::future::pending(), |_| ()).await.unwrap();
        let mut rejected = 0;
        for number in 1..=6 {
            let entry = found(&refunds, &format!("r-{number}")).await;
            rejected += usize::from(entry.state == State::Rejected);
        }
        assert_eq!(rejected, 3);
        assert_eq!(world.sandbox.ledger().entries().len(), 3);
    });
}

#[test]
fn a_refund_of_a_payment_of_which_another_is_being_sent_waits_for_it() {
    on_each(|database| async move {
        let world = World::new();
        let by = Duration::from_secs(2);
        let commit = Commit::Before;
        let slow = ScriptedFault::at(Provider::Tazapay, Fault::Delay { by, commit });
        world.sandbox.inject(slow).unwrap();
        let refunds = with_a_long_lease(&database, &world).await;
        let order = |amount| Order::new(part(amount)).with_payment_total(money("100 USD"));
        refunds
            .enqueue(&reference("r-1"), order("10 USD"))
            .await
            .unwrap();
        let first = refunds.clone();
        let first = tokio::spawn(async move { first.advance(&reference("r-1")).await });
        assert!(comes(async || world.paid_at_tazapay("r-1") == 1).await);
        refunds
            .enqueue(&reference("r-2"), order("20 USD"))
            .await
            .unwrap();
        assert_eq!(
            refunds.advance(&reference("r-2")).await.unwrap(),
            Step::Later
        );
        assert_eq!(world.paid_at_tazapay("r-2"), 0);
        first.await.unwrap().unwrap();
        let worker = worker(&refunds);
        worker.drain(std::future::pending(), |_| ()).await.unwrap();
        assert_eq!(world.paid_at_tazapay("r-2"), 1);
    });
}

#[test]
fn the_next_refund_of_a_payment_does_not_wait_longer_than_the_one_before_it() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        for number in 1..=12 {
            let order = Order::new(part("5 USD")).with_payment_total(money("100 USD"));
            let reference = reference(&format!("r-{number}"));
            refunds.enqueue(&reference, order).await.unwrap();
        }
        // By themselves they would look again in longer and longer intervals, up to 64 times this one.
        let slow = short()
            .with_lease(Duration::from_secs(60))
            .with_poll(Duration::from_millis(500));
        let journal = refunds.journal().clone().with_settings(slow).unwrap();
        let worker = Worker::new(&journal)
            .with_client(journal.client(world.tazapay(), place()), None)
            .with_in_the_air(64);
        let begun = Instant::now();
        let ran = worker.drain(std::future::pending(), |_| ()).await.unwrap();
        assert_eq!(ran.ended, 12);
        assert!(
            begun.elapsed() < Duration::from_secs(12),
            "{:?}",
            begun.elapsed()
        );
    });
}
