//! What the provider's document says of requests, and of what the model answers.

use std::{
    collections::{BTreeSet, HashSet},
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

/// What does not fit a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Requests that it does not allow.
    pub(crate) violations: BTreeSet<String>,
    /// Plain answers of the model that it does not have.
    pub(crate) misfits: BTreeSet<String>,
    /// Parts of it by which nothing can be judged.
    pub(crate) faults: BTreeSet<String>,
}

/// A line for each.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, found) in [
            ("against the document", &self.violations),
            ("the model is against the document", &self.misfits),
            ("not judged, by a fault of the document", &self.faults),
        ] {
            for line in found {
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

    /// Judges a request; `None` of one that has no form in HTTP.
    pub(crate) fn request(&self, request: &Request) -> Option<()> {
        if self.is_known((
            &request.method,
            &request.path,
            &request.headers,
            &request.body,
        )) {
            return None;
        }
        let (operation, problems) = self.judge.request(&incoming(request)?);
        let what = operation.unwrap_or_else(|| format!("{} {}", request.method, request.path));
        self.note(&what, problems, |found| &mut found.violations);
        Some(())
    }

    /// Judges what the model plainly answers to a request.
    pub(crate) fn answer(&self, request: &Request, answer: &Answer) -> Option<()> {
        let (method, path) = (&request.method, path(request));
        if self.is_known((method, path, answer.status, &answer.headers, &answer.body)) {
            return None;
        }
        let mut headers = answer.headers.iter();
        let content_type = headers.find(|(name, _)| *name == "content-type");
        let problems = self.judge.answer(
            &method.parse().ok()?,
            path,
            answer.status,
            content_type.map(|(_, value)| *value),
            &answer.body,
        );
        let what = format!("{} to {method} {path}", answer.status);
        self.note(&what, problems, |found| &mut found.misfits);
        Some(())
    }

    pub(crate) fn found(&self) -> Found {
        locked(&self.found).clone()
    }

    fn is_known(&self, what: impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        !locked(&self.known).insert(hasher.finish())
    }

    fn note(
        &self,
        what: &str,
        problems: Vec<Problem>,
        kept: impl Fn(&mut Found) -> &mut BTreeSet<String>,
    ) {
        let mut found = locked(&self.found);
        for problem in problems {
            let told = format!("{what}, {}: {}", problem.place, problem.problem);
            // A fault of the document accuses nobody.
            match problem.is_of_document() {
                true => found.faults.insert(told),
                false => kept(&mut found).insert(told),
            };
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
