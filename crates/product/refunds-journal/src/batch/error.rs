//! What is wrong with a batch.

use std::fmt;

use crate::{JournalError, StoreError};

/// A batch cannot be planned, approved or reported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Lines that cannot be sent. Nothing was put down.
    #[error(
        "{} in {path}, so that nothing was put down: {}",
        counted(*count),
        list(problems, *count)
    )]
    Problems {
        /// The file.
        path: String,
        /// How many there are.
        count: u64,
        /// The first of them.
        problems: Vec<Problem>,
    },
    /// There is no such batch.
    #[error("the journal has no batch {id}: plan its file first")]
    NotKnown {
        /// Its id.
        id: String,
    },
    /// Its state does not allow it.
    #[error("batch {id} is {state}: {reason}")]
    State {
        /// Its id.
        id: String,
        /// Its state.
        state: super::BatchState,
        /// What follows from it.
        reason: &'static str,
    },
    /// The sums are not those of the plan.
    #[error(
        "the sums that were given are not those of batch {id}, which are: {sums}; nothing was approved"
    )]
    Sums {
        /// Its id.
        id: String,
        /// The plan's.
        sums: String,
    },
    /// Nobody is named who approves it.
    #[error("nobody is named who approves batch {id}: nothing was approved")]
    NoPerson {
        /// Its id.
        id: String,
    },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<StoreError> for BatchError {
    fn from(error: StoreError) -> Self {
        Self::Journal(error.into())
    }
}

impl From<sqlx::Error> for BatchError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1; the heading counts.
    pub line: u64,
    /// The column, where one is at fault.
    pub column: Option<&'static str>,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

fn counted(count: u64) -> String {
    match count {
        1 => "one problem".to_owned(),
        _ => format!("{count} problems"),
    }
}

/// In one line, as the text of an error has to be.
fn list(problems: &[Problem], count: u64) -> String {
    let shown = problems.iter().map(ToString::to_string);
    let is_more = u64::try_from(problems.len()).is_ok_and(|shown| shown < count);
    let more = is_more.then(|| "…".to_owned());
    let list: Vec<_> = shown.chain(more).collect();
    list.join("; ")
}
