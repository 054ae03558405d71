//! A receiver of events that answers as it is told.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use refunds_sandbox::{Sandbox, WebhookRecord, WebhookTarget};
use serde_json::Value;

use crate::support::wait_for;

/// What arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Listens on a free port and keeps what arrives.
pub(crate) struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    /// Answers each delivery with the status that `answer` gives it by its
    /// number from 0.
    pub(crate) fn answering(answer: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "http://{}/events?from=sandbox",
            listener.local_addr().unwrap()
        );
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (arrived.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answer) = (kept.clone(), answer.clone());
                thread::spawn(move || receive(stream.unwrap(), &kept, &*answer));
            }
        });
        Self { url, arrived }
    }

    pub(crate) fn new() -> Self {
        Self::answering(|_| 204)
    }

    pub(crate) fn signed(&self) -> WebhookTarget {
        WebhookTarget::signed(&self.url, "whsec_test")
    }

    pub(crate) fn unsigned(&self) -> WebhookTarget {
        WebhookTarget::new(&self.url)
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

fn receive(stream: TcpStream, kept: &Mutex<Vec<Arrived>>, answer: &dyn Fn(usize) -> u16) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "POST /events?from=sandbox HTTP/1.1\r\n");
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let number = {
        let mut kept = kept.lock().unwrap();
        let body = String::from_utf8(body).unwrap();
        kept.push(Arrived { headers, body });
        kept.len() - 1
    };
    let status = answer(number);
    let reply = format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n");
    reader.get_mut().write_all(reply.as_bytes()).unwrap();
}

/// Waits until so many deliveries have been answered, and gives their records.
pub(crate) fn answered(sandbox: &Sandbox, count: usize) -> Vec<WebhookRecord> {
    wait_for("the deliveries did not come", || {
        let records = sandbox.webhooks();
        records
            .iter()
            .filter(|record| record.answered.is_some())
            .count()
            >= count
    });
    sandbox.webhooks()
}
