//! Requests as a provider gets them, and what comes back of them.

use std::time::Duration;

/// When stories begin, in seconds since 1970: the first of January 2026.
pub const BEGINNING: u64 = 1_767_225_600;

/// A time of a story, within its January, as RFC 3339.
pub fn stamp(at: Duration) -> String {
    let seconds = at.as_secs();
    let (day, hour) = (1 + seconds / 86_400, seconds / 3_600 % 24);
    let (minute, second) = (seconds / 60 % 60, seconds % 60);
    format!("2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

/// A request that the provider got.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Without the host, with the query.
    pub path: String,
    /// `Idempotency-Key`, where there is one.
    pub key: Option<String>,
    /// All headers, with their names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What becomes of a request, as the client gets to see it.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// No connection came about.
    NotSent,
    /// The connection ended after these bytes of an answer.
    Lost {
        heard: &'static [u8],
    },
    /// Nothing comes while the client listens.
    Silence,
    Answered(Answer),
    /// The process ends before anything comes.
    Killed,
}

/// An answer, byte for byte.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
    pub end: BodyEnd,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyEnd {
    Whole,
    /// The connection breaks, with more to come.
    Broken,
    /// Nothing more comes while the client listens.
    Silence,
}
