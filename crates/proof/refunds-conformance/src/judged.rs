//! What the provider's document says of requests, and of what the model answers.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use refunds_sandbox::witness::{Incoming, Judge, Problem};
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::wire::{Answer, Request};

/// A document that judges, and what it has found. The same requests and answers come again and again: each is judged once.
pub(crate) struct Judged {
    judge: Judge,
    known: Mutex<HashSet<u64>>,
    found: Mutex<Found>,
}

/// What does not fit a document: of each place of a call the first that was found, by that place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Requests that it does not allow.
    pub(crate) violations: Lines,
    /// Plain answers of the model that it does not have.
    pub(crate) misfits: Lines,
    /// Parts of it by which nothing can be judged.
    pub(crate) faults: Lines,
}

type Lines = BTreeMap<String, String>;

/// A line for each.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, found) in [
            ("against the document", &self.violations),
            ("the model is against the document", &self.misfits),
            ("not judged, by a fault of the document", &self.faults),
        ] {
            for line in found.values() {
                writeln!(f, "{what}: {line}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judged").finish_non_exhaustive()
    }
}

impl Judged {
    /// By a document, as JSON; otherwise what is wrong with it.
    pub(crate) fn by(document: &str) -> Result<Self, String> {
        Ok(Self {
            judge: Judge::of(document)?,
            known: Mutex::default(),
            found: Mutex::default(),
        })
    }

    /// What a request is for, as the document names it.
    pub(crate) fn name(&self, request: &Request) -> String {
        let (method, path) = (&request.method, path(request));
        let parsed = method.parse().ok();
        let operation = parsed.and_then(|method| self.judge.operation(&method, path));
        operation.map_or_else(|| format!("{method} {path}"), str::to_owned)
    }

    /// Judges a request.
    pub(crate) fn request(&self, request: &Request) {
        let known = (
            &request.method,
            &request.path,
            &request.headers,
            &request.body,
        );
        if self.is_new(known)
            && let Some(incoming) = incoming(request)
        {
            let (_, problems) = self.judge.request(&incoming);
            self.note(&self.name(request), problems, |found| &mut found.violations);
        }
    }

    /// Judges what the model plainly answers to a request.
    pub(crate) fn answer(&self, request: &Request, answer: &Answer) {
        let path = path(request);
        let known = (
            &request.method,
            path,
            answer.status,
            &answer.headers,
            &answer.body,
        );
        if self.is_new(known)
            && let Ok(method) = request.method.parse()
        {
            let mut headers = answer.headers.iter();
            let content_type = headers.find(|(name, _)| *name == "content-type");
            let content_type = content_type.map(|(_, value)| *value);
            let (status, body) = (answer.status, &answer.body);
            let problems = self.judge.answer(&method, path, status, content_type, body);
            let what = format!("{status} to {}", self.name(request));
            self.note(&what, problems, |found| &mut found.misfits);
        }
    }

    pub(crate) fn found(&self) -> Found {
        locked(&self.found).clone()
    }

    fn is_new(&self, what: impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        locked(&self.known).insert(hasher.finish())
    }

    fn note(&self, what: &str, problems: Vec<Problem>, kept: impl Fn(&mut Found) -> &mut Lines) {
        let mut found = locked(&self.found);
        for problem in problems {
            let place = format!("{what}, {}", problem.place);
            let told = format!("{place}: {}", problem.problem);
            // A fault of the document accuses nobody.
            let lines = match problem.is_of_document() {
                true => &mut found.faults,
                false => kept(&mut found),
            };
            lines.entry(place).or_insert(told);
        }
    }
}

fn path(request: &Request) -> &str {
    let path = request.path.as_str();
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn incoming(request: &Request) -> Option<Incoming> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value).ok()?);
    }
    let query = request.path.split_once('?');
    Some(Incoming {
        method: request.method.parse::<Method>().ok()?,
        path: path(request).to_owned(),
        query: query.map(|(_, query)| query.to_owned()),
        headers,
        body: request.body.clone().into(),
        client_left: Default::default(),
    })
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
