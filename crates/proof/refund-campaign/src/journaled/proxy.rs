//! Stands between the workers and a PostgreSQL, and cuts their connections: also after a statement has gone on and
//! before its answer has come back, so that nobody knows whether it was carried out.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use fastrand::Rng;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

use crate::CampaignError;

/// After so many pieces of a client's it is cut off, at random.
const PIECES: std::ops::Range<u64> = 200..6_000;

/// Stands between the workers and a PostgreSQL.
pub(super) struct Proxy {
    port: u16,
    cuts: Arc<AtomicU64>,
}

impl Proxy {
    /// A proxy before the PostgreSQL of a URL, and the URL that leads through it.
    pub(super) async fn before(url: &str, seed: u64) -> Result<(Self, String), CampaignError> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        let server = authority.rsplit('@').next().unwrap_or_default();
        if !server.contains(':') {
            let reason = "name the port in the URL of the PostgreSQL";
            return Err(CampaignError::Process(io::Error::other(reason)));
        }
        let started = Self::start(server.to_owned(), seed).await;
        let proxy = started.map_err(CampaignError::Process)?;
        let through = url.replacen(server, &format!("127.0.0.1:{}", proxy.port), 1);
        Ok((proxy, through))
    }

    /// Listens on a port that the system chooses, for as long as the runtime runs.
    async fn start(server: String, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let cuts = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&cuts);
        tokio::spawn(async move {
            let mut rng = Rng::with_seed(seed);
            while let Ok((client, _)) = listener.accept().await {
                let pieces = rng.u64(PIECES);
                let (server, cuts) = (server.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    // A connection that fails by itself is a cut as well.
                    let _ = carry(client, &server, pieces, &cuts).await;
                });
            }
        });
        Ok(Self { port, cuts })
    }

    pub(super) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

async fn carry(client: TcpStream, server: &str, pieces: u64, cuts: &AtomicU64) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 1 << 16];
    for piece in 0..pieces {
        let count = from_client.read(&mut buffer).await?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            return Ok(());
        };
        if piece + 1 == pieces {
            // From here on nothing goes back, and this still goes on.
            answers.abort();
            cuts.fetch_add(1, Ordering::Relaxed);
        }
        to_server.write_all(read).await?;
    }
    Ok(())
}
