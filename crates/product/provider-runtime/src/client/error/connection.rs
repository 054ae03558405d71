//! Why there is no connection.

use std::{error::Error, fmt, io};

/// What prevented a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ConnectFault {
    /// The host's name has no address, or nobody could be asked for it.
    NameResolution,
    /// Nothing listens there, or a firewall refuses.
    Refused,
    /// There is no way to the host's network.
    Unreachable,
    /// The connection or its TLS handshake took too long.
    TimedOut,
    /// The TLS handshake failed, such as for a certificate that is not trusted.
    Tls,
    /// The proxy could not be reached, or gave no way to the host.
    Proxy,
    /// Something else.
    Other,
}

impl ConnectFault {
    /// A word for it, as in the attribute `error.type` of traces and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameResolution => "name_resolution",
            Self::Refused => "connection_refused",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "connect_timeout",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Other => "connect",
        }
    }
}

/// For people.
impl fmt::Display for ConnectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameResolution => "the host's name could not be resolved",
            Self::Refused => "the host refused the connection",
            Self::Unreachable => "there is no way to the host",
            Self::TimedOut => "the host took too long",
            Self::Tls => "the TLS handshake failed",
            Self::Proxy => "the proxy gave no way to the host",
            Self::Other => "the connection failed",
        })
    }
}

/// There is no connection: what prevented it, and the error that said so.
///
/// A [`Transport`](crate::Transport) of one's own may give one as the source of
/// [`NoAnswer::NotSent`](crate::NoAnswer::NotSent); of any other source it is found out as far as it can be.
pub struct ConnectFailure {
    fault: ConnectFault,
    source: Box<dyn Error + Send + Sync>,
}

impl ConnectFailure {
    /// This fault. The texts of its source are shown: leave secrets and URLs out.
    pub fn new(fault: ConnectFault, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.into();
        Self { fault, source }
    }

    /// What prevented the connection.
    pub fn fault(&self) -> ConnectFault {
        self.fault
    }

    /// The failure that an error tells of, as far as it can be found out.
    pub(crate) fn of(source: Box<dyn Error + Send + Sync>) -> Self {
        match source.downcast::<Self>() {
            Ok(known) => *known,
            Err(source) => Self::new(fault_of(&*source), source),
        }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl fmt::Debug for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectFailure({:?})", self.fault)
    }
}

impl Error for ConnectFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_ref();
        Some(source)
    }
}

/// The first in the chain that is known for something.
fn fault_of(error: &(dyn Error + 'static)) -> ConnectFault {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = known(error) {
            return fault;
        }
        next = error.source();
    }
    ConnectFault::Other
}

fn known(error: &(dyn Error + 'static)) -> Option<ConnectFault> {
    if let Some(known) = error.downcast_ref::<ConnectFailure>() {
        return Some(known.fault);
    }
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        return error.is_timeout().then_some(ConnectFault::TimedOut);
    }
    if is_tls(error) {
        return Some(ConnectFault::Tls);
    }
    let Some(error) = error.downcast_ref::<io::Error>() else {
        // hyper-util names its steps, and says nothing else of them.
        let text = error.to_string();
        return match text.as_str() {
            "dns error" => Some(ConnectFault::NameResolution),
            "tunnel error" => Some(ConnectFault::Proxy),
            _ if text.starts_with("tunnel error: ") => Some(ConnectFault::Proxy),
            _ => None,
        };
    };
    if let Some(inner) = error.get_ref() {
        return Some(fault_of(inner)).filter(|fault| *fault != ConnectFault::Other);
    }
    of_io(error.kind())
}

pub(super) fn of_io(kind: io::ErrorKind) -> Option<ConnectFault> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(ConnectFault::Refused),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some(ConnectFault::Unreachable)
        }
        io::ErrorKind::TimedOut => Some(ConnectFault::TimedOut),
        _ => None,
    }
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let _ = error;
    #[cfg(feature = "rustls")]
    if error.is::<tokio_rustls::rustls::Error>() {
        return true;
    }
    #[cfg(feature = "native-tls")]
    if error.is::<tokio_native_tls::native_tls::Error>() {
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: impl Into<Box<dyn Error + Send + Sync>>) -> ConnectFault {
        ConnectFailure::of(source.into()).fault()
    }

    #[test]
    fn what_an_error_of_the_system_says_is_known_also_within_others() {
        use io::ErrorKind::{ConnectionRefused, NetworkUnreachable, NotConnected};

        assert_eq!(
            of(io::Error::from(ConnectionRefused)),
            ConnectFault::Refused
        );
        let wrapped = io::Error::other(io::Error::from(NetworkUnreachable));
        assert_eq!(of(wrapped), ConnectFault::Unreachable);
        assert_eq!(of(io::Error::from(NotConnected)), ConnectFault::Other);
        assert_eq!(of("a text"), ConnectFault::Other);
        let told = ConnectFailure::new(ConnectFault::Proxy, "a text");
        assert_eq!(of(told), ConnectFault::Proxy);
        let within = io::Error::other(ConnectFailure::new(ConnectFault::Tls, "a text"));
        assert_eq!(of(within), ConnectFault::Tls);
    }
}
