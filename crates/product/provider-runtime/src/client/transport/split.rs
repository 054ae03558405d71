//! The default: requests that move money on fresh connections, all others on kept ones.

use reqwest::Request;

use super::{Fresh, Limits, Pooled, Transport, TransportFuture};

#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) moving_money: Fresh,
    pub(crate) others: Pooled,
    /// Where no TLS is built in, reqwest may have some all the same, which another crate turned on.
    pub(crate) unpooled: Option<Pooled>,
}

impl Transport for Split {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        match &self.unpooled {
            _ if !limits.moves_money => self.others.send(request, limits),
            Some(unpooled) if request.url().scheme() == "https" => unpooled.send(request, limits),
            _ => self.moving_money.send(request, limits),
        }
    }
}
