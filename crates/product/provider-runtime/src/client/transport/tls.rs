//! TLS as reqwest does it: rustls or the platform's, with the platform's roots.

#[cfg(feature = "native-tls")]
use native as backend;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
use none as backend;
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
use rustls as backend;

pub(super) use backend::TlsStream;
pub(crate) use backend::{BUILT_IN, Tls};

mod ca_file {
    use std::path::Path;

    use crate::client::SettingsError;

    pub(super) fn invalid(path: &Path, reason: impl Into<String>) -> SettingsError {
        SettingsError::InvalidCaFile {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// The certificates of a file, of which it has one at least.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(super) fn pem<T>(
        path: &Path,
        read: impl Fn(&[u8]) -> Result<Vec<T>, String>,
    ) -> Result<Vec<T>, SettingsError> {
        let bytes = std::fs::read(path).map_err(|error| invalid(path, error.to_string()))?;
        let found = read(&bytes).map_err(|reason| invalid(path, reason))?;
        match found.is_empty() {
            true => Err(invalid(path, "it holds no certificate in PEM")),
            false => Ok(found),
        }
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod stream {
    use std::{
        io,
        pin::{Pin, pin},
        task::{Context, Poll},
    };

    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

    use crate::client::transport::traffic::Traffic;

    /// A stream of TLS that notes what it gives in plain.
    pub(in crate::client::transport) struct Plaintext<S> {
        pub(super) tls: Box<S>,
        pub(super) traffic: Traffic,
    }

    impl<S: AsyncRead + Unpin> AsyncRead for Plaintext<S> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let before = buffer.filled().len();
            let outcome = pin!(&mut self.tls).poll_read(context, buffer);
            match &outcome {
                Poll::Ready(Ok(())) => self.traffic.read(buffer.filled().len() - before),
                Poll::Ready(Err(error)) => self.traffic.failed(error),
                Poll::Pending => {}
            }
            outcome
        }
    }

    impl<S: AsyncWrite + Unpin> AsyncWrite for Plaintext<S> {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            pin!(&mut self.tls).poll_write(context, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            pin!(&mut self.tls).poll_flush(context)
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<()>> {
            pin!(&mut self.tls).poll_shutdown(context)
        }
    }
}

#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
mod rustls {
    use std::{fmt, path::Path, sync::Arc};

    use rustls_platform_verifier::Verifier;
    use tokio_rustls::{
        TlsConnector, client,
        rustls::{
            ClientConfig, Error,
            crypto::{CryptoProvider, aws_lc_rs},
            pki_types::{CertificateDer, ServerName, pem::PemObject},
        },
    };

    use super::{
        ca_file::{invalid, pem},
        stream::Plaintext,
    };
    use crate::client::{
        SettingsError,
        transport::{
            connect::Prevented,
            traffic::{Traffic, Wire},
        },
    };

    pub(crate) const BUILT_IN: bool = true;

    pub(in crate::client::transport) type TlsStream = Plaintext<client::TlsStream<Wire>>;

    pub(crate) struct Tls(Arc<ClientConfig>);

    impl Tls {
        pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, SettingsError> {
            let roots = ca_file.map(|path| pem(path, roots)).transpose()?;
            let config = config(roots.unwrap_or_default());
            let config = config.map_err(|error| match ca_file {
                Some(path) => invalid(path, error.to_string()),
                None => SettingsError::Tls(Box::new(error)),
            })?;
            Ok(Self(Arc::new(config)))
        }

        /// Shares the roots with a client, which would otherwise read them once more.
        pub(crate) fn share(&self, http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            http.tls_backend_preconfigured(ClientConfig::clone(&self.0))
        }

        pub(in crate::client::transport) async fn handshake(
            &self,
            host: &str,
            wire: Wire,
            traffic: &Traffic,
        ) -> Result<TlsStream, Prevented> {
            let name = ServerName::try_from(host.to_owned())?;
            let connector = TlsConnector::from(Arc::clone(&self.0));
            Ok(Plaintext {
                tls: Box::new(connector.connect(name, wire).await?),
                traffic: traffic.clone(),
            })
        }
    }

    fn roots(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
        let found = CertificateDer::pem_slice_iter(bytes);
        let found = found.collect::<Result<Vec<_>, _>>();
        found.map_err(|error| error.to_string())
    }

    fn config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            // It is the platform's verifier, as reqwest takes it; rustls calls any but its own dangerous.
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    impl fmt::Debug for Tls {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Tls(rustls)")
        }
    }
}

#[cfg(feature = "native-tls")]
mod native {
    use std::{fmt, path::Path};

    use tokio_native_tls::native_tls::{Certificate, TlsConnector};

    use super::{ca_file::pem, stream::Plaintext};
    use crate::client::{
        SettingsError,
        transport::{
            connect::Prevented,
            traffic::{Traffic, Wire},
        },
    };

    pub(crate) const BUILT_IN: bool = true;

    pub(in crate::client::transport) type TlsStream = Plaintext<tokio_native_tls::TlsStream<Wire>>;

    pub(crate) struct Tls {
        connector: tokio_native_tls::TlsConnector,
        roots: Vec<reqwest::Certificate>,
    }

    impl Tls {
        pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, SettingsError> {
            let mut builder = TlsConnector::builder();
            let mut roots = Vec::new();
            if let Some(path) = ca_file {
                let text = |error: &dyn std::error::Error| error.to_string();
                for root in pem(path, |bytes| {
                    Certificate::stack_from_pem(bytes).map_err(|error| text(&error))
                })? {
                    builder.add_root_certificate(root);
                }
                roots = pem(path, |bytes| {
                    reqwest::Certificate::from_pem_bundle(bytes).map_err(|error| text(&error))
                })?;
            }
            let connector = builder
                .build()
                .map_err(|error| SettingsError::Tls(Box::new(error)))?;
            Ok(Self {
                connector: connector.into(),
                roots,
            })
        }

        pub(crate) fn share(&self, http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            match self.roots.as_slice() {
                [] => http,
                roots => http.tls_certs_merge(roots.iter().cloned()),
            }
        }

        pub(in crate::client::transport) async fn handshake(
            &self,
            host: &str,
            wire: Wire,
            traffic: &Traffic,
        ) -> Result<TlsStream, Prevented> {
            Ok(Plaintext {
                tls: Box::new(self.connector.connect(host, wire).await?),
                traffic: traffic.clone(),
            })
        }
    }

    impl fmt::Debug for Tls {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Tls(native)")
        }
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod none {
    use std::path::Path;

    use crate::client::{
        SettingsError,
        transport::{
            connect::Prevented,
            traffic::{Traffic, Wire},
        },
    };

    pub(crate) const BUILT_IN: bool = false;

    const NO_TLS: &str = "no TLS is built in: turn on the feature `rustls` or `native-tls`";

    pub(in crate::client::transport) type TlsStream = Wire;

    #[derive(Debug)]
    pub(crate) struct Tls;

    impl Tls {
        pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, SettingsError> {
            match ca_file {
                Some(path) => Err(super::ca_file::invalid(path, NO_TLS)),
                None => Ok(Self),
            }
        }

        pub(crate) fn share(&self, http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
            http
        }

        #[allow(clippy::unused_async, reason = "as with TLS")]
        pub(in crate::client::transport) async fn handshake(
            &self,
            _host: &str,
            _wire: Wire,
            _traffic: &Traffic,
        ) -> Result<TlsStream, Prevented> {
            Err(NO_TLS.into())
        }
    }
}
