//! An HTTPS server on loopback, with a certificate of its own making.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server that answers `GET /path` with what `script` says of the path, and closes the connection.
pub(crate) struct Server {
    port: u16,
    pub(crate) certificate: reqwest::Certificate,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server whose script gives whole answers, and may send them piece by piece.
    pub(crate) fn start(script: impl Fn(&str, &mut dyn Write) + Send + Sync + 'static) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &authority)
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let (config, script, counted) = (Arc::new(config), Arc::new(script), requests.clone());
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (config, script, counted) = (config.clone(), script.clone(), counted.clone());
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(connection, socket);
                    // A client that does not trust the certificate says no more.
                    if let Some(path) = request(&mut stream) {
                        counted.fetch_add(1, Ordering::SeqCst);
                        script(&path, &mut stream);
                        stream.conn.send_close_notify();
                        let _ = stream.flush();
                    }
                });
            }
        });
        let certificate = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
        Self {
            port,
            certificate,
            requests,
        }
    }

    /// The address of a path, under the name `localhost`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// The same server under another name.
    pub(crate) fn url_by_number(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// How many requests were read.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// The path of a request, read up to the empty line.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    Some(head.split_whitespace().nth(1)?.to_owned())
}

/// A whole answer.
pub(crate) fn answer(out: &mut dyn Write, status: &str, headers: &str, body: &[u8]) {
    let length = body.len();
    // A client that has gone away is the test's matter.
    let _ = write!(
        out,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    )
    .and_then(|()| out.write_all(body))
    .and_then(|()| out.flush());
}
