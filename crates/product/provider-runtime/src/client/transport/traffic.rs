//! What has gone over a connection, so that nobody has to guess it afterwards.

use std::{
    io::{self, ErrorKind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{Heard, records::Records};

/// Noted by the streams of a connection while it is in use; can be asked at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// The TLS handshake, if any, is over.
    ready: AtomicBool,
    wrote: AtomicBool,
    read: AtomicBool,
    /// Bytes may have arrived that nobody could read.
    unclear: AtomicBool,
    /// A TLS record has begun to arrive, whose content cannot be read before its end.
    in_record: AtomicBool,
}

impl Traffic {
    /// What is written from now on is the request.
    pub(super) fn ready(&self) {
        set(&self.0.ready);
    }

    /// Whether any of the request has left.
    pub(super) fn wrote(&self) -> bool {
        get(&self.0.wrote)
    }

    pub(super) fn heard(&self) -> Heard {
        if get(&self.0.read) {
            Heard::Something
        } else if get(&self.0.unclear) || get(&self.0.in_record) {
            Heard::CannotTell
        } else {
            Heard::Nothing
        }
    }

    /// Notes bytes of an answer.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(super) fn read(&self, count: usize) {
        if count > 0 {
            set(&self.0.read);
        }
    }

    /// Notes how reading failed.
    pub(super) fn failed(&self, error: &io::Error) {
        let nothing_was_lost = match error.kind() {
            ErrorKind::UnexpectedEof => true,
            // Linux gives what has arrived before it reports a reset; other systems may throw it away.
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => cfg!(target_os = "linux"),
            _ => false,
        };
        if !nothing_was_lost {
            set(&self.0.unclear);
        }
    }
}

fn set(flag: &AtomicBool) {
    flag.store(true, Ordering::Relaxed);
}

fn get(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}

/// A TCP stream that notes what goes over it.
pub(super) struct Wire {
    tcp: TcpStream,
    traffic: Traffic,
    /// With TLS, what is read here says nothing about the answer.
    records: Option<Records>,
}

impl Wire {
    pub(super) fn new(tcp: TcpStream, traffic: &Traffic, tls: bool) -> Self {
        Self {
            tcp,
            traffic: traffic.clone(),
            records: tls.then(Records::default),
        }
    }

    fn arrived(&mut self, bytes: &[u8]) {
        let seen = &self.traffic.0;
        match &mut self.records {
            Some(records) => {
                records.take(bytes);
                seen.in_record.store(records.is_open(), Ordering::Relaxed);
            }
            None if !bytes.is_empty() => set(&seen.read),
            None => {}
        }
    }

    /// Looks for an answer that came before a write failed: nobody reads on after that.
    fn after_failure(&mut self, context: &mut Context<'_>, error: &io::Error) {
        let mut space = [0; 16];
        let mut buffer = ReadBuf::new(&mut space);
        match pin!(&mut self.tcp).poll_read(context, &mut buffer) {
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => {}
            // What TLS makes of it is not to be known any more.
            Poll::Ready(Ok(())) if self.records.is_some() => set(&self.traffic.0.unclear),
            Poll::Ready(Ok(())) => set(&self.traffic.0.read),
            Poll::Ready(Err(error)) => self.traffic.failed(&error),
            Poll::Pending => self.traffic.failed(error),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = pin!(&mut self.tcp).poll_read(context, buffer);
        match &outcome {
            Poll::Ready(Ok(())) => self.arrived(buffer.filled().get(before..).unwrap_or_default()),
            Poll::Ready(Err(error)) => self.traffic.failed(error),
            Poll::Pending => {}
        }
        outcome
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = pin!(&mut self.tcp).poll_write(context, bytes);
        match &outcome {
            Poll::Ready(Ok(0)) | Poll::Pending => {}
            Poll::Ready(Ok(_)) if get(&self.traffic.0.ready) => set(&self.traffic.0.wrote),
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => self.after_failure(context, error),
        }
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.tcp).poll_shutdown(context)
    }
}
