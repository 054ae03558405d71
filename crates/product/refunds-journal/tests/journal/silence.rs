//! A database behind a connection that is cut off, of which nobody tells either end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use refunds_journal::Journal;
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
                tokio::spawn(pass(near_in, far_out, Arc::clone(&silent)));
                tokio::spawn(pass(far_in, near_out, silent));
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
    silent: Arc<AtomicBool>,
) {
    let mut bytes = [0; 4096];
    loop {
        let count = from.read(&mut bytes).await.unwrap_or(0);
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
