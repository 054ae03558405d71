//! What a worker writes down, so that its successor knows.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use refunds::{InDoubt, Reconciled, RefundStatus, RetryMark};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The number of the refund.
    pub refund: u64,
    pub event: Event,
}

/// What happened to a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A write is about to be sent.
    Started { at: SystemTime },
    /// The provider has the refund.
    Accepted { by: Found, end: End },
    /// The provider has taken a try, which may fail yet; what the refund showed before it.
    Taken { mark: Option<RetryMark> },
    /// A definite no; `again` if it is going to be tried again.
    Rejected { again: bool },
    /// It may have happened.
    Unknown { record: InDoubt },
    /// A reconciliation is about to send something.
    Repeating,
    /// It may have happened, still; `last` if nothing more can be done.
    StillUnknown { record: InDoubt, last: bool },
    /// How the last try ended cannot be told, so that no other one is made.
    GivenUp,
}

/// How it was found that a provider has a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    Answer,
    Reconciliation,
    Event,
}

/// How a refund ended that a provider has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Not yet, as far as was told.
    Open,
    Succeeded,
    Failed,
}

impl End {
    /// What a reconciliation says of a refund that it calls accepted; none where it does not.
    pub fn of(reconciled: &Reconciled) -> Option<Self> {
        match reconciled {
            Reconciled::Pending(_) => Some(Self::Open),
            Reconciled::Succeeded(_) => Some(Self::Succeeded),
            Reconciled::Failed(_) => Some(Self::Failed),
            Reconciled::Shown(_) | Reconciled::StillUnknown(_) => None,
        }
    }

    /// What a status tells of a refund that a provider has.
    pub fn told(status: Option<&RefundStatus>) -> Self {
        match status {
            Some(RefundStatus::Succeeded) => Self::Succeeded,
            Some(RefundStatus::Failed | RefundStatus::Cancelled) => Self::Failed,
            _ => Self::Open,
        }
    }
}

/// An append-only file of lines.
pub struct Journal(Mutex<File>);

impl Journal {
    /// Opens a journal and reads what it holds.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            // A worker was killed in the middle of a line: what follows begins a new one.
            file.write_all(b"\n")?;
        }
        Ok((Self(Mutex::new(file)), parse(&text)))
    }

    /// Appends a line. It survives the process from then on; the machine is not at stake here.
    pub fn append(&self, refund: u64, event: Event) -> io::Result<()> {
        let mut text = serde_json::to_vec(&Line { refund, event })?;
        text.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text)
    }
}

/// Reads the lines of a journal. One that was cut off counts as never written: what it would have allowed
/// was not done yet.
pub fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().map(serde_json::from_str);
    lines.filter_map(Result::ok).collect()
}

/// Makes everything in a journal older, as if so much time had passed since.
///
/// # Errors
/// It cannot be read or written.
pub fn age(path: &Path, by: Duration) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut aged = Vec::new();
    for line in parse(&text) {
        let mut line = serde_json::to_value(line)?;
        make_older(&mut line, by.as_secs());
        serde_json::to_writer(&mut aged, &line)?;
        aged.push(b'\n');
    }
    fs::write(path, aged)
}

/// Times are written as an object with their seconds.
fn make_older(value: &mut Value, by: u64) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_u64()) {
                    ("secs_since_epoch", Some(seconds)) => {
                        *member = (seconds - by.min(seconds)).into()
                    }
                    _ => make_older(member, by),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| make_older(item, by)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::refund::Refund;

    #[test]
    fn an_aged_journal_is_older_and_says_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        age(&path, Duration::from_secs(1)).unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let refund = Refund::example();
        let record = |seconds| {
            let reference = refund.reference.clone();
            InDoubt::interrupted(
                refund.provider,
                reference,
                refund.action.clone(),
                at(seconds),
            )
            .with_quiet_since(at(seconds + 1))
        };
        let (journal, _) = Journal::open(&path).unwrap();
        journal
            .append(3, Event::Started { at: at(100_000) })
            .unwrap();
        let unknown = Event::Unknown {
            record: record(100_000),
        };
        journal.append(3, unknown).unwrap();
        age(&path, Duration::from_secs(90_000)).unwrap();
        let (_, lines) = Journal::open(&path).unwrap();
        let events: Vec<_> = lines.into_iter().map(|line| line.event).collect();
        assert_eq!(
            events,
            [
                Event::Started { at: at(10_000) },
                Event::Unknown {
                    record: record(10_000)
                }
            ]
        );
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out_and_spoils_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let accepted = Event::Accepted {
            by: Found::Answer,
            end: End::Open,
        };
        let (journal, before) = Journal::open(&path).unwrap();
        assert_eq!(before, []);
        journal.append(1, accepted.clone()).unwrap();
        std::fs::write(&path, {
            let mut text = std::fs::read(&path).unwrap();
            text.extend(b"{\"refund\":2,\"eve");
            text
        })
        .unwrap();
        let (journal, before) = Journal::open(&path).unwrap();
        assert_eq!(before.len(), 1);
        journal.append(3, accepted.clone()).unwrap();
        let (_, lines) = Journal::open(&path).unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line.refund).collect();
        assert_eq!(numbers, [1, 3]);
    }
}
