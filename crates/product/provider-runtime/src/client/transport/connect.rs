//! A connection to a host, by whichever of its addresses answers first.

use std::{
    error::Error,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use reqwest::Url;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use crate::client::error::{ConnectFailure, ConnectFault};

use super::{
    tls::{Tls, TlsStream},
    traffic::{Traffic, Wire},
    way::{Way, bare_host},
};

/// How long an address has before the next one is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// What prevents a handshake.
pub(super) type Prevented = Box<dyn Error + Send + Sync>;

/// A connection that has carried nothing of a request.
pub(super) enum Stream {
    Plain(Wire),
    Tls(TlsStream),
}

/// Connects within `limit`, the TLS handshake included.
pub(super) async fn connect(
    url: &Url,
    tls: &Tls,
    traffic: &Traffic,
    way: &Way,
    limit: Duration,
) -> Result<Stream, ConnectFailure> {
    let work = async {
        let tcp = way.to(url).await?;
        // A request is written at once; there is nothing to wait for.
        tcp.set_nodelay(true)
            .map_err(|error| ConnectFailure::of(error.into()))?;
        let encrypted = url.scheme() == "https";
        let wire = Wire::new(tcp, traffic, encrypted);
        let stream = match encrypted {
            true => {
                let agreed = tls.handshake(bare_host(url), wire, traffic).await;
                Stream::Tls(agreed.map_err(|error| ConnectFailure::new(ConnectFault::Tls, error))?)
            }
            false => Stream::Plain(wire),
        };
        traffic.ready();
        Ok(stream)
    };
    timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(late(limit)))
}

pub(super) fn late(after: Duration) -> ConnectFailure {
    let text = format!("no connection within {after:?}");
    ConnectFailure::new(ConnectFault::TimedOut, text)
}

/// The first connection that comes up; the other attempts are dropped, and carry nothing.
pub(super) async fn first_of(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    let mut attempts = JoinSet::new();
    let mut addresses = addresses.into_iter();
    loop {
        let is_last = match addresses.next() {
            Some(address) => {
                attempts.spawn(TcpStream::connect(address));
                false
            }
            None => true,
        };
        let next = attempts.join_next();
        let outcome = match is_last {
            true => next.await,
            false => match timeout(HEAD_START, next).await {
                Ok(outcome) => outcome,
                Err(_) => continue,
            },
        };
        match outcome {
            Some(Ok(Ok(tcp))) => return Ok(tcp),
            Some(Ok(Err(error))) => failure = error,
            Some(Err(error)) => failure = error.into(),
            None if is_last => return Err(failure),
            None => {}
        }
    }
}

macro_rules! either {
    ($self:ident, $stream:ident => $done:expr) => {
        match &mut *$self {
            Self::Plain($stream) => $done,
            Self::Tls($stream) => $done,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => pin!(stream).poll_read(context, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => pin!(stream).poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => pin!(stream).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => pin!(stream).poll_shutdown(context))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn every_address_of_a_host_is_tried() {
        let here = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = listener.local_addr().unwrap();
        let tcp = first_of(vec![here, here, good]).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), good);
        assert!(first_of(vec![here, here]).await.is_err());
        let none = first_of(Vec::new()).await.unwrap_err();
        assert_eq!(none.to_string(), "the host has no address");
    }

    #[tokio::test]
    async fn an_address_that_does_not_answer_does_not_hold_up_the_next() {
        // TEST-NET-1 (RFC 5737) is routed nowhere.
        let nowhere = "192.0.2.1:9".parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = listener.local_addr().unwrap();
        let started = std::time::Instant::now();
        let tcp = first_of(vec![nowhere, good]).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), good);
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}
