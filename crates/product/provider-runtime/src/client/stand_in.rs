//! A stand-in for a provider, on loopback.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde::de::{DeserializeOwned, IgnoredAny};

use super::Environment;
use crate::{Operation, Provider};

/// An operation of a generated client, by the type of its builder. Generated code implements it.
pub trait Called {
    /// What a success is decoded as.
    type Success;
    /// The builder's name, such as `RefundOrder`.
    const BUILDER: &'static str;
}

/// A stand-in for a provider on loopback, for tests of your own (feature `testing`): it answers each call with what was
/// said of its operation, once, in the order in which it was said, and tells what it was asked. A call of which nothing
/// was said is answered with a 501.
///
/// With the `Client`, the `PROVIDER` and the `builder` of a generated crate:
///
/// ```ignore
/// let shop = StandIn::start(&PROVIDER)?;
/// shop.answers::<builder::CreateRefund<'_>>(200, r#"{"id": "re_1", "status": "pending"}"#)?;
/// let client = Client::builder().environment(shop.environment()).credentials(…).build()?;
/// let refund = client.create_refund().body(…).send().await?;
/// assert_eq!(shop.requests()[0].operation, Some("create_refund"));
/// ```
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    operations: &'static [Operation],
    said: Mutex<Said>,
    is_over: AtomicBool,
}

#[derive(Debug, Default)]
struct Said {
    /// Of which operation, and what; nothing where the answer is lost.
    answers: VecDeque<(&'static str, Option<(u16, String)>)>,
    requests: Vec<Requested>,
}

/// A request that a [`StandIn`] got. `Debug` shows which it was and nothing of it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Requested {
    /// The operation; `None` for a token, and for what is none.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The path with the query, as it was sent.
    pub target: String,
    /// The headers in their order, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What a [`StandIn`] cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandInError {
    /// The provider has no such operation.
    #[error("the provider has no operation of the builder {0}: give one of its own crate")]
    NoOperation(&'static str),
    /// The client would not read it as the success, or the refusal, that it is to be.
    #[error("{operation} is not answered so, since its client could not read it: {problem}")]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// Why.
        problem: serde_json::Error,
    },
}

/// Where tokens are asked for.
const TOKEN: &str = "/stand-in/token";

impl StandIn {
    /// A stand-in for this provider, on a free port, until it is dropped.
    ///
    /// # Errors
    /// There is no port, or no thread.
    pub fn start(provider: &'static Provider) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            operations: provider.operations,
            said: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::Builder::new()
            .name("stand-in".to_owned())
            .spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if serving.is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    let serving = Arc::clone(&serving);
                    // Whoever has gone is not answered.
                    thread::spawn(move || serving.serve(stream));
                }
            })?;
        Ok(Self { address, shared })
    }

    /// Where a client calls it.
    pub fn environment(&self) -> Environment {
        Environment::BaseUrl(format!("http://{}", self.address))
    }

    /// Where a client gets its tokens, which it gives to everybody.
    pub fn token_url(&self) -> String {
        format!("http://{}{TOKEN}", self.address)
    }

    /// Answers the next call of this operation with a success of this status and JSON.
    ///
    /// # Errors
    /// [`StandInError`]: the client could not read it.
    pub fn answers<B: Called<Success: DeserializeOwned>>(
        &self,
        status: u16,
        json: &str,
    ) -> Result<(), StandInError> {
        let read = serde_json::from_str::<B::Success>(json);
        self.say::<B>(read.map(drop), Some((status, json)))
    }

    /// Answers the next call of this operation with a refusal of this status and JSON, whatever the document says of it.
    ///
    /// # Errors
    /// [`StandInError`]: it is no JSON.
    pub fn refuses<B: Called>(&self, status: u16, json: &str) -> Result<(), StandInError> {
        let read = serde_json::from_str::<IgnoredAny>(json);
        self.say::<B>(read.map(drop), Some((status, json)))
    }

    /// Takes the next call of this operation and closes the connection without an answer.
    ///
    /// # Errors
    /// [`StandInError`]: it is no operation of the provider's.
    pub fn loses<B: Called>(&self) -> Result<(), StandInError> {
        self.say::<B>(Ok(()), None)
    }

    /// What it was asked, in its order.
    pub fn requests(&self) -> Vec<Requested> {
        self.shared.said().requests.clone()
    }

    fn say<B: Called>(
        &self,
        read: serde_json::Result<()>,
        answer: Option<(u16, &str)>,
    ) -> Result<(), StandInError> {
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        let mut operations = self.shared.operations.iter();
        let found = operations.find(|operation| plain(operation.id) == plain(B::BUILDER));
        let operation = found.ok_or(StandInError::NoOperation(B::BUILDER))?.id;
        read.map_err(|problem| StandInError::Unreadable { operation, problem })?;
        let answer = answer.map(|(status, json)| (status, json.to_owned()));
        self.shared.said().answers.push_back((operation, answer));
        Ok(())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes it, so that it sees that.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut request = read(&mut reader)?;
        let (path, _) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let operation = self.called(&request.method, path);
        let is_for_a_token = path == TOKEN;
        request.operation = operation;
        let answer = {
            let mut said = self.said();
            said.requests.push(request);
            let at = said
                .answers
                .iter()
                .position(|(of, _)| Some(*of) == operation);
            at.and_then(|at| said.answers.remove(at))
        };
        let (status, body) = match answer {
            Some((_, Some(answer))) => answer,
            Some((_, None)) => return Ok(()),
            None if is_for_a_token => {
                let token =
                    r#"{"access_token":"stand-in","token_type":"Bearer","expires_in":3600}"#;
                (200, token.to_owned())
            }
            None => (
                501,
                r#"{"message":"nothing was said of this call"}"#.to_owned(),
            ),
        };
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        reader.get_mut().write_all((head + &body).as_bytes())
    }

    /// The operation of a method and a path; of several, that of the plainest route.
    fn called(&self, method: &str, path: &str) -> Option<&'static str> {
        let fits = |operation: &&Operation| {
            let mut parts = path.split('/');
            operation.method == method
                && operation
                    .route
                    .split('/')
                    .all(|named| parts.next().is_some_and(|part| is(named, part)))
                && parts.next().is_none()
        };
        let fitting = self.operations.iter().filter(fits);
        let plainest = fitting.min_by_key(|operation| operation.route.matches('{').count());
        plainest.map(|operation| operation.id)
    }
}

/// Whether a part of a path is the one of a route, which may have a value in it: `{id}`, `{id}:cancel`.
fn is(named: &str, part: &str) -> bool {
    let (Some(begin), Some(end)) = (named.find('{'), named.rfind('}')) else {
        return named == part;
    };
    let (before, after) = (named.get(..begin), named.get(end + 1..));
    let rest = part.strip_prefix(before.unwrap_or_default());
    let rest = rest.and_then(|rest| rest.strip_suffix(after.unwrap_or_default()));
    rest.is_some_and(|value| !value.is_empty())
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Requested> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next(), words.next());
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        if name == "content-length" {
            length = value.parse().map_err(io::Error::other)?;
        }
        headers.push((name, value));
    }
    let mut body = Vec::new();
    reader.by_ref().take(length).read_to_end(&mut body)?;
    Ok(Requested {
        operation: None,
        method: method.unwrap_or_default(),
        target: target.unwrap_or_default(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

impl std::fmt::Debug for Requested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Requested")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
