//! Requests as a provider gets them, and what comes back of them.

use std::time::Duration;

/// When stories begin, in seconds since 1970: the first of January 2026.
pub const BEGINNING: u64 = 1_767_225_600;

/// A time of a story, as RFC 3339.
pub fn stamp(at: Duration) -> String {
    let seconds = at.as_secs();
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let (mut year, mut day) = (2026, seconds / 86_400);
    let (month, day) = loop {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if is_leap { 29 } else { 28 };
        let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let ends = (1..).zip(lengths).find(|(_, length)| {
            let is_within = day < *length;
            day -= if is_within { 0 } else { *length };
            is_within
        });
        if let Some((month, _)) = ends {
            break (month, day + 1);
        }
        year += 1;
    };
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_of_the_calendar_however_long_the_story_is() {
        // date -u -d '2026-01-01 + N days' +%F
        for (days, date) in [
            (0, "2026-01-01"),
            (30, "2026-01-31"),
            (31, "2026-02-01"),
            (59, "2026-03-01"),
            (365, "2027-01-01"),
            (789, "2028-02-29"),
            (3_650, "2035-12-30"),
        ] {
            let at = Duration::from_secs(days * 86_400 + 3_723);
            assert_eq!(stamp(at), format!("{date}T01:02:03.000Z"));
        }
    }
}
