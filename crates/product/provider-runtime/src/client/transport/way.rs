//! The way to a host: who resolves its name, and through which proxy.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header::HeaderValue;
use percent_encoding::percent_decode_str;
use reqwest::{Url, dns::Resolve};
use tokio::net::{TcpStream, lookup_host};

use super::connect::{Prevented, first_of};
use crate::client::{
    SettingsError,
    error::{ConnectFailure, ConnectFault},
};

/// How connections are made, where it is not the usual one.
#[derive(Clone, Default)]
pub(crate) struct Way {
    pub(crate) resolver: Option<Arc<dyn Resolve>>,
    pub(crate) proxy: Option<Proxy>,
}

/// A proxy that is spoken to in plain HTTP, and tunnels to hosts of https (RFC 9110, section 9.3.6).
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
    pub(super) authorization: Option<HeaderValue>,
}

/// No proxy says more in the head of an answer.
const LONGEST_HEAD: usize = 8192;

impl Way {
    /// A connection to the host, or, if its URL is https, through the proxy to it.
    pub(super) async fn to(&self, url: &Url) -> Result<TcpStream, ConnectFailure> {
        let Some(proxy) = &self.proxy else {
            return self.dial(url).await;
        };
        let tcp = Box::pin(self.dial(&proxy.url)).await.map_err(of_proxy)?;
        if url.scheme() == "https" {
            // In a box: it is rare, and would be a part of every request's future.
            Box::pin(proxy.tunnel(&tcp, url)).await.map_err(of_proxy)?;
        }
        Ok(tcp)
    }

    /// The proxy for a URL whose request it is handed as a whole.
    pub(super) fn hands_over(&self, url: &Url) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| url.scheme() == "http")
    }

    /// What reqwest has to know of it.
    pub(crate) fn share(
        &self,
        mut http: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, SettingsError> {
        if let Some(proxy) = &self.proxy {
            let proxy = reqwest::Proxy::all(proxy.url.clone())
                .map_err(|error| SettingsError::HttpClient(error.without_url()))?;
            http = http.proxy(proxy);
        }
        if let Some(resolver) = &self.resolver {
            http = http.dns_resolver(Arc::clone(resolver));
        }
        Ok(http)
    }

    async fn dial(&self, url: &Url) -> Result<TcpStream, ConnectFailure> {
        let host = bare_host(url);
        // Only http and https pass the checks of the settings, and both have a known port.
        let port = url.port_or_known_default().unwrap_or_default();
        if let Ok(address) = host.parse::<IpAddr>() {
            let tcp = TcpStream::connect((address, port)).await;
            return tcp.map_err(failed);
        }
        let unresolved =
            |error: Prevented| ConnectFailure::new(ConnectFault::NameResolution, error);
        let found = match &self.resolver {
            None => lookup_host((host, port))
                .await
                .map(Iterator::collect::<Vec<_>>)
                .map_err(Prevented::from),
            Some(resolver) => Box::pin(resolved(&**resolver, url, host, port)).await,
        };
        let mut addresses = found.map_err(unresolved)?;
        match addresses.as_slice() {
            [] => Err(unresolved("the host has no address".into())),
            [address] => TcpStream::connect(*address).await.map_err(failed),
            _ => {
                addresses.dedup();
                first_of(addresses).await.map_err(failed)
            }
        }
    }
}

/// The host without the brackets around an address of IPv6.
pub(super) fn bare_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']')
}

/// As reqwest has it: a port of the URL's counts before one of the resolver's.
async fn resolved(
    resolver: &dyn Resolve,
    url: &Url,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Prevented> {
    let name = host.parse()?;
    let addresses = resolver.resolve(name).await?;
    let with_port = |mut address: SocketAddr| {
        if url.port().is_some() || address.port() == 0 {
            address.set_port(port);
        }
        address
    };
    Ok(addresses.map(with_port).collect())
}

fn failed(error: io::Error) -> ConnectFailure {
    ConnectFailure::of(error.into())
}

/// What prevented a connection to the proxy is not said of the host.
fn of_proxy(failure: ConnectFailure) -> ConnectFailure {
    match failure.fault() {
        ConnectFault::Proxy => failure,
        fault => ConnectFailure::new(ConnectFault::Proxy, Unreached(fault, failure)),
    }
}

/// The proxy was not reached.
#[derive(Debug, thiserror::Error)]
#[error("of the proxy: {0}")]
struct Unreached(ConnectFault, #[source] ConnectFailure);

impl Proxy {
    pub(crate) fn parse(text: &str) -> Result<Self, SettingsError> {
        let invalid = |reason: String| SettingsError::InvalidUrl {
            setting: "proxy URL",
            reason,
        };
        let example = "give one such as http://proxy.example.com:3128";
        let url = Url::parse(text).map_err(|error| invalid(format!("{error}; {example}")))?;
        if url.scheme() != "http" {
            return Err(invalid(format!(
                "only proxies that are spoken to in plain http are known, which tunnel https: {example}, or give a \
                 `transport` that speaks to yours"
            )));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid(format!(
                "it has more than a host, a port, a user and a password: {example}"
            )));
        }
        let authorization = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                let plain = |text| percent_decode_str(text).collect::<Vec<u8>>();
                let mut pair = plain(user);
                pair.push(b':');
                pair.extend(plain(password.unwrap_or_default()));
                let header = format!("Basic {}", STANDARD.encode(pair));
                let mut header = HeaderValue::try_from(header)
                    .map_err(|_| invalid("its user cannot be sent".to_owned()))?;
                header.set_sensitive(true);
                Some(header)
            }
        };
        Ok(Self { url, authorization })
    }

    /// Asks for a way to the host; nothing of the request has left then.
    async fn tunnel(&self, tcp: &TcpStream, url: &Url) -> Result<(), ConnectFailure> {
        let refused = |what: String| ConnectFailure::new(ConnectFault::Proxy, what);
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let mut head = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = &self.authorization {
            head.push_str("Proxy-Authorization: ");
            head.push_str(authorization.to_str().unwrap_or_default());
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        write_all(tcp, head.as_bytes()).await.map_err(failed)?;
        let (answer, has_more) = read_head(tcp).await.map_err(failed)?;
        let status = answer
            .strip_prefix("HTTP/1.")
            .and_then(|line| line.get(2..5)?.parse::<u16>().ok());
        match status {
            // What follows would be taken for the host's, which waits to be spoken to.
            Some(200..=299) if has_more => Err(refused("it answered more than it may".to_owned())),
            Some(200..=299) => Ok(()),
            Some(407) => Err(refused(
                "it answered 407: give its user and password in its URL".to_owned(),
            )),
            Some(status) => Err(refused(format!("it answered {status}"))),
            None => Err(refused(
                "it answered with something else than HTTP".to_owned(),
            )),
        }
    }
}

async fn write_all(tcp: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        tcp.writable().await?;
        match tcp.try_write(bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The head of an answer, and whether anything came behind it.
async fn read_head(tcp: &TcpStream) -> io::Result<(String, bool)> {
    const END: &[u8] = b"\r\n\r\n";
    let (mut head, mut space) = (Vec::new(), [0; 1024]);
    loop {
        tcp.readable().await?;
        match tcp.try_read(&mut space) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => head.extend_from_slice(space.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some(end) = head.windows(END.len()).position(|bytes| bytes == END) {
            let has_more = head.len() > end + END.len();
            return Ok((String::from_utf8_lossy(&head).into_owned(), has_more));
        }
        if head.len() > LONGEST_HEAD {
            return Err(io::Error::other("its answer has no end"));
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("resolver", &self.resolver.is_some())
            .field(
                "proxy",
                &self.proxy.as_ref().and_then(|proxy| proxy.url.host_str()),
            )
            .finish()
    }
}
