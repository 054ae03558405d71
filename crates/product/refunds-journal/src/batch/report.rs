//! How a batch stands, and what became of each line.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row as _};

use super::{Batch, BatchError, BatchState, Sum};
use crate::{
    Entry, State, StoreError,
    store::{Columns, Row},
};

/// Lines in one page of a report.
const PAGE: i64 = 500;

/// How a batch stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tally {
    /// The file's name.
    pub name: String,
    /// Where the batch stands.
    pub state: BatchState,
    /// How many lines it has.
    pub lines: u64,
    /// What they come to.
    pub sums: Vec<Sum>,
    /// How many of them stand where.
    pub counts: BTreeMap<&'static str, u64>,
    /// How many wait for a person or an event.
    pub waiting: u64,
}

impl Tally {
    /// How many stand somewhere.
    pub fn count(&self, state: State) -> u64 {
        self.counts.get(state.as_str()).copied().unwrap_or(0)
    }
}

impl Batch {
    /// How it stands.
    ///
    /// # Errors
    /// The journal fails.
    pub async fn tally(&self) -> Result<Tally, BatchError> {
        let stored = self.stored().await?;
        let query = sqlx::query(
            "SELECT state, COUNT(*) AS lines, COUNT(waits_since) AS waiting FROM refunds WHERE batch = $1 GROUP BY state",
        )
        .bind(&self.id);
        let rows = self.journal.store().read(query).await?;
        let mut counts = BTreeMap::new();
        let mut waiting = 0;
        for row in rows {
            let state: String = row.try_get("state")?;
            let state: State = super::approval::json("state", format!("\"{state}\""))?;
            let lines: i64 = row.try_get("lines")?;
            let waits: i64 = row.try_get("waiting")?;
            counts.insert(state.as_str(), u64::try_from(lines).unwrap_or(0));
            waiting += u64::try_from(waits).unwrap_or(0);
        }
        Ok(Tally {
            name: stored.name,
            state: stored.state,
            lines: stored.lines,
            sums: stored.sums,
            counts,
            waiting,
        })
    }

    /// Its lines in the order of the file, a page at a time: those after a line, and none at the end.
    ///
    /// # Errors
    /// The journal fails.
    pub async fn page(&self, after: u64) -> Result<Vec<Entry>, BatchError> {
        let select = format!(
            "SELECT {} FROM refunds WHERE batch = $1 AND line > $2 ORDER BY line LIMIT {PAGE}",
            Columns::ALL
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(&self.id)
            .bind(i64::try_from(after).unwrap_or(i64::MAX));
        let rows = self.journal.store().read(query).await?;
        let rows: Result<Vec<_>, StoreError> = rows.iter().map(Row::read).collect();
        Ok(rows?.iter().map(Row::entry).collect())
    }
}
