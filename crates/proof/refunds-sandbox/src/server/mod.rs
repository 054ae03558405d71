//! HTTP on loopback, with the connection itself within reach.

mod alone;
mod connection;
mod listener;
mod raw;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

pub use alone::Server;
pub(crate) use listener::{Door, Port};

use crate::{documents::Incoming, exchange::Wire};

/// What answers the requests of a listener.
pub(crate) type Handler =
    Arc<dyn Fn(Incoming) -> Pin<Box<dyn Future<Output = Wire> + Send>> + Send + Sync>;

/// How the connections of a listener are served.
#[derive(Clone)]
pub(crate) struct Handling {
    pub(crate) handler: Handler,
    /// How long after its last answer a connection is closed.
    pub(crate) close_idle_after: Option<Duration>,
}
