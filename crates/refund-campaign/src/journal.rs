//! What a worker writes down, so that its successor knows.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use refunds::InDoubt;
use serde::{Deserialize, Serialize};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The number of the refund.
    pub(crate) refund: u64,
    pub(crate) event: Event,
}

/// What happened to a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// A write is about to be sent.
    Started { at: SystemTime },
    /// The provider has the refund.
    Accepted { reconciled: bool },
    /// A definite no; `again` if it is going to be tried again.
    Rejected { again: bool },
    /// It may have happened.
    Unknown { record: InDoubt },
    /// A reconciliation is about to send something.
    Repeating,
    /// It may have happened, still; `last` if nothing more can be done.
    StillUnknown { record: InDoubt, last: bool },
}

/// An append-only file of lines.
pub(crate) struct Journal(Mutex<File>);

impl Journal {
    /// Opens a journal and reads what it holds.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Vec<Line>)> {
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
    pub(crate) fn append(&self, refund: u64, event: Event) -> io::Result<()> {
        let mut text = serde_json::to_vec(&Line { refund, event })?;
        text.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text)
    }
}

/// Reads the lines of a journal. One that was cut off counts as never written: what it would have allowed
/// was not done yet.
pub(crate) fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().map(serde_json::from_str);
    lines.filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_left_out_and_spoils_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let accepted = Event::Accepted { reconciled: false };
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
