//! HTTP on loopback, with the connection itself within reach.

mod connection;
mod listener;
mod raw;

use std::{future::Future, pin::Pin, sync::Arc};

pub(crate) use listener::{Door, Port};

use crate::{documents::Incoming, exchange::Wire};

/// What answers the requests of a listener.
pub(crate) type Handler =
    Arc<dyn Fn(Incoming) -> Pin<Box<dyn Future<Output = Wire> + Send>> + Send + Sync>;
