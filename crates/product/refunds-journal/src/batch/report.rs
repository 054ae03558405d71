//! How a batch stands, and what became of each line.

use std::collections::BTreeMap;

use refunds::Reference;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{Batch, BatchError, BatchState, Sum};
use crate::{
    Entry, Place, State, StoreError,
    store::{Columns, Row, money, payment_name},
    time::system_time,
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
        let moved = sqlx::query("SELECT COUNT(*) AS lines FROM moved_lines WHERE batch = $1")
            .bind(&self.id);
        let moved = self.journal.store().read(moved).await?;
        let moved: i64 = moved.first().map_or(Ok(0), |row| row.try_get("lines"))?;
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
        if moved > 0 {
            let withdrawn = counts.entry(State::Withdrawn.as_str()).or_insert(0);
            *withdrawn += u64::try_from(moved).unwrap_or(0);
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
        let mut page: Vec<_> = rows?.iter().map(Row::entry).collect();
        page.extend(self.moved(after).await?);
        page.sort_by_key(|entry| entry.line);
        page.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        Ok(page)
    }

    /// Its lines that were withdrawn and then planned anew in another batch.
    async fn moved(&self, after: u64) -> Result<Vec<Entry>, BatchError> {
        let select = format!(
            "SELECT * FROM moved_lines WHERE batch = $1 AND line > $2 ORDER BY line LIMIT {PAGE}"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(&self.id)
            .bind(i64::try_from(after).unwrap_or(i64::MAX));
        let rows = self.journal.store().read(query).await?;
        rows.iter().map(|row| self.moved_entry(row)).collect()
    }

    fn moved_entry(&self, row: &AnyRow) -> Result<Entry, BatchError> {
        let provider: String = row.try_get("provider")?;
        let place: String = row.try_get("place")?;
        let payment: String = row.try_get("payment")?;
        let into: String = row.try_get("into_batch")?;
        let line: i64 = row.try_get("line")?;
        let reference: String = row.try_get("reference")?;
        Ok(Entry {
            provider: super::approval::json("provider", format!("\"{provider}\""))?,
            payment: payment_name(&payment).to_owned(),
            place: Place::stored(place),
            reference: Reference::new(reference).map_err(|error| StoreError::Unreadable {
                what: "reference",
                reason: error.to_string(),
            })?,
            amount: money(row.try_get("amount")?, row.try_get("currency")?)?,
            state: State::Withdrawn,
            status: None,
            refund_id: None,
            retry_mark: None,
            why: Some(format!("planned anew as a line of batch {into}")),
            evidence: None,
            record: None,
            action: None,
            attempts: 0,
            first_sent_at: None,
            waits_since: None,
            batch: Some(self.id.clone()),
            line: u64::try_from(line).ok(),
            created_at: system_time(row.try_get("created_at")?),
            changed_at: system_time(row.try_get("at")?),
        })
    }
}
