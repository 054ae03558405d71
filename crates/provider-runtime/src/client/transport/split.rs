//! The default: requests that move money on fresh connections, all others on kept ones.

use reqwest::Request;

use super::{Fresh, Limits, Pooled, TLS_BUILT_IN, Transport, TransportFuture};

#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) moving_money: Fresh,
    /// It keeps no connection either where its TLS is not ours, so that it has to carry all.
    pub(crate) others: Pooled,
}

impl Transport for Split {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        let reachable = TLS_BUILT_IN || request.url().scheme() != "https";
        match limits.moves_money && reachable {
            true => self.moving_money.send(request, limits),
            false => self.others.send(request, limits),
        }
    }
}
