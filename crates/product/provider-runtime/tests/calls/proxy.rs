//! A proxy on loopback that tunnels, hands over, or refuses.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Notes the heads of what it is asked; the rest of a tunnel it does not see.
pub(crate) struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

/// What it does.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Opens tunnels to wherever it is asked to.
    Tunnels,
    /// Hands whole requests to this server, whatever host they name.
    HandsTo(SocketAddr),
    /// Says this in place of anything.
    Says(&'static str),
}

impl Proxy {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                thread::spawn(move || {
                    // A client that has given up is no matter of the proxy's.
                    let _ = serve(stream, manner, &kept);
                });
            }
        });
        Self { address, heads }
    }

    /// Its URL, with a user and a password that are escaped.
    pub(crate) fn url(&self) -> String {
        format!("http://shop:hunter2%2B@{}", self.address)
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, manner: Manner, heads: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut read = Vec::new();
    let mut space = [0; 4096];
    let end = loop {
        let count = client.read(&mut space)?;
        if count == 0 {
            return Ok(());
        }
        read.extend_from_slice(&space[..count]);
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    heads.lock().unwrap().push(head.clone());
    let mut host = match manner {
        Manner::Says(said) => return client.write_all(said.as_bytes()),
        Manner::HandsTo(server) => TcpStream::connect(server)?,
        Manner::Tunnels => TcpStream::connect(head.split(' ').nth(1).unwrap())?,
    };
    match manner {
        Manner::HandsTo(_) => host.write_all(&read)?,
        _ => client.write_all(b"HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n")?,
    }
    let (mut from_client, mut to_host) = (client.try_clone()?, host.try_clone()?);
    thread::spawn(move || io::copy(&mut from_client, &mut to_host));
    io::copy(&mut host, &mut client)?;
    client.shutdown(std::net::Shutdown::Both)
}
