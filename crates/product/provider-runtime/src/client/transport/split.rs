//! The default: requests that move money on fresh connections, all others on kept ones.

use reqwest::Request;

use super::{Fresh, Limits, NoAnswer, Pooled, Transport, TransportFuture};
use crate::client::error::{ConnectFailure, ConnectFault};

#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) moving_money: Fresh,
    pub(crate) others: Pooled,
    /// Where no TLS is built in, reqwest may have some all the same, which another crate turned on.
    pub(crate) unpooled: Option<Pooled>,
    /// There is a proxy: without TLS, reqwest hands it what is for hosts of https, and in plain text.
    pub(crate) has_proxy: bool,
}

/// Why nothing was sent.
const IN_PLAIN_TEXT: &str = "no TLS is built in, so that the proxy would get the request in plain text: turn on the feature \
                             `rustls` or `native-tls`";

impl Transport for Split {
    fn send(&self, request: Request, limits: Limits) -> TransportFuture<'_> {
        let is_https = request.url().scheme() == "https";
        match &self.unpooled {
            Some(_) if is_https && self.has_proxy => Box::pin(async {
                let failure = ConnectFailure::new(ConnectFault::Tls, IN_PLAIN_TEXT);
                Err(NoAnswer::not_sent(failure))
            }),
            _ if !limits.moves_money => self.others.send(request, limits),
            Some(unpooled) if is_https => unpooled.send(request, limits),
            _ => self.moving_money.send(request, limits),
        }
    }
}
