//! One listener by itself, for whoever stands for another provider.

use std::{fmt, future::ready, sync::Arc, time::Duration};

use tokio::runtime::Builder;

use super::{Door, Handling, Port};
use crate::{SandboxError, documents::Incoming, exchange::Wire, sandbox::Threads};

/// HTTP on a port of the loopback interface, until this is dropped.
pub struct Server {
    url: String,
    door: Door,
    _threads: Threads,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish()
    }
}

impl Server {
    /// Answers every request so; a connection is closed when it has been idle for so long since its last answer.
    ///
    /// # Errors
    /// No port or thread can be had.
    pub fn start(
        answer: impl Fn(Incoming) -> Wire + Send + Sync + 'static,
        close_idle_after: Option<Duration>,
    ) -> Result<Self, SandboxError> {
        let threads = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|source| SandboxError::Runtime { source })?;
        let threads = Threads::of(threads);
        let within = threads.runtime().map(tokio::runtime::Runtime::enter);
        let port = Port::reserve(0)?;
        let url = format!("http://{}", port.address());
        let (door, keeper) = Door::new();
        port.open(
            keeper,
            Handling {
                handler: Arc::new(move |request| Box::pin(ready(answer(request)))),
                close_idle_after,
            },
        )?;
        drop(within);
        Ok(Self {
            url,
            door,
            _threads: threads,
        })
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Refuses connections from now on, for this long.
    pub fn shut(&self, lasting: Duration) {
        self.door.shut(lasting);
    }
}
