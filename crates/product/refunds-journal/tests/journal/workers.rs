//! Several workers on one journal.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use refunds_journal::{Filter, Settings, State, Step, Worker};
use refunds_sandbox::{Commit, Fault, Provider, ScriptedFault};

use crate::support::{World, client, comes, of_order, on_each, part, place, reference, second};

#[test]
fn three_workers_send_each_refund_once() {
    on_each(|database| async move {
        let world = World::new();
        let first = client(&database, world.tazapay()).await;
        for number in 0..40 {
            let reference = reference(&format!("r-{number}"));
            first.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        let mut workers = Vec::new();
        for _ in 0..3 {
            let client = second(&database, world.tazapay()).await;
            workers.push(tokio::spawn(async move {
                let worker = Worker::new(client.journal()).with_client(client.clone(), None);
                worker
                    .with_in_the_air(8)
                    .drain(std::future::pending(), |_| ())
                    .await
            }));
        }
        for worker in workers {
            worker.await.unwrap().unwrap();
        }
        let ledger = world.sandbox.ledger();
        assert_eq!(ledger.entries().len(), 40);
        assert!(ledger.refunded_twice().is_empty());
    });
}

#[test]
fn a_worker_that_is_told_to_stop_finishes_what_is_in_the_air_and_no_more() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.tazapay()).await;
        for number in 0..30 {
            let reference = reference(&format!("r-{number}"));
            client.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut stop = Some(stop);
        let worker = Worker::new(client.journal())
            .with_client(client.clone(), None)
            .with_in_the_air(2);
        let stopped = async {
            let _ = stopped.await;
        };
        worker
            .run(stopped, |ran| {
                if ran.steps == 5
                    && let Some(stop) = stop.take()
                {
                    let _ = stop.send(());
                }
            })
            .await
            .unwrap();
        let sent = world.sandbox.ledger().entries().len();
        assert!((1..=7).contains(&sent), "{sent}");
        let open = Filter {
            states: vec![State::Sending],
            ..Filter::default()
        };
        assert!(client.journal().list(&open).await.unwrap().is_empty());
    });
}

#[test]
fn a_stopped_worker_does_not_send_what_waits_for_its_limit() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.tazapay()).await;
        for number in 0..30 {
            let reference = reference(&format!("r-{number}"));
            client.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        let worker = Worker::new(client.journal())
            .with_client(client.clone(), NonZeroU32::new(2))
            .with_in_the_air(16);
        let stop = async { tokio::time::sleep(Duration::from_millis(1_700)).await };
        let begun = Instant::now();
        worker.run(stop, |_| ()).await.unwrap();
        // Two in each second, and two that were saved up.
        let most = 2 + 2 * (begun.elapsed().as_secs() + 1);
        let sent = world.sandbox.ledger().entries().len() as u64;
        assert!((1..=most).contains(&sent), "{sent} of {most}");
        // What was handed out and not begun is another's at once.
        let rest = Worker::new(client.journal()).with_client(client.clone(), None);
        let begun = Instant::now();
        rest.drain(std::future::pending(), |_| ()).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(25));
        assert_eq!(world.sandbox.ledger().entries().len(), 30);
    });
}

#[test]
fn what_a_stopped_worker_had_not_begun_is_handed_out_again_at_once() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.tazapay()).await;
        for number in 0..30 {
            let reference = reference(&format!("r-{number}"));
            client.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        for _ in 0..8 {
            let late = Fault::Delay {
                by: Duration::from_secs(2),
                commit: Commit::Before,
            };
            let late = ScriptedFault::at(Provider::Tazapay, late);
            world.sandbox.inject(late).unwrap();
        }
        let worker = Worker::new(client.journal())
            .with_client(client.clone(), None)
            .with_in_the_air(8);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(async move {
            worker.run(stopped, |_| ()).await.unwrap();
            worker
        });
        // The next ones are handed out while those before are in the air.
        let handed = "SELECT COUNT(*) FROM refunds WHERE state = 'not_sent' AND handed_for = due_at AND handed_until > 0";
        assert!(comes(async || database.number(handed).await > 0).await);
        stop.send(()).unwrap();
        let worker = run.await.unwrap();
        assert_eq!(database.number(handed).await, 0);
        worker.drain(std::future::pending(), |_| ()).await.unwrap();
        assert_eq!(world.sandbox.ledger().entries().len(), 30);
    });
}

#[test]
fn a_worker_settles_what_is_in_doubt_and_tries_again_what_was_not_sent() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.optty()).await;
        let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit);
        world
            .sandbox
            .inject(lost.operation("refund_order"))
            .unwrap();
        client
            .enqueue(&reference("r-1"), of_order("5 AUD"))
            .await
            .unwrap();
        let worker = Worker::new(client.journal()).with_client(client.clone(), None);
        let stop = async { tokio::time::sleep(Duration::from_secs(3)).await };
        worker.run(stop, |_| ()).await.unwrap();
        let provider = client.refunds().provider();
        let entry = client
            .journal()
            .find(provider, client.place(), &reference("r-1"))
            .await
            .unwrap();
        let entry = entry.unwrap();
        assert!(entry.state.is_accepted(), "{:?}", entry);
        assert_eq!(world.paid_at_optty("r-1"), 1);
    });
}

#[test]
fn a_worker_ends_where_its_journal_cannot_be_read_at_first_and_waits_out_what_happens_later() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.tazapay()).await;
        let hide = "ALTER TABLE refunds RENAME TO hidden";
        let show = "ALTER TABLE hidden RENAME TO refunds";
        let worker = Worker::new(client.journal()).with_client(client.clone(), None);
        database.change(hide).await;
        let refused = worker.run(std::future::pending(), |_| ()).await;
        assert!(refused.is_err(), "{refused:?}");
        database.change(show).await;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(async move { worker.run(stopped, |_| ()).await });
        // It has nothing to do yet, and looks twice a second.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        database.change(hide).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert!(!run.is_finished());
        database.change(show).await;
        client
            .enqueue(&reference("r-1"), part("1 USD"))
            .await
            .unwrap();
        assert!(comes(async || world.paid_at_tazapay("r-1") == 1).await);
        stop.send(()).unwrap();
        run.await.unwrap().unwrap();
    });
}

#[test]
fn a_step_for_which_there_was_no_time_is_no_end() {
    on_each(|database| async move {
        let world = World::new();
        let hasty = world.tazapay().with_deadline(Duration::ZERO);
        let refunds = client(&database, hasty).await;
        let order = part("1 USD");
        refunds.enqueue(&reference("r-1"), order).await.unwrap();
        let step = refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(step, Step::Later);
        let again = Filter {
            states: vec![State::NotSent],
            ..Filter::default()
        };
        assert_eq!(refunds.journal().list(&again).await.unwrap().len(), 1);
        assert!(world.sandbox.requests().is_empty());
    });
}

#[test]
fn a_provider_whose_limit_lets_few_begin_keeps_no_other_waiting() {
    on_each(|database| async move {
        let world = World::new();
        let slow = client(&database, world.optty()).await;
        let quick = slow.journal().client(world.tazapay(), slow.place().clone());
        // More than are handed out at once, and queued first.
        for number in 0..60 {
            let reference = reference(&format!("r-{number}"));
            let order = of_order("1 AUD");
            slow.enqueue(&reference, order).await.unwrap();
        }
        for number in 0..20 {
            let reference = reference(&format!("r-{number}"));
            quick.enqueue(&reference, part("1 USD")).await.unwrap();
        }
        let worker = Worker::new(slow.journal())
            .with_client(slow.clone(), NonZeroU32::new(1))
            .with_client(quick, None)
            .with_in_the_air(4);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(async move { worker.run(stopped, |_| ()).await });
        let paid = |provider| {
            let ledger = world.sandbox.ledger();
            let entries = ledger.entries().iter();
            entries.filter(|entry| entry.provider == provider).count()
        };
        assert!(comes(async || paid(Provider::Tazapay) == 20).await);
        assert!(paid(Provider::Optty) < 12);
        stop.send(()).unwrap();
        run.await.unwrap().unwrap();
    });
}

#[test]
fn calls_that_take_long_do_not_keep_others_of_a_limited_provider_from_being_begun() {
    on_each(|database| async move {
        let world = World::new();
        // With times that let a call take that long.
        let hasty = client(&database, world.tazapay()).await;
        let journal = hasty.journal().with_settings(Settings::default());
        let client = journal.unwrap().client(world.tazapay(), place());
        for number in 0..12 {
            let order = refunds::TazapayRefund::of_payin(format!("chk_{number}"));
            let reference = reference(&format!("r-{number}"));
            let payin = refunds_sandbox::Payin::new(format!("chk_{number}"), 100.into(), "USD");
            let _ = world.sandbox.add_payin(payin);
            client.enqueue(&reference, order).await.unwrap();
        }
        let late = Fault::Delay {
            by: Duration::from_secs(30),
            commit: Commit::Before,
        };
        let late = ScriptedFault::at(Provider::Tazapay, late);
        world.sandbox.inject(late).unwrap();
        let worker = Worker::new(client.journal())
            .with_client(client.clone(), NonZeroU32::new(1))
            .with_in_the_air(16);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(async move { worker.run(stopped, |_| ()).await });
        let begun = Instant::now();
        while world.sandbox.ledger().entries().len() < 12
            && begun.elapsed() < Duration::from_secs(20)
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(world.sandbox.ledger().entries().len(), 12);
        stop.send(()).unwrap();
        drop(run);
    });
}

#[test]
fn what_another_version_has_queued_in_other_words_is_sent() {
    on_each(|database| async move {
        let world = World::new();
        let client = client(&database, world.tazapay()).await;
        let order = part("1 USD");
        client.enqueue(&reference("r-1"), order).await.unwrap();
        database
            .change("UPDATE refunds SET digest = 'of other words'")
            .await;
        let worker = Worker::new(client.journal()).with_client(client.clone(), None);
        let stop = tokio::time::sleep(Duration::from_secs(5));
        worker.drain(stop, |_| ()).await.unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}
