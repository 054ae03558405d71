//! A server with a certificate of its own making.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, pki_types::PrivateKeyDer};

const REFUNDED: &str = r#"{"reference":"R-1"}"#;

/// What becomes of a request.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Whole,
    /// Half the head of a 500.
    Part,
    /// That head, in a record of which half is sent.
    HalfARecord,
    Nothing,
    /// Without the alert that ends a connection.
    NothingWithoutGoodbye,
    Silence,
}

pub(crate) struct Server {
    port: u16,
    folder: tempfile::TempDir,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(answer: Answer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Arc::new(config(&roots_in(folder.path())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (config, counted) = (Arc::clone(&config), Arc::clone(&counted));
                thread::spawn(move || serve(socket, config, answer, &counted));
            }
        });
        Self {
            port,
            folder,
            requests,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub(crate) fn roots(&self) -> PathBuf {
        roots_in(self.folder.path())
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn roots_in(folder: &Path) -> PathBuf {
    folder.join("roots.pem")
}

/// Writes the authority's certificate to the file.
fn config(roots: &Path) -> ServerConfig {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    std::fs::write(roots, authority.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .unwrap()
}

/// Serves one connection, request by request; a client that gives up is no matter of the server's.
fn serve(mut socket: TcpStream, config: Arc<ServerConfig>, answer: Answer, counted: &AtomicUsize) {
    let mut tls = ServerConnection::new(config).unwrap();
    while read_request(&mut tls, &mut socket).is_some() {
        counted.fetch_add(1, Ordering::SeqCst);
        let part = b"HTTP/1.1 500 Inter";
        match answer {
            Answer::Whole => {
                let length = REFUNDED.len();
                let whole =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{REFUNDED}");
                tls.writer().write_all(whole.as_bytes()).unwrap();
                if tls.complete_io(&mut socket).is_err() {
                    return;
                }
                continue;
            }
            Answer::Part => {
                tls.writer().write_all(part).unwrap();
                tls.send_close_notify();
            }
            Answer::HalfARecord => {
                tls.writer().write_all(part).unwrap();
                let mut record = Vec::new();
                tls.write_tls(&mut record).unwrap();
                let half = record.len() / 2;
                let _ = socket.write_all(&record[..half]);
                return;
            }
            Answer::Nothing => tls.send_close_notify(),
            Answer::NothingWithoutGoodbye => return,
            Answer::Silence => return thread::sleep(Duration::from_secs(5)),
        }
        let _ = tls.write_tls(&mut socket);
        return;
    }
}

/// Reads up to the end of a body, if any.
fn read_request(tls: &mut ServerConnection, socket: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(());
            }
        }
        let mut buffer = [0; 4096];
        match tls.reader().read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
            Err(_) => {
                let (read, _) = tls.complete_io(socket).ok()?;
                if read == 0 {
                    return None;
                }
            }
        }
    }
}
