//! A database behind a connection that is cut off, of which nobody tells either end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use refunds::ProviderName;
use refunds_journal::{Approval, Batch, Journal, PlanOptions, Worker};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::{Database, World, client, found, on_each, part, place, reference, short};

/// Passes everything on until it falls silent; what connects afterwards is passed on again.
struct Line {
    url: String,
    silent: Arc<std::sync::Mutex<Arc<AtomicBool>>>,
}

impl Line {
    async fn to(database: &Database) -> Self {
        Self::slow(database, Duration::ZERO).await
    }

    async fn slow(database: &Database, delay: Duration) -> Self {
        let rest = database.url.split_once('@').unwrap().1;
        let (server, name) = rest.split_once('/').unwrap();
        let server = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let url = database.url.replace(&server, &own);
        assert!(url.ends_with(name));
        let silent = Arc::new(std::sync::Mutex::new(Arc::new(AtomicBool::new(false))));
        let of_all = Arc::clone(&silent);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (near_in, near_out) = near.into_split();
                let far = TcpStream::connect(&server).await.unwrap();
                let (far_in, far_out) = far.into_split();
                let silent = Arc::clone(&of_all.lock().unwrap());
                tokio::spawn(pass(near_in, far_out, delay, Arc::clone(&silent)));
                tokio::spawn(pass(far_in, near_out, delay, silent));
            }
        });
        Self { url, silent }
    }

    /// From now on nothing comes through what is connected, which stays open.
    fn cut(&self) {
        let mut silent = self.silent.lock().unwrap();
        silent.store(true, Ordering::SeqCst);
        *silent = Arc::new(AtomicBool::new(false));
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
    silent: Arc<AtomicBool>,
) {
    let mut bytes = [0; 4096];
    loop {
        let count = from.read(&mut bytes).await.unwrap_or(0);
        tokio::time::sleep(delay).await;
        if silent.load(Ordering::SeqCst) {
            return std::future::pending().await;
        }
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

#[test]
fn a_call_is_put_down_though_the_connections_of_before_are_silent() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let near = client(&database, world.tazapay()).await;
        let line = Line::to(&database).await;
        let journal = Journal::open(&line.url).await.unwrap();
        let long = short().with_lease(Duration::from_secs(240));
        let far = journal
            .with_settings(long)
            .unwrap()
            .client(world.tazapay(), place());
        let _ = far.create(&reference("r-1"), part("10 USD")).await.unwrap();
        line.cut();
        let second = reference("r-2");
        let sent = far.create(&second, part("10 USD"));
        let sent = tokio::time::timeout(Duration::from_secs(120), sent).await;
        // Whether it was put down or not, nothing was sent that is not: the next one is.
        let conclusion = match sent.unwrap() {
            Ok(conclusion) => conclusion,
            Err(_) => {
                assert_eq!(world.paid_at_tazapay("r-2"), 0);
                far.create(&second, part("10 USD")).await.unwrap()
            }
        };
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(world.paid_at_tazapay("r-2"), 1);
        assert!(found(&near, "r-2").await.state.is_accepted());
    });
}

#[test]
fn a_drain_ends_though_each_answer_of_the_journal_takes_long() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let near = client(&database, world.tazapay()).await;
        near.enqueue(&reference("r-1"), part("10 USD"))
            .await
            .unwrap();
        let line = Line::slow(&database, Duration::from_millis(400)).await;
        let journal = Journal::open(&line.url).await.unwrap();
        let far = journal.client(world.tazapay(), place());
        let worker = Worker::new(&journal).with_client(far, None);
        let drained = worker.drain(std::future::pending(), |_| ());
        let drained = tokio::time::timeout(Duration::from_secs(60), drained).await;
        drained.unwrap().unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn a_worker_that_had_nothing_to_do_yet_waits_until_its_database_answers_again() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let near = client(&database, world.tazapay()).await;
        let line = Line::to(&database).await;
        let journal = Journal::open(&line.url).await.unwrap();
        let far = journal.client(world.tazapay(), place());
        let worker = Worker::new(&journal).with_client(far, None);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(async move { worker.run(stopped, |_| ()).await });
        tokio::time::sleep(Duration::from_secs(2)).await;
        line.cut();
        near.enqueue(&reference("r-1"), part("10 USD"))
            .await
            .unwrap();
        let is_accepted = async {
            while !found(&near, "r-1").await.state.is_accepted() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let accepted = tokio::time::timeout(Duration::from_secs(120), is_accepted).await;
        accepted.unwrap();
        stop.send(()).unwrap();
        run.await.unwrap().unwrap();
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}

#[test]
fn planning_ends_though_the_database_has_fallen_silent() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let near = client(&database, world.tazapay()).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("refunds.csv");
        let mut text = "reference,provider,payment,amount,currency\n".to_owned();
        for line in 0..20_000 {
            text.push_str(&format!("r-{line},tazapay,chk_{line},1,USD\n"));
        }
        std::fs::write(&path, text).unwrap();
        let options = PlanOptions::new().with_place(ProviderName::Tazapay, place());
        // While it looks at the journal, and while it puts lines down.
        for begun in ["", "SELECT COUNT(*) FROM batches"] {
            let line = Line::to(&database).await;
            let journal = Journal::open(&line.url).await.unwrap();
            let (path, options) = (path.clone(), options.clone());
            let plan =
                tokio::spawn(async move { Batch::plan(&journal, path, &options).await.map(drop) });
            while !begun.is_empty() && database.number(begun).await == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            line.cut();
            let planned = tokio::time::timeout(Duration::from_secs(75), plan).await;
            let error = planned.unwrap().unwrap().unwrap_err();
            assert!(error.to_string().contains("cannot be used"), "{error}");
        }
        near.journal().close().await;
    });
}

#[test]
fn approving_and_cancelling_end_though_the_database_has_fallen_silent() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let world = World::new();
        let near = client(&database, world.tazapay()).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("refunds.csv");
        let text = "reference,provider,payment,amount,currency\nr-1,tazapay,chk_1,1,USD\n";
        std::fs::write(&path, text).unwrap();
        let options = PlanOptions::new().with_place(ProviderName::Tazapay, place());
        let plan = Batch::plan(near.journal(), &path, &options).await.unwrap();
        let line = Line::to(&database).await;
        let journal = Journal::open(&line.url).await.unwrap();
        let batch = Batch::find(&journal, plan.batch.id()).await.unwrap();
        line.cut();
        let approval = Approval::new("ann", ["tazapay 1.00 USD".to_owned()]);
        let approved = batch.approve(&approval).await.map(drop);
        let line = Line::to(&database).await;
        let journal = Journal::open(&line.url).await.unwrap();
        let batch = Batch::find(&journal, plan.batch.id()).await.unwrap();
        line.cut();
        let cancelled = batch.cancel().await.map(drop);
        for error in [approved, cancelled] {
            let error = error.unwrap_err();
            assert!(error.to_string().contains("cannot be used"), "{error}");
        }
        // Nothing of either has happened, and nothing of it holds the batch.
        let until = tokio::time::Instant::now() + Duration::from_secs(60);
        while let Err(error) = plan.batch.approve(&approval).await {
            assert!(tokio::time::Instant::now() < until, "{error}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
}
