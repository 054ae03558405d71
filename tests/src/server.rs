//! A real HTTP/1.1 server on loopback, for tests of what goes over the wire.
//!
//! It records each request as it was sent and answers by script, also in ways
//! that a well-behaved server never would.
//!
//! ```
//! use workspace_tests::server::{LoopbackServer, Reply};
//!
//! let server = LoopbackServer::start(|request| match request.target.as_str() {
//!     "/refunds" => Reply::json(201, r#"{"id":"r1"}"#),
//!     _ => Reply::json(404, "{}").with_header("x-request-id", "abc"),
//! })?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod connection;
mod reader;
mod reply;
mod request;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use reply::Reply;
pub use request::Request;

/// A server on a free port of 127.0.0.1 that stops when it is dropped.
///
/// Connections are kept alive and served at the same time. A request that is not
/// HTTP/1.1 is answered with 400 and the reason. A script that panics closes the
/// connection without an answer.
#[derive(Debug)]
pub struct LoopbackServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

/// What the threads of a server share.
struct Shared {
    script: Box<Script>,
    state: Mutex<State>,
    stop: Condvar,
}

#[derive(Default)]
struct State {
    stopped: bool,
    accepted: usize,
    /// The open connections, so that stopping can end them.
    open: BTreeMap<usize, TcpStream>,
    requests: Vec<Request>,
}

impl LoopbackServer {
    /// Starts a server that answers every request as `script` says.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be opened.
    pub fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        Self::start_dropping(0, script)
    }

    /// Like [`start`](Self::start), but closes the first `connections` without
    /// reading anything from them.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be opened.
    pub fn start_dropping(
        connections: usize,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script: Box::new(script),
            state: Mutex::default(),
            stop: Condvar::new(),
        });
        let accepting = thread::Builder::new()
            .name("loopback server".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || accept(&listener, &shared, connections)
            })?;
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
        })
    }

    /// The address as a URL without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, in the order in which they were read.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().accepted
    }
}

/// A URL at which connecting is refused.
///
/// # Errors
/// When no port of 127.0.0.1 can be opened to learn a free one.
pub fn url_where_nothing_listens() -> io::Result<String> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    Ok(format!("http://{address}"))
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.stopped = true;
        for stream in state.open.values() {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.stop.notify_all();
        // Accepting waits for one more connection; without it the thread would stay.
        if TcpStream::connect(self.address).is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            let _ = accepting.join();
        }
    }
}

impl Shared {
    /// The state, also after a panic elsewhere: it is only ever appended to.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, but not beyond the server's end.
    fn wait(&self, time: Duration) {
        let running = |state: &mut State| !state.stopped;
        drop(self.stop.wait_timeout_while(self.state(), time, running));
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, dropped: usize) {
    let mut serving = Vec::new();
    for stream in listener.incoming() {
        let mut state = shared.state();
        if state.stopped {
            break;
        }
        let Ok(stream) = stream else { continue };
        // Small writes would wait for the client's acknowledgement otherwise.
        let _ = stream.set_nodelay(true);
        let number = state.accepted;
        state.accepted += 1;
        if number < dropped {
            continue;
        }
        let Ok(handle) = stream.try_clone() else {
            continue;
        };
        state.open.insert(number, handle);
        drop(state);
        let shared = Arc::clone(shared);
        serving.push(thread::spawn(move || {
            let _open = Open {
                number,
                shared: &shared,
            };
            connection::serve(stream, number, &shared);
        }));
    }
    for thread in serving {
        // A script's panic has been reported by its thread.
        let _ = thread.join();
    }
}

/// Forgets a connection at its end, also by a panic: the second handle would
/// keep it open.
struct Open<'a> {
    number: usize,
    shared: &'a Shared,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.shared.state().open.remove(&self.number);
    }
}
