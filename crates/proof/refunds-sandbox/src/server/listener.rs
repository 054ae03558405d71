use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpSocket},
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{Handling, connection};
use crate::SandboxError;

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;
/// Between attempts to take a port back.
const PAUSE: Duration = Duration::from_millis(5);

/// A port of this machine that nobody else gets, and that refuses connections
/// until it is opened.
pub(crate) struct Port {
    socket: TcpSocket,
    address: SocketAddr,
}

/// A port that stays shut for longer than this is never seen to open.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The way to close an open port for a while.
#[derive(Clone)]
pub(crate) struct Door {
    shut: mpsc::UnboundedSender<Duration>,
}

impl Port {
    /// Takes this port of the loopback interface; 0 is any that is free.
    pub(crate) fn reserve(port: u16) -> Result<Self, SandboxError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self::bind(address).map_err(|source| SandboxError::Bind { address, source })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens from now on. To be called within a runtime.
    pub(crate) fn open(self, door: DoorKeeper, handling: Handling) -> Result<(), SandboxError> {
        let address = self.address;
        let listener = self
            .socket
            .listen(BACKLOG)
            .map_err(|source| SandboxError::Bind { address, source })?;
        tokio::spawn(serve(listener, address, door, handling));
        Ok(())
    }

    fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Connections of the listener before may linger.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }
}

/// The listener's end of a [`Door`].
pub(crate) struct DoorKeeper {
    shut: mpsc::UnboundedReceiver<Duration>,
}

impl Door {
    pub(crate) fn new() -> (Self, DoorKeeper) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self { shut: sender }, DoorKeeper { shut: receiver })
    }

    /// Refuses connections from now on, for this long.
    pub(crate) fn shut(&self, lasting: Duration) {
        // Nobody listens when the sandbox stops, or at a port that never opened.
        let _ = self.shut.send(lasting);
    }
}

async fn serve(
    mut listener: TcpListener,
    address: SocketAddr,
    mut door: DoorKeeper,
    handling: Handling,
) {
    let (closing, _) = watch::channel(());
    loop {
        let Some(lasting) = accept(&listener, &mut door, &closing, &handling).await else {
            return;
        };
        drop(listener);
        closing.send_replace(());
        let reserved = take_back(address).await;
        stay_shut(&mut door, lasting).await;
        listener = match reserved.socket.listen(BACKLOG) {
            Ok(listener) => listener,
            // Only a system out of resources gets here; clients see a refusing port.
            Err(_) => return,
        };
    }
}

/// Accepts connections until the door is shut; none when nobody can shut it any
/// more.
async fn accept(
    listener: &TcpListener,
    door: &mut DoorKeeper,
    closing: &watch::Sender<()>,
    handling: &Handling,
) -> Option<Duration> {
    loop {
        tokio::select! {
            biased;
            lasting = door.shut.recv() => return lasting,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let serving = connection::serve(stream, handling.clone(), closing.subscribe());
                    tokio::spawn(serving);
                }
                // Such as too many open files: some will be closed in a moment.
                Err(_) => sleep(PAUSE).await,
            },
        }
    }
}

async fn take_back(address: SocketAddr) -> Port {
    loop {
        match Port::bind(address) {
            Ok(port) => return port,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

async fn stay_shut(door: &mut DoorKeeper, lasting: Duration) {
    let mut until = end_of(lasting);
    loop {
        tokio::select! {
            () = sleep_until(until) => return,
            Some(lasting) = door.shut.recv() => until = until.max(end_of(lasting)),
        }
    }
}

/// As long as this, or as long as anybody lives.
fn end_of(lasting: Duration) -> Instant {
    Instant::now() + lasting.min(FOREVER)
}
